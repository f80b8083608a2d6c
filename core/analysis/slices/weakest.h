// SPDX-License-Identifier: Apache-2.0
// Where predictions are off: all bins of all fields, and all pairs of them, by how far clicks are from what was
// predicted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dlrm {

// Rows of a bin, or of two bins of different fields at once.
struct BinCell {
    std::uint32_t rows = 0, positives = 0;
    // Σp and Σp(1 − p), each term rounded to a multiple of 2⁻³⁰: integers, so that any order gives the same.
    std::int64_t probability = 0, variance = 0;

    static constexpr double kUnit = 0x1p-30;
    double sumProbability() const { return static_cast<double>(probability) * kUnit; }
    double sumVariance() const { return static_cast<double>(variance) * kUnit; }
};

// Fields cut into bins, and where the cells of all pairs lie. Field 0 has one bin with all rows, so that its pairs are
// the single bins.
class BinLayout {
public:
    // Bins of the fields from 1 on.
    explicit BinLayout(const std::vector<std::size_t>& bins);
    std::size_t fields() const { return m_bins.size(); }
    std::size_t bins(std::size_t field) const { return m_bins[field]; }
    std::size_t cells() const { return m_cells; }
    // Of pair (a, b), a < b, the cell of bin 0 of both; bin i of a and j of b is i·bins(b) + j further.
    std::size_t first(std::size_t a, std::size_t b) const { return m_first[a * m_bins.size() + b]; }

private:
    std::vector<std::size_t> m_bins, m_first;
    std::size_t m_cells = 0;
};

struct WeakSlice {
    std::string slice;  // as --slice takes it
    std::int64_t rows = 0, positives = 0;
    std::optional<double> calibration, low, high;  // Σp / Σy with its 95 % interval; nothing where there are no clicks
    double excessClicks = 0;                       // Σy − Σp
    double t = 0;                                  // by √Σp(1 − p): normal where predictions are right
    double pAdjusted = 1;                          // two-sided, by Holm over all slices that are tested
};

struct WeakestSlices {
    std::vector<WeakSlice> slices;  // the furthest off first
    std::int64_t tested = 0;        // among how many they were looked for
};

// Pairs of bins that are counted at most: 96 MiB.
inline constexpr std::size_t kMostBinPairs = 1 << 22;

// Below it the normal approximation does not hold: slices of less are not tested.
inline constexpr double kLeastVariance = 25;

// The `most` slices that are furthest off, the furthest first: of those whose adjusted p is below 0.05, and of pairs
// only those that are off beyond what either of their bins is by itself. `sentences`: of every bin of the fields from 1
// on.
WeakestSlices weakestSlices(const BinLayout& layout, std::span<const BinCell> cells,
                            const std::vector<std::vector<std::string>>& sentences, std::size_t most);

}  // namespace dlrm
