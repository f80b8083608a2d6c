// SPDX-License-Identifier: Apache-2.0
// Which rows of a table are nearest to a row: Engine::neighbors(), the row inspector, `dlrm-cli neighbors`.
#pragma once

#include <cstdint>
#include <vector>

#include "core/analysis/neighbors/similarity.h"
#include "core/base/ids.h"
#include "core/base/result.h"

namespace dlrm {

struct NeighborRequest {
    TableId table{};
    std::vector<RowId>
        ids;  // the rows whose neighbours are wanted; each reads the table once per call, not once per id
    Similarity similarity = Similarity::Cosine;
    std::int64_t k = 10;  // 1 .. kMostNeighbors
};

inline constexpr std::int64_t kMostNeighbors = 10'000;         // of one row
inline constexpr std::int64_t kMostNeighborPairs = 1'000'000;  // k · ids of one call

// The min(k, rows − 1) other rows nearest to `row`, the best first, ties by id; exactly as a computation in double from
// the float32 values orders them. The row itself is not listed; another row with the same values is. Rows with a value
// that is not finite, and zero rows with Cosine, have no score (NaN) and come last.
struct RowNeighbors {
    RowId row{};
    double norm = 0;  // L2 norm of `row`
    std::vector<Neighbor> neighbors;
    std::vector<double> norms;  // (neighbors) their L2 norms
};

// A row that was asked for and has no answer: it does not exist, is not finite, or with Cosine zero.
struct RowWithoutNeighbors {
    RowId row{};
    Error why;
};

struct NeighborResult {
    TableId table{};
    Similarity similarity{};
    std::int64_t k = 0;                       // as asked
    std::int64_t rowsCompared = 0;            // of the table
    std::vector<RowNeighbors> rows;           // of the ids that have an answer, in the order asked; at least one
    std::vector<RowWithoutNeighbors> failed;  // the others
    double seconds = 0;
};

}  // namespace dlrm
