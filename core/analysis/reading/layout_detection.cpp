// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/reading/layout_detection.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr double kLeastLogRatio = 13.8;      // ln(10⁶)
constexpr double kLeastInputScale = 6.9;     // ln(10³): the change point alone never decides
constexpr double kClearOfInitializer = 1.1;  // singular value over the edge of the initializer's spectrum
constexpr double kPaddingSigmas = 6;         // of a padding row's norm² from its expectation
constexpr int kMostDirections = 8;
constexpr int kPowerSteps = 100;

// -n/2·ln(variance): the log likelihood of normal values under their own mean and variance, but for a constant per
// value.
double normalLogLikelihood(std::span<const double> values) {
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double square = 0;
    for (const double v : values) square += (v - mean) * (v - mean);
    return -n / 2 * std::log(square / n + 1e-12);
}

// REQUIRES: no NaN.
std::vector<double> ranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> out(values.size());
    for (std::size_t i = 0; i < order.size();) {
        std::size_t end = i;
        while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
        for (std::size_t k = i; k < end; ++k) out[order[k]] = static_cast<double>(i + end - 1) / 2;
        i = end;
    }
    return out;
}

double spearman(std::span<const double> a, std::span<const double> b) {
    const auto x = ranks(a), y = ranks(b);
    const double mean = static_cast<double>(x.size() - 1) / 2;
    double xy = 0, xx = 0, yy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xy += (x[i] - mean) * (y[i] - mean);
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
    }
    return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

double correlationLogLikelihood(double rho, std::size_t n) {
    const double positive = std::clamp(rho, 0.0, 0.999999);
    return -static_cast<double>(n) / 2 * std::log(1 - positive * positive);
}

// Energy of each row in the kernel's leading singular directions whose singular value exceeds `least`; nothing when
// there is none.
struct LearnedPart {
    int directions = 0;
    std::vector<double> energy;  // (rows)
};

LearnedPart learnedPart(const DenseWeights& kernel, double least, const std::stop_token& stop) {
    const auto rows = static_cast<std::size_t>(kernel.inputs), columns = static_cast<std::size_t>(kernel.outputs);
    std::vector<double> gram(rows * rows);
    for (std::size_t i = 0; i < rows && !stop.stop_requested(); ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            const float* a = kernel.kernel.data() + i * columns;
            const float* b = kernel.kernel.data() + j * columns;
            double sum = 0;
            for (std::size_t c = 0; c < columns; ++c) sum += static_cast<double>(a[c]) * static_cast<double>(b[c]);
            gram[i * rows + j] = gram[j * rows + i] = sum;
        }
    LearnedPart out;
    out.energy.assign(rows, 0.0);
    std::vector<double> u(rows), next(rows);
    for (int direction = 0; direction < kMostDirections; ++direction) {
        for (std::size_t i = 0; i < rows; ++i) u[i] = 1.0 + 0.5 * std::sin(static_cast<double>(i * 7 + 1));
        double eigenvalue = 0;
        for (int step = 0; step < kPowerSteps; ++step) {
            if (stop.stop_requested()) return out;
            double square = 0;
            for (std::size_t i = 0; i < rows; ++i) {
                next[i] =
                    std::inner_product(u.begin(), u.end(), gram.begin() + static_cast<std::ptrdiff_t>(i * rows), 0.0);
                square += next[i] * next[i];
            }
            const double length = std::sqrt(square);
            if (!(length > 0)) return out;
            eigenvalue = length;
            for (std::size_t i = 0; i < rows; ++i) u[i] = next[i] / length;
        }
        if (std::sqrt(eigenvalue) < least) return out;
        ++out.directions;
        for (std::size_t i = 0; i < rows; ++i) {
            out.energy[i] += eigenvalue * u[i] * u[i];
            for (std::size_t j = 0; j < rows; ++j) gram[i * rows + j] -= eigenvalue * u[i] * u[j];
        }
    }
    return out;
}

}  // namespace

double OrderEvidence::likelihoodRatio() const { return std::exp(std::clamp(logRatio, -690.0, 690.0)); }

