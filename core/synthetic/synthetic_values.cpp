// SPDX-License-Identifier: Apache-2.0
// Compiled with -ffp-contract=off: the initializer's lattice rounds after the multiplication.
#include "core/synthetic/synthetic_values.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/float_conversions.h"

namespace dlrm {
namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;

constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

constexpr std::uint64_t key(std::uint64_t seed, Stream stream, std::uint64_t a, std::uint64_t b) {
    std::uint64_t z = mix(seed + kGolden * static_cast<std::uint64_t>(stream));
    z = mix(z + kGolden * (a + 1));
    return mix(z + kGolden * (b + 1));
}

double normal(std::uint64_t seed, Stream stream, std::uint64_t a, std::uint64_t b) {
    const double u = 1.0 - randomUniform(seed, stream, a, b, 0);
    const double v = randomUniform(seed, stream, a, b, 1);
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

// Rows below this rank are always trained; beyond, the share falls with a power of the rank.
constexpr double kAlwaysTrained = 1000.0;
constexpr double kTrainedDecay = 0.7;
// Size of what training adds to the most frequent rows, and the rank by which it has halved.
constexpr double kTrainedSize = 0.4;
constexpr double kHalvingRank = 20'000.0;

}  // namespace

std::uint64_t randomBits(std::uint64_t seed, Stream stream, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    return mix(key(seed, stream, a, b) + kGolden * (c + 1));
}

double randomUniform(std::uint64_t seed, Stream stream, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    return static_cast<double>(randomBits(seed, stream, a, b, c) >> 11) * 0x1p-53;
}

bool isTrainedRow(std::uint64_t seed, std::uint64_t table, std::int64_t row) {
    const auto rank = static_cast<double>(row);
    if (rank < kAlwaysTrained) return true;
    return randomUniform(seed, Stream::Trained, table, static_cast<std::uint64_t>(row), 0) <
           std::pow(kAlwaysTrained / rank, kTrainedDecay);
}

void fillTableRows(std::uint64_t seed, std::uint64_t table, std::int64_t cardinality, std::int64_t dim,
                   std::int64_t firstRow, std::span<float> out) {
    const auto high = static_cast<float>(std::sqrt(1.0 / static_cast<double>(cardinality)));
    const float low = -high;
    const float width = high - low;
    const auto lattice = [=](std::uint64_t bits) {
        return static_cast<float>(static_cast<std::int32_t>(bits & 0x7fffff)) * 0x1p-23f * width + low;
    };
    const std::int64_t rows = static_cast<std::int64_t>(out.size()) / dim;
    for (std::int64_t r = 0; r < rows; ++r) {
        const std::int64_t row = firstRow + r;
        float* values = out.data() + r * dim;
        const std::uint64_t rowKey = key(seed, Stream::Table, table, static_cast<std::uint64_t>(row));
        // 64 bits make two values, 23 bits each.
        for (std::int64_t c = 0; c + 1 < dim; c += 2) {
            const std::uint64_t bits = mix(rowKey + kGolden * static_cast<std::uint64_t>(c / 2 + 1));
            values[c] = lattice(bits);
            values[c + 1] = lattice(bits >> 32);
        }
        if (dim % 2) values[dim - 1] = lattice(mix(rowKey + kGolden * static_cast<std::uint64_t>(dim / 2 + 1)));
        if (!isTrainedRow(seed, table, row)) continue;
        const double size = kTrainedSize / (1.0 + static_cast<double>(row) / kHalvingRank);
        for (std::int64_t c = 0; c < dim; ++c) {
            const double u = randomUniform(seed, Stream::Trained, table, static_cast<std::uint64_t>(row),
                                           static_cast<std::uint64_t>(c) + 1);
            values[c] = static_cast<float>(static_cast<double>(values[c]) + size * (2.0 * u - 1.0));
        }
    }
}

void fillKernel(std::uint64_t seed, std::uint64_t layer, std::int64_t inputs, std::int64_t outputs,
                std::span<float> out) {
    const double sigma = std::sqrt(2.0 / static_cast<double>(inputs + outputs));
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<float>(sigma * std::clamp(normal(seed, Stream::Kernel, layer, i), -2.0, 2.0));
}

void fillBias(std::uint64_t seed, std::uint64_t layer, std::int64_t outputs, std::span<float> out) {
    const double sigma = std::sqrt(1.0 / static_cast<double>(outputs));
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<float>(sigma * normal(seed, Stream::Bias, layer, i));
}

std::int32_t syntheticId(std::uint64_t seed, std::uint64_t split, std::int64_t row, std::uint64_t feature,
                         std::int64_t cardinality) {
    constexpr double kMissing = 0.06;
    const double u = randomUniform(seed, Stream::Id, split, static_cast<std::uint64_t>(row), feature);
    if (u < kMissing || cardinality < 2) return 0;
    const double rank = std::exp((u - kMissing) / (1.0 - kMissing) * std::log(static_cast<double>(cardinality)));
    return static_cast<std::int32_t>(std::clamp(static_cast<std::int64_t>(rank), std::int64_t{1}, cardinality - 1));
}

std::uint16_t syntheticNumerical(std::uint64_t seed, std::uint64_t split, std::int64_t row, std::uint64_t feature) {
    constexpr double kLargestLog = 9.0;  // counts up to about 8,000
    const auto at = static_cast<std::uint64_t>(row);
    const double missing = 0.02 + 0.03 * static_cast<double>(feature % 5);
    if (randomUniform(seed, Stream::Numerical, split, at, 3 * feature) < missing) return 0;
    const double tail = randomUniform(seed, Stream::Numerical, split, at, 3 * feature + 1) *
                        randomUniform(seed, Stream::Numerical, split, at, 3 * feature + 2);
    const double count = std::floor(std::exp(kLargestLog * tail)) - 1.0;
    return floatToHalf(static_cast<float>(std::log(count + 3.0)));
}

}  // namespace dlrm
