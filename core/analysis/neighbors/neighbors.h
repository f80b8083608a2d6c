// SPDX-License-Identifier: Apache-2.0
// The nearest rows of a table, exact: a float32 scan leaves out what a certified bound says is too far, the rest is
// compared in double.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/analysis/neighbors/similarity.h"
#include "core/analysis/tables/row_blocks.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/model/table_view.h"

namespace dlrm {

// How alike two rows are: the scores that nearestRows() orders by, from float32 values in double, summed in the order
// of the columns.
// cosine: Σab / (|a|·|b|); dot: Σab; distance: √Σ(a − b)². NaN when a value is not finite, the cosine also when a row
// is zero.
struct RowComparison {
    double cosine = 0, dot = 0, distance = 0;
};
// Rows of different lengths are compared in the columns that both have.
RowComparison compareRows(std::span<const float> a, std::span<const float> b);

// True when `a` is nearer than `b`: the better score, among equal ones the smaller id; NaN after every number.
bool nearer(Similarity similarity, const Neighbor& a, const Neighbor& b);

// The min(k, rows but the left out) rows nearest to each query, the nearest first, as the scores of compareRows() and
// nearer() order all rows of the table.
// queries: (count, dim) row-major, finite. leaveOut: (count) the row that is not listed for this query, negative for
// none. One pass over the table, whose rows `release` gives back behind it; beside the table it takes about
// count · (k · 16 + dim · 4) bytes per thread. REQUIRES: k >= 1.
// Errors: E-CANCELLED. Throws std::bad_alloc.
Result<std::vector<std::vector<Neighbor>>> nearestRows(const TableView& table, std::span<const float> queries,
                                                       std::span<const std::int64_t> leaveOut, Similarity similarity,
                                                       std::int64_t k, const Job& job = {},
                                                       const ReleaseRows& release = {});

}  // namespace dlrm
