// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/reference/rounding_spread.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <utility>

#include <tbb/parallel_for.h>

namespace dlrm {
namespace {

using Values = std::span<const double>;

// Of some values: variances in units of u² and v².
struct Spread {
    std::vector<double> operands, sums;
    explicit Spread(std::size_t size = 0) : operands(size), sums(size) {}
};

// x · kernel (x.size(), outputs).
Spread throughProduct(Values x, const Spread& before, const std::vector<float>& kernel, std::size_t outputs) {
    Spread out(outputs);
    const auto terms = static_cast<double>(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double square = x[i] * x[i], operands = before.operands[i] + 2 * square,
                     sums = before.sums[i] + terms * square;
        if (operands == 0 && sums == 0) continue;
        for (std::size_t o = 0; o < outputs; ++o) {
            const double w = static_cast<double>(kernel[i * outputs + o]), weight = w * w;
            out.operands[o] += operands * weight;
            out.sums[o] += sums * weight;
        }
    }
    return out;
}

// y: what the layer gave.
Spread throughDense(Values x, const Spread& before, const DenseWeights& w, bool relu, Values y) {
    Spread out = throughProduct(x, before, w.kernel, static_cast<std::size_t>(w.outputs));
    for (std::size_t o = 0; o < y.size(); ++o) {
        out.sums[o] += y[o] * y[o];
        if (relu && y[o] <= 0) out.operands[o] = out.sums[o] = 0;
    }
    return out;
}

// Dots of every two of the vectors, in the order of the top MLP's input.
Spread throughDots(Values vectors, const Spread& before, std::size_t dim) {
    Spread out;
    const auto terms = static_cast<double>(dim);
    for (std::size_t i = 0; i < vectors.size(); i += dim)
        for (std::size_t j = 0; j < i; j += dim) {
            double operands = 0, sums = 0;
            for (std::size_t c = 0; c < dim; ++c) {
                const double a = vectors[i + c] * vectors[i + c], b = vectors[j + c] * vectors[j + c];
                operands += before.operands[i + c] * b + before.operands[j + c] * a + 2 * a * b;
                sums += before.sums[i + c] * b + before.sums[j + c] * a + terms * a * b;
            }
            out.operands.push_back(operands);
            out.sums.push_back(sums);
        }
    return out;
}

// x' = x0 * (p + b) + x with p = x·U·V or x·V. `first`: of x0.
Spread throughCross(Values x0, const Spread& first, Values x, const Spread& before, const CrossWeights& w, Values y) {
    const auto width = static_cast<std::size_t>(w.width);
    Spread product;
    if (w.projection > 0) {
        const auto middle = static_cast<std::size_t>(w.projection);
        const std::vector<double> projected = plusProduct(std::vector<double>(middle), x, w.u);
        product = throughProduct(projected, throughProduct(x, before, w.u, middle), w.v, width);
    } else {
        product = throughProduct(x, before, w.v, width);
    }
    Spread out(width);
    for (std::size_t i = 0; i < width; ++i) {
        const double square = x0[i] * x0[i], factor = x0[i] != 0 ? (y[i] - x[i]) / x0[i] : 0;  // p + b
        out.operands[i] = square * product.operands[i] + factor * factor * first.operands[i] + before.operands[i];
        out.sums[i] = square * (product.sums[i] + factor * factor) + factor * factor * first.sums[i] + before.sums[i] +
                      y[i] * y[i];
    }
    return out;
}

void append(Spread& to, const Spread& from) {
    to.operands.insert(to.operands.end(), from.operands.begin(), from.operands.end());
    to.sums.insert(to.sums.end(), from.sums.begin(), from.sums.end());
}

void resize(Spread& spread, std::size_t size) {
    spread.operands.resize(size);
    spread.sums.resize(size);
}

// The variances of one row's logit.
std::pair<double, double> ofRow(const ModelWeights& weights, const BatchView& batch, const ReferenceForward& reference,
                                std::size_t row) {
    const ModelSpec& spec = *weights.spec;
    const auto values = [&](std::size_t layer) {
        const ReferenceLayer& of = reference.layers[layer];
        return Values(of.values).subspan(row * static_cast<std::size_t>(of.columns),
                                         static_cast<std::size_t>(of.columns));
    };
    const auto given = batch.numerical.subspan(row * static_cast<std::size_t>(batch.numericals),
                                               static_cast<std::size_t>(batch.numericals));
    const std::vector<double> numerical(given.begin(), given.end());
    Spread now(numerical.size());
    std::size_t at = 0;  // layer of the reference
    for (std::size_t i = 0; i < weights.bottom.size(); ++i, ++at)
        now = throughDense(i == 0 ? Values(numerical) : values(at - 1), now, weights.bottom[i], spec.bottomMlp[i].relu,
                           values(at));
    const Values vectors = values(at++);
    const Spread bottom = now;
    resize(now, vectors.size());
    if (spec.interaction == InteractionKind::Cross) {
        const Spread first = now;
        for (std::size_t i = 0; i < weights.cross.size(); ++i, ++at)
            now = throughCross(vectors, first, values(at - 1), now, weights.cross[i], values(at));
    } else {
        const Spread dots = throughDots(vectors, now, static_cast<std::size_t>(spec.embeddingDim));
        const bool bottomFirst = spec.interactionOrder == InteractionOrder::CustomCuda;
        now = bottomFirst ? bottom : dots;
        append(now, bottomFirst ? dots : bottom);
        ++at;
    }
    const std::size_t top = at;  // top_input
    resize(now, values(top).size());
    for (std::size_t i = 0; i < weights.top.size(); ++i)
        now = throughDense(values(top + i), now, weights.top[i], spec.topMlp[i].relu, values(top + i + 1));
    return {now.operands.front(), now.sums.front()};
}

}  // namespace

Result<RoundingSpread> roundingSpread(const ModelWeights& weights, const BatchView& batch,
                                      const ReferenceForward& reference, const std::stop_token& stop) {
    RoundingSpread out;
    out.operands.resize(reference.logits.size());
    out.sums.resize(reference.logits.size());
    tbb::parallel_for(std::size_t{0}, reference.logits.size(), [&](std::size_t row) {
        if (!stop.stop_requested()) std::tie(out.operands[row], out.sums[row]) = ofRow(weights, batch, reference, row);
    });
    if (stop.stop_requested()) return cancelled();
    return out;
}

double logitTolerance(const RoundingSpread& spread, Precision precision) {
    constexpr double kSums = 0x1p-24;
    double operands = 0;
    switch (precision) {
        case Precision::Fp32:
            break;
        case Precision::Tf32:
        case Precision::Fp16:
            operands = 0x1p-11;
            break;
        case Precision::Bf16:
        case Precision::Int8:
            operands = 0x1p-8;
            break;
    }
    double largest = 0;
    for (std::size_t r = 0; r < spread.sums.size(); ++r)
        largest = std::max(largest, operands * operands * spread.operands[r] + kSums * kSums * spread.sums[r]);
    return kSpreads * std::sqrt(largest);
}

std::string_view toleranceWords() {
    return "allowed: six standard deviations of the logit when every rounding of an operand and of a partial sum is an "
           "independent error, from these weights, "
           "widths and rows; the largest of the rows";
}

}  // namespace dlrm
