// SPDX-License-Identifier: Apache-2.0
// Rows of a table filtered and sorted for the grid, as a list of ids.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/analysis/tables/row_query.h"
#include "core/analysis/tables/untrained_rows.h"
#include "core/base/job.h"
#include "core/base/result.h"

namespace dlrm {

struct RowOrder {
    RowQuery query;
    std::int64_t passing = 0;        // rows that pass the filters
    std::vector<std::uint32_t> ids;  // all of them in order, or the first query.limit
};

// What is known of each row; empty where it is not. Sizes are the table's rows.
struct RowColumns {
    std::int64_t rows = 0;
    std::span<const float> norms, cosines;
    std::span<const std::uint32_t> hits;
    const UntrainedRows* untrained = nullptr;
};

// Ties by id, ascending also when descending; NaN last either way; Trained: untrained rows first. limit: by selection;
// else radix sort, 16 bytes a row.
// Errors: E-ANALYSIS-001 2³² rows or more, E-ANALYSIS-002 a column the query needs is missing, E-ANALYSIS-005 which
// rows were trained is not known, E-CANCELLED.
Result<RowOrder> orderRows(const RowColumns& columns, const RowQuery& query, const Job& job = {});

}  // namespace dlrm
