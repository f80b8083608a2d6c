// SPDX-License-Identifier: Apache-2.0
// Inner loops over rows in float32, by Highway with run-time dispatch. Results carry the error bounds that
// neighbors.cpp certifies with.
#pragma once

#include <cstdint>

namespace dlrm {

// Rows looked at ahead of those computed are prefetched past the end of the block: no harm, no fault.
// `rows`: (count) rows of dim floats, `stride` floats apart, any alignment. query: (dim).

// dots[r] = row r · query, squares[r] = row r · row r.
void dotsAndSquares(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t dim, const float* query,
                    float* dots, float* squares);
// distances[r] = |row r − query|².
void squaredDistances(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t dim, const float* query,
                      float* distances);
float squaredDistance(const float* a, const float* b, std::int64_t dim);

// In all of these at most dim + 16 roundings stand behind a result, so with γ = screenError(dim) a sum of products is
// off by at most γ/2 · Σ|aᵢbᵢ|, and a squared distance by at most the share γ/2, as long as nothing overflows or falls
// below the normal range.
constexpr float screenError(std::int64_t dim) { return static_cast<float>(dim + 32) * 0x1p-23F; }

// Which values may belong to a row near enough, in ascending order; comparisons with NaN are false, so what cannot be
// told is kept. `kept`: room for `count` indexes; returns how many were written.
// Rows of one query: kept unless values[r] < base − slope · lengths[r].
std::int64_t keepRows(const float* values, const float* lengths, std::int64_t count, float base, float slope,
                      std::int32_t* kept);
// Rows of one query: kept unless values[r] > limit.
std::int64_t keepWithin(const float* values, std::int64_t count, float limit, std::int32_t* kept);
// Queries of one row: kept unless values[j] < bases[j] − slopes[j] · length.
std::int64_t keepQueries(const float* values, const float* bases, const float* slopes, std::int64_t count, float length,
                         std::int32_t* kept);
// Pairs of row i with rows j: kept unless values[j] < min(half + bases[j], base + halves[j]).
std::int64_t keepPairs(const float* values, const float* bases, const float* halves, std::int64_t count, float base,
                       float half, std::int32_t* kept);

}  // namespace dlrm
