// SPDX-License-Identifier: Apache-2.0
// What Engine::sweep() and sweepNumerical() found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/compute/backend.h"

namespace dlrm {

inline constexpr std::int64_t kSweptValues = 200;  // of a numerical

struct Sweep {
    bool numerical = false;     // else of a table
    float current = 0;          // the logit of the row as it is
    std::vector<float> logits;  // by row of the table, or by value; not finite where a prediction is not
    std::vector<float> values;  // of a numerical: as fed, ascending; of a table: none
    // Of a numerical: the dataset's rows that were looked at, and how many values they have; as many as `values`, or
    // these are quantiles of them.
    std::int64_t rowsLooked = 0, distinct = 0;
    BackendInfo backend;
    double seconds = 0;  // of the predictions
    double rowsPerSecond() const { return seconds > 0 ? static_cast<double>(logits.size()) / seconds : 0; }
};

}  // namespace dlrm
