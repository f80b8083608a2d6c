// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/layers/padding_rows.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr double kCutNormal = 0.87962566103423978;  // standard deviation of a standard normal that is cut at 2
constexpr double kCastRounding = 1.01;              // casts to narrower types move values by less
constexpr double kClearlyTrained =
    0.75;  // of the learned rows: then those without a trace of training are rows that saw none

std::string rowsText(std::int64_t first, std::int64_t last) {
    return first == last ? fmt::format("Row {}", first) : fmt::format("Rows {} … {}", first, last);
}

}  // namespace

PaddingEvidence weighPadding(const DenseWeights& kernel, std::int64_t fed, const std::string& layer) {
    PaddingEvidence out;
    out.rows = kernel.inputs;
    out.fed = fed;
    if (kernel.inputs < 1 || kernel.outputs < 1 || fed > kernel.inputs) return out;
    if (!std::all_of(kernel.kernel.begin(), kernel.kernel.end(), [](float v) { return std::isfinite(v); })) return out;
    const double bound =
        kCastRounding * 2 * std::sqrt(2.0 / static_cast<double>(kernel.inputs + kernel.outputs)) / kCutNormal;
    std::int64_t trained = 0, learned = 0;
    for (std::int64_t r = 0; r < kernel.inputs; ++r) {
        const auto row = kernel.kernel.begin() + r * kernel.outputs;
        if (std::all_of(row, row + kernel.outputs, [](float v) { return v == 0; })) return out;
        if (std::all_of(row, row + kernel.outputs, [&](float v) { return std::fabs(v) <= bound; })) continue;
        ++trained;
        learned = r + 1;
    }
    out.learned = learned;
    const bool clear =
        out.learned > 0 && static_cast<double>(trained) >= kClearlyTrained * static_cast<double>(out.learned);
    const std::int64_t last = kernel.inputs - 1;
    if (fed > 0 && out.learned > fed) {
        out.contradicts = out.learned < kernel.inputs;
        out.reason = fmt::format(
            "Row {} of {}'s kernel was trained, though it would meet padding only: the model was trained with {} "
            "numerical features or more, not {}.",
            out.learned - 1, layer, out.learned, fed);
    } else if (fed > 0 && clear && out.learned < fed) {
        out.reason = fmt::format(
            "{} of {}'s kernel look as the initializer drew them, though the data feeds them: the model was probably "
            "trained with {} numerical features, not {}.",
            rowsText(out.learned, fed - 1), layer, out.learned, fed);
    } else if (fed > 0 && fed < kernel.inputs) {
        out.reason = fmt::format("{} of {}'s kernel, which meet padding only, look as the initializer drew them.",
                                 rowsText(fed, last), layer);
    } else if (fed == 0 && clear && out.learned < kernel.inputs) {
        out.reason = fmt::format(
            "{} of {}'s kernel look as the initializer drew them: the model was probably trained with {} numerical "
            "features.",
            rowsText(out.learned, last), layer, out.learned);
    }
    return out;
}

}  // namespace dlrm
