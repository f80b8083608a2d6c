// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/slices/weakest.h"

#include <algorithm>
#include <cmath>

#include "core/metrics/metric.h"

namespace dlrm {
namespace {

constexpr double kLevel = 0.05;

double excessOf(const BinCell& cell) { return static_cast<double>(cell.positives) - cell.sumProbability(); }

// Of a normal variable, two-sided.
double pOf(double t) { return std::erfc(std::fabs(t) / std::sqrt(2.0)); }

// How far a cell is off once all its predictions are multiplied by what its bin is off by.
double beyond(const BinCell& cell, const BinCell& bin) {
    const double ratio = static_cast<double>(bin.positives) / bin.sumProbability();
    if (ratio == 0) return 0;
    return (static_cast<double>(cell.positives) - ratio * cell.sumProbability()) /
           std::sqrt(ratio * cell.sumVariance());
}

struct Candidate {
    std::size_t a, b, i, j;
    double t;
};

WeakSlice weakSlice(const BinCell& cell) {
    WeakSlice out;
    out.rows = cell.rows;
    out.positives = cell.positives;
    out.excessClicks = excessOf(cell);
    // Of the clicks as they are: what was predicted here is in doubt.
    const double clicks = static_cast<double>(cell.positives);
    const double error = std::sqrt(clicks * (1 - clicks / static_cast<double>(cell.rows)));
    if (cell.positives > 0) {
        out.calibration = cell.sumProbability() / clicks;
        out.low = cell.sumProbability() / (clicks + kNormal95 * error);
        if (clicks > kNormal95 * error) out.high = cell.sumProbability() / (clicks - kNormal95 * error);
    }
    return out;
}

}  // namespace

BinLayout::BinLayout(const std::vector<std::size_t>& bins) : m_bins{1} {
    m_bins.insert(m_bins.end(), bins.begin(), bins.end());
    m_first.resize(m_bins.size() * m_bins.size());
    for (std::size_t a = 0; a < m_bins.size(); ++a)
        for (std::size_t b = a + 1; b < m_bins.size(); ++b) {
            m_first[a * m_bins.size() + b] = m_cells;
            m_cells += m_bins[a] * m_bins[b];
        }
}

WeakestSlices weakestSlices(const BinLayout& layout, std::span<const BinCell> cells,
                            const std::vector<std::vector<std::string>>& sentences, std::size_t most) {
    std::vector<Candidate> tested;
    const auto cellOf = [&](const Candidate& c) {
        return cells[layout.first(c.a, c.b) + c.i * layout.bins(c.b) + c.j];
    };
    for (std::size_t a = 0; a < layout.fields(); ++a)
        for (std::size_t b = a + 1; b < layout.fields(); ++b)
            for (std::size_t i = 0; i < layout.bins(a); ++i)
                for (std::size_t j = 0; j < layout.bins(b); ++j) {
                    Candidate one{a, b, i, j, 0};
                    const BinCell cell = cellOf(one);
                    if (cell.sumVariance() < kLeastVariance) continue;
                    one.t = excessOf(cell) / std::sqrt(cell.sumVariance());
                    tested.push_back(one);
                }
    std::stable_sort(tested.begin(), tested.end(),
                     [](const Candidate& x, const Candidate& y) { return std::fabs(x.t) > std::fabs(y.t); });
    WeakestSlices out;
    out.tested = std::ssize(tested);
    double adjusted = 0;
    for (std::size_t rank = 0; rank < tested.size() && out.slices.size() < most; ++rank) {
        const Candidate& one = tested[rank];
        const auto left = static_cast<double>(tested.size() - rank);
        adjusted = std::min(1.0, std::max(adjusted, left * pOf(one.t)));
        if (adjusted >= kLevel) break;
        const BinCell cell = cellOf(one);
        if (one.a > 0) {
            const auto single = [&](std::size_t field, std::size_t bin) { return cellOf({0, field, 0, bin, 0}); };
            const double least =
                std::min(std::fabs(beyond(cell, single(one.a, one.i))), std::fabs(beyond(cell, single(one.b, one.j))));
            if (left * pOf(least) >= kLevel) continue;
        }
        WeakSlice& slice = out.slices.emplace_back(weakSlice(cell));
        slice.slice = sentences[one.b - 1][one.j];
        if (one.a > 0) slice.slice = sentences[one.a - 1][one.i] + " and " + slice.slice;
        slice.t = one.t;
        slice.pAdjusted = adjusted;
    }
    return out;
}

}  // namespace dlrm