OrderEvidence detectInteractionOrder(const DenseWeights& kernel, std::span<const float> bottomScale,
                                     std::span<const float> dotScale, const std::stop_token& stop) {
    OrderEvidence out;
    const std::size_t bottom = bottomScale.size(), dots = dotScale.size(), used = bottom + dots;
    const auto rows = static_cast<std::size_t>(kernel.inputs), columns = static_cast<std::size_t>(kernel.outputs);
    if (bottom < 2 || dots < 2 || used > rows || columns == 0) {
        out.reason = "The first top kernel has too few rows.";
        return out;
    }
    // Ranks of NaN mean nothing.
    const auto isFinite = [](float v) { return std::isfinite(v); };
    if (!std::all_of(bottomScale.begin(), bottomScale.end(), isFinite) ||
        !std::all_of(dotScale.begin(), dotScale.end(), isFinite)) {
        out.reason = "The top MLP's inputs hold values that are not finite.";
        return out;
    }
    // GlorotNormal: variance 2 / (inputs + outputs).
    const double variance = 2.0 / static_cast<double>(rows + columns);
    std::vector<double> square(rows);  // ‖row‖² over its expectation at the start of training
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t c = 0; c < columns; ++c) {
            const double w = kernel.kernel[i * columns + c];
            square[i] += w * w;
        }
        square[i] /= static_cast<double>(columns) * variance;
    }
    if (!std::all_of(square.begin(), square.end(), [](double s) { return std::isfinite(s); })) {
        out.reason = "The first top kernel holds values that are not finite.";
        return out;
    }
    const double tolerance = kPaddingSigmas * std::sqrt(2.0 / static_cast<double>(columns));
    for (std::size_t i = used; i < rows; ++i)
        if (std::fabs(square[i] - 1) > tolerance) {
            out.reason = fmt::format(
                "Row {} only meets zeros, but does not look like its initializer: its norm² is {:.2f} of what "
                "GlorotNormal gives.",
                i, square[i]);
            return out;
        }

    std::vector<double> logSquare;
    for (std::size_t i = 0; i < used; ++i) logSquare.push_back(std::log(square[i] + 1e-12));
    const std::span<const double> norms(logSquare);
    const auto splitAt = [&](std::size_t place) {
        return normalLogLikelihood(norms.first(place)) + normalLogLikelihood(norms.subspan(place));
    };
    out.changePoint = splitAt(bottom) - splitAt(dots);

    const double edge =
        std::sqrt(variance) * (std::sqrt(static_cast<double>(rows)) + std::sqrt(static_cast<double>(columns)));
    const LearnedPart learned = learnedPart(kernel, kClearOfInitializer * edge, stop);
    out.learnedDirections = learned.directions;
    if (learned.directions == 0) {
        out.reason =
            "The first top kernel looks like its initializer: it shows no training that could tell the orders apart.";
        return out;
    }
    const std::span<const double> moved = std::span(learned.energy).first(used);
    std::vector<double> customCuda(bottomScale.begin(), bottomScale.end()),
        tensorflow(dotScale.begin(), dotScale.end());
    customCuda.insert(customCuda.end(), dotScale.begin(), dotScale.end());
    tensorflow.insert(tensorflow.end(), bottomScale.begin(), bottomScale.end());
    out.inputScale = correlationLogLikelihood(spearman(customCuda, moved), used) -
                     correlationLogLikelihood(spearman(tensorflow, moved), used);
    out.logRatio = out.changePoint + out.inputScale;
    const bool agree = out.logRatio * out.inputScale > 0;
    if (agree && std::fabs(out.logRatio) >= kLeastLogRatio && std::fabs(out.inputScale) >= kLeastInputScale) {
        out.verdict = out.logRatio > 0 ? InteractionOrder::CustomCuda : InteractionOrder::Tensorflow;
        out.reason =
            fmt::format("The rows that were trained most are those that meet the largest inputs in the order {}.",
                        name(*out.verdict));
    } else {
        out.reason = "The weights do not tell the two orders apart clearly enough.";
    }
    return out;
}

}  // namespace dlrm
