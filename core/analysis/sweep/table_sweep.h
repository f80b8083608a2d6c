// SPDX-License-Identifier: Apache-2.0
// What a row's logit would be with other ids of one table.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/analysis/tables/row_blocks.h"
#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/compute/backend.h"

namespace dlrm {

class TableSweep {
public:
    // `row`: what the row's prediction left, with vectors and activations; it and `weights` must outlive this object.
    // threads: 0: all that this process may use. REQUIRES: a model with dot products, whose weights fit their spec; the
    // table exists. Throws std::bad_alloc.
    TableSweep(const ModelWeights& weights, TableId table, const Intermediates& row, int threads);
    ~TableSweep();

    // The logits, float32, of the ids first .. first + logits.size() - 1: those of the edited rows as the CPU backend
    // predicts them in fp32, bit by bit, whatever the threads; not finite where a prediction is not. Progress in ids of
    // the table. Memory: a few MiB a thread; `release` as in forEachRowChunk(). REQUIRES: the table has these ids.
    // Error E-CANCELLED. Throws std::bad_alloc.
    Result<void> run(std::int64_t first, std::span<float> logits, const Job& job, const ReleaseRows& release) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm
