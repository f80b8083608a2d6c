// SPDX-License-Identifier: Apache-2.0
// The numbers of a synthetic checkpoint and dataset: every one is a pure function of a seed and its position.
#pragma once

#include <cstdint>
#include <span>

namespace dlrm {

// What a position belongs to, so that equal positions of different things get different numbers.
enum class Stream : std::uint64_t { Table = 1, Trained, Kernel, Bias, Id, Numerical, Label };

// 64 random bits of (seed, stream, a, b, c): SplitMix64's finalizer (Steele et al. 2014) over the chained position.
std::uint64_t randomBits(std::uint64_t seed, Stream stream, std::uint64_t a, std::uint64_t b, std::uint64_t c);
// Uniform in [0, 1), 53 bits.
double randomUniform(std::uint64_t seed, Stream stream, std::uint64_t a, std::uint64_t b, std::uint64_t c);

// Whether training has moved this row: always for the most frequent thousand ids, ever more rarely with falling
// frequency.
bool isTrainedRow(std::uint64_t seed, std::uint64_t table, std::int64_t row);

// Rows firstRow .. of a table with `cardinality` rows of `dim` values. out: (rows, dim). Untrained rows stand exactly
// on the initializer's lattice fl(fl(k/2^23 · (max − min)) + min) with max = fl32(√(1/cardinality)) = −min; trained
// ones are moved away from it.
void fillTableRows(std::uint64_t seed, std::uint64_t table, std::int64_t cardinality, std::int64_t dim,
                   std::int64_t firstRow, std::span<float> out);

// GlorotNormal kernel (inputs, outputs): normal of standard deviation √(2 / (inputs + outputs)), cut at two of them.
void fillKernel(std::uint64_t seed, std::uint64_t layer, std::int64_t inputs, std::int64_t outputs,
                std::span<float> out);
// Bias: normal of standard deviation √(1 / outputs).
void fillBias(std::uint64_t seed, std::uint64_t layer, std::int64_t outputs, std::span<float> out);

// Id of a categorical feature in a row: 0 (missing or rare) in 6 % of the rows, else Zipf-like over 1 .. cardinality −
// 1.
std::int32_t syntheticId(std::uint64_t seed, std::uint64_t split, std::int64_t row, std::uint64_t feature,
                         std::int64_t cardinality);
// A numerical as float16 bits of ln(x + 3) of a heavy-tailed count x, or 0 for a missing one.
std::uint16_t syntheticNumerical(std::uint64_t seed, std::uint64_t split, std::int64_t row, std::uint64_t feature);

}  // namespace dlrm
