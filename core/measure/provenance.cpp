// SPDX-License-Identifier: Apache-2.0
#include "core/measure/provenance.h"

#include "core/checkpoint/checkpoint.h"
#include "core/dataset/dataset.h"

namespace dlrm {

std::int64_t Provenance::measuredRows() const {
    std::int64_t sum = 0;
    for (const RowRange& range : rows) sum += range.size();
    return sum;
}

void addCheckpoint(const Checkpoint& checkpoint, const ModelSpec& spec, Provenance& p) {
    p.checkpoint = checkpoint.path();
    p.layout = spec.layout;
    p.interactionOrder = name(spec.interactionOrder);
    p.interactionSource = name(spec.orderSource);
}

void addDataset(const Dataset& dataset, Provenance& p) {
    p.dataset = dataset.path();
    p.split = dataset.split();
    p.format = dataset.format();
    p.profile = dataset.profile();
}

}  // namespace dlrm
