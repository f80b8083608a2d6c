// SPDX-License-Identifier: Apache-2.0
// What a row's logit would be with every other id of one table.
#pragma once

#include <vector>

#include "core/analysis/tables/row_blocks.h"
#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/compute/backend.h"

namespace dlrm {

// The logits, float32, by row of the table: those of the edited rows as the CPU backend predicts them in fp32, bit by
// bit, whatever the threads; not finite where a prediction is not. `row`: what the row's prediction left, with vectors
// and activations. threads: 0: all that this process may use. Memory: the logits and a few MiB a thread; `release` as
// in forEachRowChunk(). REQUIRES: a model with dot products, whose weights fit their spec; the table exists. Error
// E-CANCELLED. Throws std::bad_alloc.
Result<std::vector<float>> sweepTable(const ModelWeights& weights, TableId table, const Intermediates& row, int threads,
                                      const Job& job, const ReleaseRows& release);

}  // namespace dlrm
