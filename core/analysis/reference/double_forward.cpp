// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/reference/double_forward.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace dlrm {
namespace {

std::vector<double> dense(const std::vector<double>& x, const DenseWeights& w, bool relu) {
    std::vector<double> y = plusProduct({w.bias.begin(), w.bias.end()}, x, w.kernel);
    if (relu)
        for (double& v : y) v = v > 0 || v != v ? v : 0;
    return y;
}

void append(ReferenceForward& out, std::size_t& at, std::string name, const std::vector<double>& row) {
    if (at == out.layers.size()) out.layers.push_back({std::move(name), static_cast<std::int64_t>(row.size()), {}});
    out.layers[at].values.insert(out.layers[at].values.end(), row.begin(), row.end());
    ++at;
}

void appendRow(const RowInDouble& row, ReferenceForward& out) {
    std::size_t at = 0;
    const auto stack = [&](const char* name, const std::vector<std::vector<double>>& layers) {
        for (std::size_t i = 0; i < layers.size(); ++i) append(out, at, fmt::format("{}/{}", name, i), layers[i]);
    };
    stack("bottom_mlp", row.bottom);
    append(out, at, "vectors", row.vectors);
    if (row.cross.empty()) append(out, at, "interaction", row.interaction);
    else stack("cross", row.cross);
    append(out, at, "top_input", row.topInput);
    stack("top_mlp", row.top);
    out.logits.push_back(row.logit());
}

}  // namespace

std::vector<double> crossFactor(std::span<const double> x, const CrossWeights& w) {
    const auto zeros = [](std::int64_t count) { return std::vector<double>(static_cast<std::size_t>(count)); };
    std::vector<double> y = w.projection > 0
                                ? plusProduct(zeros(w.width), plusProduct(zeros(w.projection), x, w.u), w.v)
                                : plusProduct(zeros(w.width), x, w.v);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += static_cast<double>(w.bias[i]);
    return y;
}

std::vector<double> lookUpInDouble(const ModelWeights& weights, std::span<const std::int32_t> ids,
                                   std::int64_t stride) {
    std::vector<double> out;
    std::vector<float> looked;
    for (const int t : weights.spec->interactionTableOrder) {
        const TableView& table = weights.tables[static_cast<std::size_t>(t)];
        looked.resize(static_cast<std::size_t>(table.dim()));
        table.copyRow(ids[static_cast<std::size_t>(t * stride)], looked);
        out.insert(out.end(), looked.begin(), looked.end());
    }
    return out;
}

RowInDouble forwardInDouble(const ModelWeights& weights, std::span<const double> numerical,
                            std::span<const double> tables) {
    const ModelSpec& spec = *weights.spec;
    RowInDouble out;
    std::vector<double> x(numerical.begin(), numerical.end());
    x.resize(static_cast<std::size_t>(weights.bottom.front().inputs));
    for (std::size_t i = 0; i < weights.bottom.size(); ++i)
        x = out.bottom.emplace_back(dense(x, weights.bottom[i], spec.bottomMlp[i].relu));
    out.vectors = x;
    out.vectors.insert(out.vectors.end(), tables.begin(), tables.end());
    const std::vector<double>& vectors = out.vectors;
    std::vector<double> input;
    if (spec.interaction == InteractionKind::Cross) {
        input = vectors;
        for (const CrossWeights& layer : weights.cross) {
            const std::vector<double> factor = crossFactor(input, layer);
            for (std::size_t i = 0; i < input.size(); ++i) input[i] += vectors[i] * factor[i];
            out.cross.push_back(input);
        }
    } else {
        const auto dim = static_cast<std::size_t>(spec.embeddingDim), count = static_cast<std::size_t>(spec.vectors());
        std::vector<double> dots;
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j) {
                double dot = 0;
                for (std::size_t c = 0; c < dim; ++c) dot += vectors[i * dim + c] * vectors[j * dim + c];
                out.interaction.push_back(dot);
                if (j < i) dots.push_back(dot);
            }
        const bool bottomFirst = spec.interactionOrder == InteractionOrder::CustomCuda;
        input = bottomFirst ? x : dots;
        const std::vector<double>& rest = bottomFirst ? dots : x;
        input.insert(input.end(), rest.begin(), rest.end());
    }
    input.resize(static_cast<std::size_t>(weights.top.front().inputs));
    out.topInput = input;
    for (std::size_t i = 0; i < weights.top.size(); ++i)
        input = out.top.emplace_back(dense(input, weights.top[i], spec.topMlp[i].relu));
    return out;
}

std::vector<double> plusProduct(std::vector<double> y, std::span<const double> x, const std::vector<float>& kernel) {
    const std::size_t outputs = y.size();
    for (std::size_t i = 0; i < x.size(); ++i)
        for (std::size_t o = 0; o < outputs; ++o) y[o] += x[i] * static_cast<double>(kernel[i * outputs + o]);
    return y;
}

Result<ReferenceForward> forwardInDouble(const ModelWeights& weights, const BatchView& batch, const Job& job) {
    ReferenceForward out;
    for (std::int64_t row = 0; row < batch.rows; ++row) {
        if (job.stopped()) return cancelled();
        const auto numerical = batch.numerical.subspan(static_cast<std::size_t>(row * batch.numericals),
                                                       static_cast<std::size_t>(batch.numericals));
        const std::vector<double> tables =
            lookUpInDouble(weights, batch.ids.subspan(static_cast<std::size_t>(row)), batch.idStride);
        appendRow(forwardInDouble(weights, std::vector<double>(numerical.begin(), numerical.end()), tables), out);
        job.report({"computing in double", row + 1, batch.rows, "rows"});
    }
    return out;
}

}  // namespace dlrm
