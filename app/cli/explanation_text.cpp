// SPDX-License-Identifier: Apache-2.0
#include "app/cli/explanation_text.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/text.h"
#include "core/export/json.h"
#include "core/export/json_text.h"

namespace dlrm::cli {
namespace {

using Align = TextTable::Align;
using Json = nlohmann::ordered_json;

// Interaction value of vectors i and j. REQUIRES: a model with dot products.
float dot(const Explanation& e, std::size_t i, std::size_t j) { return e.intermediates.interaction[i * e.vectorNames.size() + j]; }
// The diagonal of V Vᵀ holds squared norms; without dot products the tables' own norms are there, and the bottom MLP's output is.
double vectorNorm(const Explanation& e, const ModelSpec& spec, std::size_t i) {
    if (spec.interaction == InteractionKind::Dot) return std::sqrt(std::max(0.0, static_cast<double>(dot(e, i, i))));
    if (i > 0) return e.rowNorms[static_cast<std::size_t>(spec.interactionTableOrder[i - 1])];
    double squares = 0;
    for (const float v : e.intermediates.bottomActivations.back()) squares += static_cast<double>(v) * v;
    return std::sqrt(squares);
}

// Its values; of several widths (cross layers) they stand one after the other.
std::span<const float> vectorOf(const Explanation& e, const ModelSpec& spec, std::size_t i) {
    const auto width = [&](std::size_t v) {
        return static_cast<std::size_t>(v == 0 ? spec.bottomMlp.back().outputs : spec.tables[static_cast<std::size_t>(spec.interactionTableOrder[v - 1])].dim);
    };
    std::size_t at = 0;
    for (std::size_t v = 0; v < i; ++v) at += width(v);
    return std::span(e.intermediates.vectors).subspan(at, width(i));
}

Json numbers(std::span<const float> values) {
    Json out = Json::array();
    for (const float v : values) out.push_back(jsonNumber(v));
    return out;
}

struct LayerActivity {
    std::string layer;
    std::span<const float> values;
    std::size_t active = 0;
    double mean = 0;
    float largest = 0;
};

std::vector<LayerActivity> layerActivities(const Explanation& e, const ModelSpec& spec) {
    std::vector<LayerActivity> out;
    const auto add = [&](const auto& layers, const std::vector<std::vector<float>>& activations) {
        for (std::size_t k = 0; k < activations.size() && k < layers.size(); ++k) {
            const std::vector<float>& values = activations[k];
            if (values.empty()) continue;
            LayerActivity a{layers[k].name, values, 0, 0, *std::max_element(values.begin(), values.end())};
            for (const float v : values) {
                a.mean += v;
                a.active += v > 0;
            }
            a.mean /= static_cast<double>(values.size());
            out.push_back(std::move(a));
        }
    };
    add(spec.bottomMlp, e.intermediates.bottomActivations);
    add(spec.crossLayers, e.intermediates.crossActivations);
    add(spec.topMlp, e.intermediates.topActivations);
    return out;
}

}  // namespace

std::string explanationsJson(std::span<const ExplainedRow> rows, const ModelSpec& spec, const std::string& profile, const BackendInfo& backend) {
    Json list = Json::array();
    for (const ExplainedRow& row : rows) {
        const Explanation& e = row.explanation;
        Json vectors = Json::array(), matrix = Json::array(), activations = Json::array();
        for (std::size_t i = 0; i < e.vectorNames.size(); ++i) {
            vectors.push_back({{"name", e.vectorNames[i]}, {"norm", vectorNorm(e, spec, i)}, {"values", numbers(vectorOf(e, spec, i))}});
            if (spec.interaction == InteractionKind::Cross) continue;
            Json line = Json::array();
            for (std::size_t j = 0; j < e.vectorNames.size(); ++j) line.push_back(jsonNumber(dot(e, i, j)));
            matrix.push_back(std::move(line));
        }
        for (const LayerActivity& a : layerActivities(e, spec))
            activations.push_back({{"layer", a.layer}, {"units", a.values.size()}, {"active", a.active}, {"mean", a.mean}, {"max", jsonNumber(a.largest)},
                                   {"values", numbers(a.values)}});
        list.push_back({{"row", row.row},
                        {"label", row.label ? Json(*row.label) : Json(nullptr)},
                        {"logit", jsonNumber(e.logit)},
                        {"probability", e.probability},
                        {"numerical", numbers(e.input.numerical)},
                        {"ids", e.input.ids},
                        {"vectors", std::move(vectors)},
                        {"interaction_matrix", std::move(matrix)},
                        {"top_mlp_input", numbers(e.intermediates.topInput)},
                        {"activations", std::move(activations)}});
    }
    const Json out{{"profile", Json::parse(profileJson(profile))},
                   {"interaction", {{"order", name(spec.interactionOrder)}, {"source", name(spec.orderSource)}}},
                   {"backend", Json::parse(backendJson(backend))},
                   {"rows", std::move(list)}};
    return jsonText(out, 1) + "\n";
}

std::string explanationsText(std::span<const ExplainedRow> rows, const ModelSpec& spec) {
    constexpr std::size_t kPairs = 5;
    std::string out;
    for (const ExplainedRow& row : rows) {
        const Explanation& e = row.explanation;
        out += fmt::format("{}row {}: logit {:.6f}, probability {:.6f}, label {}\n", out.empty() ? "" : "\n", thousands(row.row), e.logit, e.probability,
                           row.label ? std::to_string(*row.label) : "-");
        TextTable vectors;
        vectors.addColumn("vector", Align::Left);
        vectors.addColumn("id", Align::Right);
        vectors.addColumn("norm", Align::Right);
        struct Pair {
            std::size_t i, j;
            float value;
        };
        std::vector<Pair> pairs;
        for (std::size_t i = 0; i < e.vectorNames.size(); ++i) {
            const std::string id = i == 0 ? "" : thousands(e.input.ids[static_cast<std::size_t>(spec.interactionTableOrder[i - 1])]);
            vectors.addRow({e.vectorNames[i], id, fmt::format("{:.4f}", vectorNorm(e, spec, i))});
            for (std::size_t j = 0; j < i && spec.interaction == InteractionKind::Dot; ++j) pairs.push_back({i, j, dot(e, i, j)});
        }
        out += vectors.text("  ");
        const std::size_t shown = std::min(kPairs, pairs.size());
        std::partial_sort(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(shown), pairs.end(),
                          [](const Pair& a, const Pair& b) { return std::abs(a.value) > std::abs(b.value); });
        TextTable strongest;
        strongest.addColumn("strongest pairs", Align::Left);
        strongest.addColumn("dot product", Align::Right);
        for (std::size_t k = 0; k < shown; ++k)
            strongest.addRow({e.vectorNames[pairs[k].i] + " × " + e.vectorNames[pairs[k].j], fmt::format("{:.5f}", pairs[k].value)});
        if (spec.interaction == InteractionKind::Dot) out += strongest.text("  ");
        TextTable layers;
        layers.addColumn("layer", Align::Left);
        layers.addColumn("active units", Align::Right);
        layers.addColumn("mean", Align::Right);
        layers.addColumn("max", Align::Right);
        for (const LayerActivity& a : layerActivities(e, spec))
            layers.addRow({a.layer, fmt::format("{} of {}", a.active, a.values.size()), fmt::format("{:.4f}", a.mean), fmt::format("{:.4f}", a.largest)});
        out += layers.text("  ");
    }
    return out;
}

}  // namespace dlrm::cli
