// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/attribution/attribution.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/analysis/layers/inputs.h"
#include "core/analysis/reference/double_forward.h"

namespace dlrm {
namespace {

using Values = std::vector<double>;

// kernel (inputs, outputs) · gradient
Values backThrough(const std::vector<float>& kernel, const Values& gradient) {
    const std::size_t outputs = gradient.size();
    Values out(kernel.size() / outputs);
    for (std::size_t i = 0; i < out.size(); ++i)
        for (std::size_t o = 0; o < outputs; ++o) out[i] += static_cast<double>(kernel[i * outputs + o]) * gradient[o];
    return out;
}

// The gradient by what layers take in, of one by what they put out; `outputs` say which units are active. What their
// biases add is added to `bias`.
Values backThrough(const std::vector<DenseWeights>& layers, const std::vector<LayerSpec>& specs,
                   const std::vector<Values>& outputs, Values gradient, double& bias) {
    for (std::size_t l = layers.size(); l-- > 0;) {
        for (std::size_t o = 0; o < gradient.size(); ++o) {
            if (specs[l].relu && !(outputs[l][o] > 0)) gradient[o] = 0;
            bias += static_cast<double>(layers[l].bias[o]) * gradient[o];
        }
        gradient = backThrough(layers[l].kernel, gradient);
    }
    return gradient;
}

Attribution inLinearRegion(const ModelWeights& weights, const Values& numerical, const Values& tables) {
    const ModelSpec& spec = *weights.spec;
    const RowInDouble row = forwardInDouble(weights, numerical, tables);
    const auto count = static_cast<std::size_t>(spec.vectors()), dim = static_cast<std::size_t>(spec.embeddingDim);
    Attribution out;
    out.topGradient = backThrough(weights.top, spec.topMlp, row.top, {1.0}, out.bias);
    const InteractionRows first = interactionRows(spec);
    const double *const ofBottom = out.topGradient.data() + first.firstBottom, *const ofDots = out.topGradient.data() +
                                                                                               first.firstDot;
    out.pairs.resize(count * count);
    for (std::size_t i = 1, p = 0; i < count; ++i)
        for (std::size_t j = 0; j < i; ++j, ++p)
            out.pairs[i * count + j] = out.pairs[j * count + i] = ofDots[p] * row.interaction[i * count + j];
    out.tables.resize(spec.tables.size());
    Values gradient(ofBottom, ofBottom + dim);  // by the bottom MLP's output, half of its pairs included
    for (std::size_t k = 1; k < count; ++k) {
        const double* const pairs = out.pairs.data() + k * count;
        out.tables[static_cast<std::size_t>(spec.interactionTableOrder[k - 1])] =
            0.5 * std::accumulate(pairs, pairs + count, 0.0);
        const double half = 0.5 * ofDots[pairIndex(static_cast<std::int64_t>(k), 0)];
        for (std::size_t d = 0; d < dim; ++d) gradient[d] += half * row.vectors[k * dim + d];
    }
    const Values byInput = backThrough(weights.bottom, spec.bottomMlp, row.bottom, std::move(gradient), out.bias);
    for (std::size_t k = 0; k < numerical.size(); ++k) out.numericals.push_back(byInput[k] * numerical[k]);
    return out;
}

// Gradients of the logit by the numericals and by the tables' vectors, in interaction order.
std::pair<Values, Values> gradientsThroughCrossLayers(const ModelWeights& weights, const Values& numerical,
                                                      const Values& tables) {
    const ModelSpec& spec = *weights.spec;
    const RowInDouble row = forwardInDouble(weights, numerical, tables);
    double unused = 0;
    Values gradient = backThrough(weights.top, spec.topMlp, row.top, {1.0}, unused);
    const std::size_t width = row.vectors.size();
    gradient.resize(width);  // without padding
    Values byVectors(width);
    for (std::size_t l = weights.cross.size(); l-- > 0;) {
        const CrossWeights& layer = weights.cross[l];
        const Values factor = crossFactor(l == 0 ? row.vectors : row.cross[l - 1], layer);
        Values within(width);
        for (std::size_t i = 0; i < width; ++i) {
            byVectors[i] += gradient[i] * factor[i];
            within[i] = gradient[i] * row.vectors[i];
        }
        Values byInput = backThrough(layer.v, within);
        if (layer.projection > 0) byInput = backThrough(layer.u, byInput);
        for (std::size_t i = 0; i < width; ++i) gradient[i] += byInput[i];
    }
    for (std::size_t i = 0; i < width; ++i) byVectors[i] += gradient[i];
    const auto bottom = static_cast<std::ptrdiff_t>(row.bottom.back().size());
    Values byNumericals = backThrough(weights.bottom, spec.bottomMlp, row.bottom,
                                      Values(byVectors.begin(), byVectors.begin() + bottom), unused);
    byNumericals.resize(numerical.size());
    return {std::move(byNumericals), Values(byVectors.begin() + bottom, byVectors.end())};
}

// The straight line from the row without any value.
struct Line {
    const ModelWeights& weights;
    Values numerical, from, tables;

    std::pair<Values, Values> at(double share) const {
        std::pair<Values, Values> out{numerical, from};
        for (double& x : out.first) x *= share;
        for (std::size_t i = 0; i < from.size(); ++i) out.second[i] += share * (tables[i] - from[i]);
        return out;
    }
    double logit(double share) const {
        const auto [numericalThere, tablesThere] = at(share);
        return forwardInDouble(weights, numericalThere, tablesThere).logit();
    }
};

// A piece of the line: what its values add there, by Gauss and Legendre's rule, and how much of the logit's change
// between its ends that leaves over.
struct Piece {
    double first = 0, last = 0, firstLogit = 0, lastLogit = 0;
    Values numericals, tables;
    std::array<double, 3> slopes{};  // of the logit, at the nodes
    double leftOver = 0;

