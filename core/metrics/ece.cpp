// SPDX-License-Identifier: Apache-2.0
// Expected calibration error (Guo et al. 2017) over bins of equal mass, and what chance alone makes of it.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/metrics/metric.h"

namespace dlrm {
namespace {

// E|X − np| of a binomial X, by De Moivre: 2 ν C(n, ν) p^ν (1 − p)^(n − ν + 1), ν = ⌊np⌋ + 1.
double meanDeviation(double n, double p) {
    if (!(p > 0 && p < 1)) return 0;
    const double v = std::floor(n * p) + 1;
    return std::exp(std::log(2 * v) + std::lgamma(n + 1) - std::lgamma(v + 1) - std::lgamma(n - v + 1) +
                    v * std::log(p) + (n - v + 1) * std::log1p(-p));
}

}  // namespace

EceBins eceBinsOf(std::span<const ScoreBin> bins) {
    EceBins out;
    out.count = static_cast<std::int64_t>(bins.size());
    std::int64_t rows = 0;
    for (const ScoreBin& bin : bins) {
        out.fewestRows = out.fewestRows == 0 ? bin.rows : std::min(out.fewestRows, bin.rows);
        out.mostRows = std::max(out.mostRows, bin.rows);
        out.calibrated +=
            meanDeviation(static_cast<double>(bin.rows), bin.sumProbability / static_cast<double>(bin.rows));
        rows += bin.rows;
    }
    if (rows > 0) out.calibrated /= static_cast<double>(rows);
    return out;
}

MetricFigure eceMetric(const MetricEvidence& e) {
    double sum = 0;
    for (const ScoreBin& bin : e.bins) sum += std::fabs(static_cast<double>(bin.positives) - bin.sumProbability);
    const double value = sum / static_cast<double>(e.rows);
    if (e.interim) return {value, {}, {}, "interim: from 8,000 score bins"};
    const EceBins bins = eceBinsOf(e.bins);
    const std::string each = bins.fewestRows == bins.mostRows ? fmt::format("{}", bins.mostRows)
                                                              : fmt::format("{} to {}", bins.fewestRows, bins.mostRows);
    return {value,
            {},
            {},
            fmt::format("{} of {} row{}; a perfectly calibrated model would show about {:.4g}",
                        counted(bins.count, "bin"), each, bins.mostRows == 1 ? "" : "s", bins.calibrated)};
}

}  // namespace dlrm
