// SPDX-License-Identifier: Apache-2.0
// Single rows of a dataset as one batch.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/checkpoint/checkpoint.h"
#include "core/dataset/batch.h"
#include "core/dataset/dataset.h"

namespace dlrm {

// REQUIRES: the rows exist and have one id of a feature; the dataset fits the checkpoint. Errors: those of
// Dataset::read(), E-ENGINE-004, E-CANCELLED.
Result<Batch> gatherRows(const Dataset& dataset, const Checkpoint& checkpoint, const std::vector<std::int64_t>& rows,
                         const std::stop_token& stop);

}  // namespace dlrm