    Piece(const Line& line, double from, double to, double logitFrom, double logitTo)
        : first(from),
          last(to),
          firstLogit(logitFrom),
          lastLogit(logitTo),
          numericals(line.numerical.size()),
          tables(line.tables.size()),
          leftOver(logitTo - logitFrom) {
        constexpr std::array<double, 3> kWeights{5.0 / 18, 8.0 / 18, 5.0 / 18};
        const double outer = std::sqrt(0.6);
        const std::array<double, 3> nodes{-outer, 0, outer};
        for (std::size_t n = 0; n < nodes.size(); ++n) {
            const auto [numericalThere, tablesThere] = line.at(0.5 * (first + last + nodes[n] * (last - first)));
            const auto gradients = gradientsThroughCrossLayers(line.weights, numericalThere, tablesThere);
            const double width = kWeights[n] * (last - first);
            for (std::size_t i = 0; i < numericals.size(); ++i) {
                const double slope = gradients.first[i] * line.numerical[i];
                numericals[i] += width * slope;
                slopes[n] += slope;
            }
            for (std::size_t i = 0; i < tables.size(); ++i) {
                const double slope = gradients.second[i] * (line.tables[i] - line.from[i]);
                tables[i] += width * slope;
                slopes[n] += slope;
            }
            leftOver -= width * slopes[n];
        }
    }

    // Where to cut it: where the tangents of both ends meet, which is where a unit changed if the piece is short and it
    // was one.
    double cut() const {
        constexpr double kShort = 1.0 / 16, kRim = 0.01;
        const double width = last - first, middle = 0.5 * (first + last);
        const double meet = (lastLogit - firstLogit - slopes[2] * last + slopes[0] * first) / (slopes[0] - slopes[2]);
        const bool inside = meet > first + kRim * width && meet < last - kRim * width;  // and finite
        return width <= kShort && inside ? meet : middle;
    }
};

bool isBetter(const Piece& a, const Piece& b) { return std::fabs(a.leftOver) < std::fabs(b.leftOver); }

// Where units begin or end to be active the gradient jumps, so that no rule is exact; but the logit at both ends of a
// piece tells how wrong it is there, and the worst one is cut until little is left over.
Result<Attribution> byIntegratedGradients(const ModelWeights& weights, const Values& numerical, const Values& tables,
                                          const std::stop_token& stop) {
    const ModelSpec& spec = *weights.spec;
    const Line line{weights, numerical, lookUpInDouble(weights, std::vector<std::int32_t>(spec.tables.size()), 1),
                    tables};
    Attribution out;
    out.method = AttributionMethod::IntegratedGradients;
    out.bias = line.logit(0);
    const double logit = line.logit(1), enough = kAttributionLeftOver * std::fabs(logit - out.bias);
    std::vector<Piece> pieces;  // a heap, the worst one first
    pieces.emplace_back(line, 0.0, 1.0, out.bias, logit);
    const auto left = [&] {
        return std::accumulate(pieces.begin(), pieces.end(), 0.0,
                               [](double sum, const Piece& p) { return sum + std::fabs(p.leftOver); });
    };
    while (pieces.size() < kMostAttributionPieces && left() > enough) {
        if (stop.stop_requested()) return cancelled();
        std::pop_heap(pieces.begin(), pieces.end(), isBetter);
        const Piece worst = std::move(pieces.back());
        pieces.pop_back();
        const double cut = worst.cut(), logitThere = line.logit(cut);
        for (const auto& half : {Piece(line, worst.first, cut, worst.firstLogit, logitThere),
                                 Piece(line, cut, worst.last, logitThere, worst.lastLogit)}) {
            pieces.push_back(half);
            std::push_heap(pieces.begin(), pieces.end(), isBetter);
        }
    }
    out.numericals.resize(numerical.size());
    out.tables.resize(spec.tables.size());
    for (const Piece& piece : pieces) {
        for (std::size_t k = 0; k < out.numericals.size(); ++k) out.numericals[k] += piece.numericals[k];
        std::size_t at = 0;
        for (const int t : spec.interactionTableOrder)
            for (std::int64_t d = 0; d < spec.tables[static_cast<std::size_t>(t)].dim; ++d, ++at)
                out.tables[static_cast<std::size_t>(t)] += piece.tables[at];
    }
    return out;
}

}  // namespace

std::string_view name(AttributionMethod method) {
    return method == AttributionMethod::LinearRegion ? "linear_region" : "integrated_gradients";
}

std::vector<AttributedField> attributedFields(const Attribution& attribution, const ModelSpec& spec) {
    std::vector<AttributedField> out;
    for (std::size_t k = 0; k < attribution.numericals.size(); ++k)
        out.push_back({layerInputName(spec, false, 0, static_cast<std::int64_t>(k)), attribution.numericals[k]});
    for (std::size_t t = 0; t < attribution.tables.size(); ++t)
        out.push_back({spec.tables[t].name, attribution.tables[t]});
    return out;
}

double Attribution::sum() const {
    return std::accumulate(tables.begin(), tables.end(), std::accumulate(numericals.begin(), numericals.end(), bias));
}

Result<Attribution> attribute(const ModelWeights& weights, std::span<const float> numerical,
                              std::span<const std::int32_t> ids, double logit, const std::stop_token& stop) {
    const Values fed(numerical.begin(), numerical.end()), tables = lookUpInDouble(weights, ids, 1);
    Result<Attribution> out = weights.spec->interaction == InteractionKind::Dot
                                  ? inLinearRegion(weights, fed, tables)
                                  : byIntegratedGradients(weights, fed, tables, stop);
    if (out) out->residual = logit - out->sum();
    return out;
}

}  // namespace dlrm
