// SPDX-License-Identifier: Apache-2.0
// Some rows from all over a table, a few MB, to decide by before all of it is read.
#pragma once

#include <vector>

#include "core/analysis/tables/pass.h"

namespace dlrm {

struct TableSample {
    std::vector<float> values;
    std::vector<const float*> rows;  // into `values`, ascending ids
};

// Runs of neighbouring rows, evenly spaced, and the last rows, where the rarest ids stand; all of a small table.
TableSample sampleOf(const TableInput& input);

}  // namespace dlrm
