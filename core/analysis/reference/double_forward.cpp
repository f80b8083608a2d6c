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

// x' = x0 * (x·U·V + b) + x, see CrossLayerSpec.
std::vector<double> crossed(const std::vector<double>& x0, const std::vector<double>& x, const CrossWeights& w) {
    const auto zeros = [](std::int64_t count) { return std::vector<double>(static_cast<std::size_t>(count)); };
    std::vector<double> y =
        plusProduct(zeros(w.width), w.projection > 0 ? plusProduct(zeros(w.projection), x, w.u) : x, w.v);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = x0[i] * (y[i] + static_cast<double>(w.bias[i])) + x[i];
    return y;
}

void append(ReferenceForward& out, std::size_t& at, std::string name, const std::vector<double>& row) {
    if (at == out.layers.size()) out.layers.push_back({std::move(name), static_cast<std::int64_t>(row.size()), {}});
    out.layers[at].values.insert(out.layers[at].values.end(), row.begin(), row.end());
    ++at;
}

void forwardRow(const ModelWeights& weights, const BatchView& batch, std::int64_t row, ReferenceForward& out) {
    const ModelSpec& spec = *weights.spec;
    std::size_t at = 0;
    const auto numerical = batch.numerical.begin() + row * batch.numericals;
    std::vector<double> x(numerical, numerical + batch.numericals);
    x.resize(static_cast<std::size_t>(weights.bottom.front().inputs));
    for (std::size_t i = 0; i < weights.bottom.size(); ++i) {
        x = dense(x, weights.bottom[i], spec.bottomMlp[i].relu);
        append(out, at, fmt::format("bottom_mlp/{}", i), x);
    }
    std::vector<double> vectors = x;
    std::vector<float> looked;
    for (const int t : spec.interactionTableOrder) {
        const TableView& table = weights.tables[static_cast<std::size_t>(t)];
        looked.resize(static_cast<std::size_t>(table.dim()));
        table.copyRow(batch.ids[static_cast<std::size_t>(t * batch.idStride + row)], looked);
        vectors.insert(vectors.end(), looked.begin(), looked.end());
    }
    append(out, at, "vectors", vectors);
    std::vector<double> input;
    if (spec.interaction == InteractionKind::Cross) {
        input = vectors;
        for (std::size_t i = 0; i < weights.cross.size(); ++i) {
            input = crossed(vectors, input, weights.cross[i]);
            append(out, at, fmt::format("cross/{}", i), input);
        }
    } else {
        const auto dim = static_cast<std::size_t>(spec.embeddingDim), count = static_cast<std::size_t>(spec.vectors());
        std::vector<double> matrix, dots;
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j) {
                double dot = 0;
                for (std::size_t c = 0; c < dim; ++c) dot += vectors[i * dim + c] * vectors[j * dim + c];
                matrix.push_back(dot);
                if (j < i) dots.push_back(dot);
            }
        append(out, at, "interaction", matrix);
        const bool bottomFirst = spec.interactionOrder == InteractionOrder::CustomCuda;
        input = bottomFirst ? x : dots;
        const std::vector<double>& rest = bottomFirst ? dots : x;
        input.insert(input.end(), rest.begin(), rest.end());
    }
    input.resize(static_cast<std::size_t>(weights.top.front().inputs));
    append(out, at, "top_input", input);
    for (std::size_t i = 0; i < weights.top.size(); ++i) {
        input = dense(input, weights.top[i], spec.topMlp[i].relu);
        append(out, at, fmt::format("top_mlp/{}", i), input);
    }
    out.logits.push_back(input.front());
}

}  // namespace

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
        forwardRow(weights, batch, row, out);
        job.report({"computing in double", row + 1, batch.rows, "rows"});
    }
    return out;
}

}  // namespace dlrm
