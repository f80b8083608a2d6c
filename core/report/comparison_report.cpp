// SPDX-License-Identifier: Apache-2.0
#include "core/report/comparison_report.h"

#include <nlohmann/json.hpp>

#include "core/metrics/probability.h"
#include "core/report/json.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using ComparedJson = nlohmann::ordered_json;

ComparedJson numberOrNull(const std::optional<double>& value) {
    return value ? jsonNumber(*value) : ComparedJson(nullptr);
}

ComparedJson sideJson(const Provenance& p) {
    return {{"checkpoint", p.checkpoint},
            {"layout", p.layout},
            {"fingerprint", textOrNull(p.fingerprint)},
            {"interaction", {{"order", textOrNull(p.interactionOrder)}, {"source", textOrNull(p.interactionSource)}}},
            {"backend", p.backend ? ComparedJson::parse(backendJson(*p.backend)) : ComparedJson(nullptr)},
            {"dataset", textOrNull(p.dataset)},
            {"profile", p.profile.empty() ? ComparedJson(nullptr) : ComparedJson::parse(profileJson(p.profile))}};
}

void addWeights(const WeightComparison& weights, ComparedJson& out) {
    out["tensors"] = ComparedJson::array();
    for (const TensorComparison& t : weights.tensors) {
        const bool compared = t.notCompared.empty();
        out["tensors"].push_back(
            {{"name", t.name},
             {"shape_a", t.shapeA},
             {"shape_b", t.shapeB},
             {"equal", t.same},
             {"max_abs", compared ? jsonNumber(t.values.largest) : ComparedJson(nullptr)},
             {"relative_norm", compared ? numberOrNull(t.values.relativeNorm) : ComparedJson(nullptr)},
             {"cosine", compared ? numberOrNull(t.values.cosine) : ComparedJson(nullptr)},
             {"not_finite", t.values.notFinite},
             {"note", textOrNull(t.notCompared)}});
    }
    out["tables"] = ComparedJson::array();
    for (const TableComparison& t : weights.tables) {
        ComparedJson largest = ComparedJson::array();
        for (const ChangedRow& row : t.largest)
            largest.push_back({{"a", value(row.a)}, {"b", value(row.b)}, {"norm", jsonNumber(row.norm)}});
        out["tables"].push_back(
            {{"name", t.name},
             {"rows_a", t.rowsA},
             {"rows_b", t.rowsB},
             {"matched", t.matched},
             {"equal", t.equal},
             {"touched", t.touched()},
             {"newly_trained", t.newlyTrained ? ComparedJson(*t.newlyTrained) : ComparedJson(nullptr)},
             {"largest", std::move(largest)},
             {"note", textOrNull(t.notCompared)}});
    }
    out["joined_by_value"] = weights.joinedByValue;
    out["ids_taken"] = weights.idsTaken;
}

void addScores(const PairedReport& report, ComparedJson& out) {
    out["row_count"] = report.rows;
    out["rows"] = report.rows;
    out["positives"] = report.positives;
    out["metrics"] = ComparedJson::array();
    for (const MetricDifference& m : report.metrics)
        out["metrics"].push_back({{"key", m.key},
                                  {"a", numberOrNull(m.a)},
                                  {"b", numberOrNull(m.b)},
                                  {"difference", numberOrNull(m.difference)},
                                  {"low", numberOrNull(m.low)},
                                  {"high", numberOrNull(m.high)},
                                  {"note", textOrNull(m.note)}});
    out["threshold"] = jsonNumber(report.threshold);
    out["flips"] = report.flips;
    out["flip_rate"] = jsonNumber(report.flipRate());
    out["mean_change"] = jsonNumber(report.meanChange);
    out["largest_change"] = jsonNumber(report.largestChange);
    out["largest_logit_change"] = jsonNumber(report.largestLogitChange);
    out["psi"] = jsonNumber(report.psi);
    out["correlation"] = numberOrNull(report.correlation);
    out["disagreeing"] = ComparedJson::array();
    for (const Disagreement& row : report.disagreeing)
        out["disagreeing"].push_back({{"row", row.row},
                                      {"label", row.label},
                                      {"a", jsonNumber(sigmoid(static_cast<double>(row.a)))},
                                      {"b", jsonNumber(sigmoid(static_cast<double>(row.b)))}});
}

}  // namespace

std::string comparisonJson(const ModelComparison& comparison) {
    ComparedJson out{{"a", sideJson(comparison.a)},
                     {"b", sideJson(comparison.b)},
                     {"within_tolerance", comparison.within()},
                     {"tolerance", jsonNumber(comparison.tolerance)}};
    if (comparison.weights) addWeights(*comparison.weights, out);
    else out["tensors"] = out["tables"] = nullptr;
    if (comparison.scores) addScores(comparison.scores->report, out);
    else
        for (const char* key : {"row_count", "rows", "metrics", "flip_rate", "psi"}) out[key] = nullptr;
    return jsonText(out, 1) + "\n";
}

}  // namespace dlrm
