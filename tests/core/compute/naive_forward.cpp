// SPDX-License-Identifier: Apache-2.0
#include "naive_forward.h"

#include <algorithm>
#include <bit>

namespace dlrm::test {
namespace {

double rounded(double value, bool bf16) {
    if (!bf16) return value;
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    const std::uint32_t low = bits & 0xffffu;
    std::uint32_t high = bits >> 16;
    if (low > 0x8000u || (low == 0x8000u && (high & 1u))) ++high;
    return std::bit_cast<float>(high << 16);
}

std::vector<double> dense(const std::vector<double>& x, const DenseWeights& w, bool relu, bool bf16) {
    std::vector<double> y;
    for (std::int64_t j = 0; j < w.outputs; ++j) {
        double sum = w.bias[static_cast<std::size_t>(j)];
        for (std::int64_t k = 0; k < w.inputs; ++k)
            sum += rounded(x[static_cast<std::size_t>(k)], bf16) *
                   rounded(w.kernel[static_cast<std::size_t>(k * w.outputs + j)], bf16);
        y.push_back(relu ? std::max(sum, 0.0) : sum);
    }
    return y;
}

// The strict lower triangle of V Vᵀ, and all of it into `matrix`.
std::vector<double> dotProducts(const std::vector<double>& vectors, std::size_t count, std::size_t dim,
                                std::vector<double>& matrix) {
    std::vector<double> dots;
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < count; ++j) {
            double dot = 0;
            for (std::size_t c = 0; c < dim; ++c) dot += vectors[i * dim + c] * vectors[j * dim + c];
            matrix.push_back(dot);
            if (j < i) dots.push_back(dot);
        }
    return dots;
}

std::vector<double> crossLayer(const std::vector<double>& x0, const std::vector<double>& x, const CrossWeights& w,
                               bool bf16) {
    std::vector<double> t = x;
    if (w.projection > 0)
        t = dense(t, {w.width, w.projection, w.u, std::vector<float>(static_cast<std::size_t>(w.projection))}, false,
                  bf16);
    t = dense(t, {w.projection > 0 ? w.projection : w.width, w.width, w.v, w.bias}, false, bf16);
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = x0[i] * t[i] + x[i];
    return t;
}

// The backend's own values of a row where they are given, else `x`.
std::vector<double> ofBackend(const std::vector<float>* given, std::int64_t row, std::vector<double> x) {
    if (!given || given->empty()) return x;
    const auto first = given->begin() + row * std::ssize(x);
    return {first, first + std::ssize(x)};
}

}  // namespace

NaiveRow naiveForward(const SyntheticModel& model, const Batch& batch, std::int64_t row, bool bf16,
                      const Intermediates* given) {
    const ModelSpec& spec = model.spec();
    NaiveRow out;
    std::vector<double> x;
    for (std::int64_t c = 0; c < batch.numericals; ++c)
        x.push_back(batch.numerical[static_cast<std::size_t>(row * batch.numericals + c)]);
    x.resize(static_cast<std::size_t>(model.bottom[0].inputs));
    for (std::size_t i = 0; i < model.bottom.size(); ++i) {
        x = dense(x, model.bottom[i], spec.bottomMlp[i].relu, bf16);
        out.bottomActivations.push_back(x);
        x = ofBackend(given ? &given->bottomActivations[i] : nullptr, row, std::move(x));
    }
    const std::vector<double> bottom = x;
    out.vectors = bottom;
    for (const int table : spec.interactionTableOrder) {
        const std::int32_t id = batch.ids[static_cast<std::size_t>(table * batch.rows + row)];
        for (std::int64_t c = 0; c < spec.tables[static_cast<std::size_t>(table)].dim; ++c)
            out.vectors.push_back(model.tableValue(static_cast<std::size_t>(table), id, c));
    }
    if (spec.interaction == InteractionKind::Cross) {
        out.topInput = out.vectors;
        for (std::size_t i = 0; i < model.cross.size(); ++i) {
            out.crossActivations.push_back(crossLayer(out.vectors, out.topInput, model.cross[i], bf16));
            out.topInput = ofBackend(given ? &given->crossActivations[i] : nullptr, row, out.crossActivations.back());
        }
    } else {
        const auto count = static_cast<std::size_t>(spec.vectors());
        const std::vector<double> dots =
            dotProducts(out.vectors, count, static_cast<std::size_t>(spec.embeddingDim), out.interaction);
        const bool bottomFirst = spec.interactionOrder == InteractionOrder::CustomCuda;
        out.topInput = bottomFirst ? bottom : dots;
        const std::vector<double>& rest = bottomFirst ? dots : bottom;
        out.topInput.insert(out.topInput.end(), rest.begin(), rest.end());
    }
    out.topInput.resize(static_cast<std::size_t>(model.top[0].inputs));
    x = ofBackend(given ? &given->topInput : nullptr, row, out.topInput);
    for (std::size_t i = 0; i < model.top.size(); ++i) {
        x = dense(x, model.top[i], spec.topMlp[i].relu, bf16);
        out.topActivations.push_back(x);
        x = ofBackend(given ? &given->topActivations[i] : nullptr, row, std::move(x));
    }
    out.logit = out.topActivations.back()[0];
    return out;
}

}  // namespace dlrm::test
