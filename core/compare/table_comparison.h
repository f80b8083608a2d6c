// SPDX-License-Identifier: Apache-2.0
// Two tables row by row: which rows changed, and by how much. One streamed pass over both.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/analysis/tables/pass.h"
#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/base/result.h"

namespace dlrm {

// How far two sets of values are apart, Δ = B − A. Nothing where it is undefined: ‖A‖ = 0 (and Δ is not), or nothing
// was compared.
struct ValueDifference {
    bool equal = true;                           // every value has the same bits
    double largest = 0;                          // max |Δ|
    std::optional<double> relativeNorm, cosine;  // ‖Δ‖ / ‖A‖; A·B / (‖A‖ ‖B‖)
    std::int64_t otherNotFinite = 0;             // of notFinite those of other bits in B
    std::int64_t notFinite = 0;                  // rows (of a kernel: values) that are left out of the three
};

struct ChangedRow {
    RowId a{}, b{};
    double norm = 0;  // ‖Δ‖
};

struct TableComparison {
    std::string name;
    std::int64_t rowsA = 0, rowsB = 0;
    std::int64_t matched = 0;  // rows of A that have one in B
    std::int64_t equal = 0;    // of them with the same bits; the others are touched
    // Touched ones that were as the initializer left them in A and are not in B; nothing where that cannot be told.
    std::optional<std::int64_t> newlyTrained;
    ValueDifference values;           // of the matched rows
    std::vector<ChangedRow> largest;  // by falling norm, then by id; at most kMostChangedRows
    std::string notCompared;          // why nothing was, as a sentence; empty: it was

    std::int64_t touched() const { return matched - equal; }
    bool same() const { return notCompared.empty() && rowsA == rowsB && matched == rowsA && equal == matched; }
};

inline constexpr std::size_t kMostChangedRows = 10;

// Which row of B a row of A is, −1: none.
using RowMatch = std::vector<std::int32_t>;

// match: null: rows are the same where their ids are, up to the smaller table's last. Values are compared as float32.
// The same bits for any number of threads. progress: bytes of A. Error E-CANCELLED. REQUIRES: both have the same dim;
// `match` has a place for each row of A and names rows of B.
Result<TableComparison> compareTables(const TableInput& a, const TableInput& b, const RowMatch* match,
                                      const Job& job = {});

// Of values in their order. REQUIRES: the same number of them.
ValueDifference compareValues(std::span<const float> a, std::span<const float> b);

}  // namespace dlrm
