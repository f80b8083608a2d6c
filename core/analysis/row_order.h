// SPDX-License-Identifier: Apache-2.0
// Rows of a table filtered and sorted for the grid, as a list of ids.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/analysis/untrained_rows.h"
#include "core/base/ids.h"
#include "core/base/progress.h"
#include "core/base/result.h"

namespace dlrm {

enum class RowKey : std::uint8_t { Id, Norm, CosineToMean, Trained, Hits };

// Inclusive at both ends.
struct ValueRange {
    double low = 0, high = 0;
    bool contains(double v) const { return v >= low && v <= high; }  // false for NaN
};

struct RowQuery {
    RowKey sortBy = RowKey::Id;
    bool descending = false;
    std::int64_t limit = 0;              // > 0: only the first so many, at once; 0: all
    // Filters; a row passes when it passes all of them.
    std::optional<RowRange> ids;
    std::optional<bool> trained;
    std::optional<ValueRange> norm, cosine, hits;

    bool needsStatistics() const { return sortBy == RowKey::Norm || sortBy == RowKey::Trained || norm.has_value() || trained.has_value(); }
    bool needsCosine() const { return sortBy == RowKey::CosineToMean || cosine.has_value(); }
    bool needsHits() const { return sortBy == RowKey::Hits || hits.has_value(); }
};

struct RowOrder {
    RowQuery query;
    std::int64_t passing = 0;            // rows that pass the filters
    std::vector<std::uint32_t> ids;      // all of them in order, or the first query.limit
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
// Errors: E-ANALYSIS-001 2³² rows or more, E-ANALYSIS-002 a column the query needs is missing, E-ANALYSIS-005 which rows were
// trained is not known, E-CANCELLED.
Result<RowOrder> orderRows(const RowColumns& columns, const RowQuery& query, const ProgressFn& progress = {}, std::stop_token stop = {});

}  // namespace dlrm
