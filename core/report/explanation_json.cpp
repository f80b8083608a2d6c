// SPDX-License-Identifier: Apache-2.0
#include "core/report/explanation_json.h"

#include <nlohmann/json.hpp>

#include "core/analysis/attribution/attribution.h"
#include "core/analysis/layers/activity.h"
#include "core/engine/explained_vectors.h"
#include "core/report/json.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

Json numbers(std::span<const float> values) {
    Json out = Json::array();
    for (const float v : values) out.push_back(jsonNumber(v));
    return out;
}

Json attributionJson(const Attribution& a, const ModelSpec& spec) {
    Json fields = Json::array(), pairs = Json::array();
    for (const AttributedField& field : attributedFields(a, spec))
        fields.push_back({{"name", field.name}, {"value", field.value}});
    const auto vectors = static_cast<std::size_t>(spec.vectors());
    for (std::size_t i = 1; i < vectors && !a.pairs.empty(); ++i)
        for (std::size_t k = 0; k < i; ++k) pairs.push_back({{"i", i}, {"j", k}, {"value", a.pairs[i * vectors + k]}});
    return {{"method", name(a.method)},
            {"fields", std::move(fields)},
            {"pairs", std::move(pairs)},
            {"bias", a.bias},
            {"residual", a.residual}};
}

}  // namespace

std::string explanationsJson(std::span<const ExplainedRow> rows, const ModelSpec& spec, const std::string& profile,
                             const BackendInfo& backend) {
    Json list = Json::array();
    for (const ExplainedRow& row : rows) {
        const Explanation& e = row.explanation;
        Json vectors = Json::array(), matrix = Json::array(), activations = Json::array();
        for (const ExplainedVector& v : explainedVectors(e, spec))
            vectors.push_back({{"name", v.name}, {"norm", v.norm}, {"values", numbers(v.values)}});
        const std::size_t count = e.vectorNames.size();
        for (std::size_t i = 0; i < count && spec.interaction == InteractionKind::Dot; ++i)
            matrix.push_back(numbers(std::span(e.intermediates.interaction).subspan(i * count, count)));
        for (const NamedActivity& a : layerActivities(e.intermediates, spec))
            activations.push_back({{"layer", a.layer},
                                   {"units", a.outputs.size()},
                                   {"active", a.activity.active},
                                   {"mean", a.activity.mean},
                                   {"max", jsonNumber(a.activity.largest)},
                                   {"values", numbers(a.outputs)}});
        list.push_back({{"row", row.row},
                        {"label", row.label ? Json(*row.label) : Json(nullptr)},
                        {"logit", jsonNumber(e.logit)},
                        {"probability", e.probability},
                        {"numerical", numbers(e.input.numerical)},
                        {"ids", e.input.ids},
                        {"vectors", std::move(vectors)},
                        {"interaction_matrix", std::move(matrix)},
                        {"top_mlp_input", numbers(e.intermediates.topInput)},
                        {"activations", std::move(activations)},
                        {"attribution", attributionJson(row.attribution, spec)}});
    }
    const Json out{{"profile", Json::parse(profileJson(profile))},
                   {"interaction", {{"order", name(spec.interactionOrder)}, {"source", name(spec.orderSource)}}},
                   {"backend", Json::parse(backendJson(backend))},
                   {"rows", std::move(list)}};
    return jsonText(out, 1) + "\n";
}

}  // namespace dlrm
