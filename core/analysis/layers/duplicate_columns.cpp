// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/layers/duplicate_columns.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dlrm {
namespace {

constexpr std::size_t kBlock = 16;         // values between two looks at the distance
constexpr std::size_t kPairsPerLook = 64;  // between two looks at the stop token
constexpr double kRounding =
    1e-9;  // of a squared distance of unit vectors in double; the cosine decides what is within it

// Column by column, the bias last; -0 became 0, so that equal values have equal bytes.
std::vector<float> columnsOf(const DenseWeights& w, std::int64_t rows) {
    const auto height = static_cast<std::size_t>(rows) + 1, width = static_cast<std::size_t>(w.outputs);
    std::vector<float> out(height * width);
    constexpr std::size_t kTile = 32;
    for (std::size_t i0 = 0; i0 + 1 < height; i0 += kTile)
        for (std::size_t j0 = 0; j0 < width; j0 += kTile)
            for (std::size_t i = i0; i < std::min(i0 + kTile, height - 1); ++i)
                for (std::size_t j = j0; j < std::min(j0 + kTile, width); ++j)
                    out[j * height + i] = w.kernel[i * width + j] + 0.0F;
    for (std::size_t j = 0; j < width; ++j) out[j * height + height - 1] = w.bias[j] + 0.0F;
    return out;
}

// |a/|a| − b/|b||², or any larger number once it exceeds `limit`.
double distance(const float* a, double scaleA, const float* b, double scaleB, std::size_t size, double limit) {
    double sum = 0;
    for (std::size_t i = 0; i < size && sum <= limit;) {
        const std::size_t end = std::min(size, i + kBlock);
        for (; i < end; ++i) {
            const double d = static_cast<double>(a[i]) * scaleA - static_cast<double>(b[i]) * scaleB;
            sum += d * d;
        }
    }
    return sum;
}

double dot(const float* a, const float* b, std::size_t size) {
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum;
}

}  // namespace

Result<void> findDuplicates(const DenseWeights& weights, std::int64_t rows, std::span<UnitStatistics> units,
                            const std::stop_token& stop) {
    const std::size_t height = static_cast<std::size_t>(rows) + 1;
    const std::vector<float> columns = columnsOf(weights, rows);
    const auto column = [&](std::size_t j) { return columns.data() + j * height; };

    struct Candidate {
        std::size_t unit;
        double norm;
    };
    std::vector<Candidate> different;  // live units that duplicate none before them
    std::unordered_map<std::string_view, std::size_t> firstWith;
    for (std::size_t j = 0; j < units.size(); ++j) {
        if (stop.stop_requested()) return cancelled();
        if (units[j].state != UnitState::Live) continue;
        const double norm = std::sqrt(dot(column(j), column(j), height));
        if (!std::isfinite(norm)) continue;
        const std::string_view bytes(reinterpret_cast<const char*>(column(j)), height * sizeof(float));
        if (const auto [same, added] = firstWith.emplace(bytes, j); !added) {
            units[j].duplicateOf = static_cast<std::int64_t>(same->second);
            units[j].exact = true;
            units[j].cosine = 1;
            continue;
        }
        constexpr double kLimit = 2 * (1 - kDuplicateCosine) + kRounding;
        for (std::size_t k = 0; k < different.size(); ++k) {
            if (k % kPairsPerLook == 0 && stop.stop_requested()) return cancelled();
            const Candidate& other = different[k];
            if (distance(column(j), 1 / norm, column(other.unit), 1 / other.norm, height, kLimit) > kLimit) continue;
            const double cosine = dot(column(j), column(other.unit), height) / (norm * other.norm);
            if (cosine < kDuplicateCosine) continue;
            units[j].duplicateOf = static_cast<std::int64_t>(other.unit);
            units[j].cosine = cosine;
            break;
        }
        if (units[j].duplicateOf < 0) different.push_back({j, norm});
    }
    return {};
}

}  // namespace dlrm
