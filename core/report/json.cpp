// SPDX-License-Identifier: Apache-2.0
// Small objects are built with nlohmann-json; rows are written as text, since predictions can be millions of rows long.
#include "core/report/json.h"

#include <array>
#include <cmath>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/metrics/probability.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return jsonText(json, -1); }
std::string document(const Json& json) { return jsonText(json, 2) + "\n"; }

Json number(std::optional<double> value) { return value && std::isfinite(*value) ? Json(*value) : Json(nullptr); }

template <class Real>
void appendReal(TextWriter& out, Real value) {
    if (std::isfinite(value)) out.print("{}", value);
    else out.text("null");
}

// A value of a table, where "not a number" and the infinities are findings to be told apart: JSON has no numbers for
// them, so they are texts.
template <class Real>
std::string storedNumber(Real value) {
    if (std::isfinite(value)) return fmt::format("{}", value);
    return std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
}

Json backendObject(const BackendInfo& backend) {
    return {{"name", backend.name},
            {"device", backend.device},
            {"reason", backend.reason},
            {"precision", name(backend.precision)}};
}

Json profileObject(const std::string& profile) {
    return {{"name", profile.substr(0, profile.find(", "))}, {"description", profile}};
}

Json errorObject(const Error& error) {
    Json out{{"code", error.code}, {"message", error.message}};
    const auto add = [&](const char* key, const std::string& text) {
        if (!text.empty()) out[key] = text;
    };
    add("file", error.file);
    if (error.offset >= 0) out["offset"] = error.offset;
    if (error.row >= 0) out["row"] = error.row;
    add("field", error.field);
    add("expected", error.expected);
    add("found", error.found);
    add("remedy", error.remedy);
    return out;
}

Json tablesArray(const ModelSpec& spec) {
    Json tables = Json::array();
    for (const TableSpec& table : spec.tables)
        tables.push_back({{"name", table.name},
                          {"rows", table.rows},
                          {"dim", table.dim},
                          {"dtype", name(table.dtype)},
                          {"bytes", table.bytes},
                          {"parts", table.parts},
                          {"file", table.file}});
    return tables;
}

Json layersArray(const std::vector<LayerSpec>& layers) {
    Json out = Json::array();
    for (const LayerSpec& layer : layers)
        out.push_back({{"name", layer.name},
                       {"inputs", layer.inputs},
                       {"outputs", layer.outputs},
                       {"padding_inputs", layer.paddingInputs},
                       {"relu", layer.relu},
                       {"dtype", name(layer.dtype)},
                       {"parameters", layer.parameters()}});
    return out;
}

Json placementJson(const ModelSpec& spec, const Result<std::vector<TablePlacement>>& placement) {
    Json tables = Json::array();
    if (!placement) return {{"where", "not known: " + placement.error().message}, {"tables", tables}};
    for (std::size_t t = 0; t < placement->size(); ++t) {
        const TablePlacement& p = (*placement)[t];
        tables.push_back({{"name", spec.tables[t].name},
                          {"gpu_rows", p.gpuRowsPlanned},
                          {"gpu_bytes", p.gpuRowsPlanned * p.rowBytes},
                          {"pinned_rows", p.pinnedRowsPlanned},
                          {"pinned_bytes", p.pinnedRowsPlanned * p.rowBytes},
                          {"file_rows", p.fileRows}});
    }
    return {{"where", placement->empty() ? "all tables stay in the mapped files"
                                         : "GPU memory, pinned host memory and the mapped files"},
            {"tables", tables}};
}

Json interactionJson(InteractionOrder order, OrderSource source) {
    return {{"order", name(order)}, {"source", name(source)}};
}

Json pointsJson(const Series& series) {
    Json points = Json::array();
    for (const Point& point : series.points) points.push_back({point.x, point.y});
    return points;
}

Json seriesObject(const Series& series, const std::string& xName, const std::string& yName) {
    return {{"name", series.name},
            {"columns", {xName, yName}},
            {"points", pointsJson(series)},
            {"represents", series.represents},
            {"how_chosen", series.howChosen}};
}

void addCurves(const MetricReport& report, Json& out) {
    out["roc"] = seriesObject(report.roc, "false_positive_rate", "true_positive_rate");
    Json thresholds = Json::array();
    for (const ThresholdCounts& t : report.thresholds)
        thresholds.push_back({t.threshold, t.truePositives, t.falsePositives});
    out["thresholds"] = {{"columns", {"probability", "true_positives", "false_positives"}},
                         {"points", std::move(thresholds)}};
    out["precision_recall"] = seriesObject(report.precisionRecall, "recall", "precision");
    Json bins = Json::array();
    for (const ReliabilityBin& bin : report.reliability)
        bins.push_back({{"low", bin.low},
                        {"high", bin.high},
                        {"rows", bin.rows},
                        {"positives", bin.positives},
                        {"mean_probability", bin.meanProbability},
                        {"observed_rate", bin.observedRate},
                        {"observed_rate_ci", {bin.rateLow, bin.rateHigh}}});
    out["reliability"] = std::move(bins);
    out["score_histogram"] = {{"negatives", report.histogram.negatives}, {"positives", report.histogram.positives}};
}

template <class T, class Append>
void appendArray(TextWriter& out, const std::vector<T>& values, Append append) {
    out.text("[");
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i) out.text(", ");
        append(values[i]);
    }
    out.text("]");
}

void appendPredictedRow(TextWriter& out, const PredictedRow& row) {
    out.print("{{\"row\": {}, \"label\": ", row.row);
    if (row.label) out.print("{}", *row.label);
    else out.text("null");
    out.text(", \"logit\": ");
    appendReal(out, row.logit);
    out.text(", \"probability\": ");
    appendReal(out, row.probability);
    if (row.logitBefore) {
        const double before = sigmoid(static_cast<double>(*row.logitBefore));
        out.text(", \"logit_before\": ");
        appendReal(out, *row.logitBefore);
        out.text(", \"probability_before\": ");
        appendReal(out, before);
        out.text(", \"change\": ");
        appendReal(out, row.probability - before);
    }
    if (!row.input.numerical.empty() || !row.input.ids.empty()) {
        out.text(", \"numerical\": ");
        appendArray(out, row.input.numerical, [&](float v) { appendReal(out, v); });
        out.text(", \"ids\": ");
        appendArray(out, row.input.ids, [&](std::int32_t v) { out.print("{}", v); });
    }
    if (row.raw) {
        const auto token = [&](const std::string& s) { out.text(dump(Json(s))); };
        out.text(", \"raw\": {\"numerical\": ");
        appendArray(out, row.raw->numerical, token);
        out.text(", \"categorical\": ");
        appendArray(out, row.raw->categorical, token);
        out.text("}");
    }
    out.text("}");
}

template <class Write>
std::string intoString(Write write) {
    std::string text;
    TextWriter out([&](std::string_view piece) -> Result<void> {
        text += piece;
        return {};
    });
    (void)write(out);  // a string takes everything
    return text;
}

}  // namespace

std::size_t fileCount(const ModelInfo& info) {
    std::set<std::string> names;
    for (const CheckpointFile& file : info.files) names.insert(file.name);
    return names.size();
}

std::string infoJson(const ModelInfo& info, const Result<std::vector<TablePlacement>>& placement,
                     const TrainedCheck* tables) {
    const ModelSpec& spec = info.spec;
    Json interaction = interactionJson(spec.interactionOrder, spec.orderSource);
    interaction["kind"] = name(spec.interaction);
    interaction["vectors"] = spec.vectors();
    if (spec.interaction == InteractionKind::Dot) interaction["pairs"] = spec.pairs();
    else
        for (const CrossLayerSpec& c : spec.crossLayers)
            interaction["cross_layers"].push_back(
                {{"name", c.name}, {"width", c.width}, {"projection", c.projection}, {"dtype", name(c.dtype)}});
    interaction["width"] = spec.interactionWidth();
    interaction["table_order"] = spec.interactionTableOrder;
    Json out;
    out["path"] = info.path;
    out["layout"] = spec.layout;
    out["layout_description"] = spec.layoutDescription;
    out["tables"] = tablesArray(spec);
    out["table_order_known"] = spec.tableOrderKnown;
    out["table_order_note"] = spec.tableOrderNote;
    out["embedding_dim"] = spec.embeddingDim;
    out["bottom_mlp"] = layersArray(spec.bottomMlp);
    out["top_mlp"] = layersArray(spec.topMlp);
    out["numerical_features"] = spec.numericalFeatures;
    out["interaction"] = std::move(interaction);
    out["missing"] = spec.missing;
    if (!spec.missing.empty()) {
        out["tensors"] = Json::array();
        for (const CheckpointFile& f : info.files)
            out["tensors"].push_back(
                {{"name", f.tensor}, {"dtype", f.dtype}, {"shape", f.shape}, {"bytes", f.bytes}, {"file", f.name}});
    }
    out["parameters"] = spec.parameters();
    out["bytes"] = spec.bytes();
    out["files"] = fileCount(info);
    out["backend"] = backendObject(info.backend);
    out["placement"] = placementJson(spec, placement);
    if (tables) {
        Json checked = Json::array();
        for (const TrainedCheck::Table& t : tables->tables)
            checked.push_back({{"name", t.name},
                               {"rows_checked", t.rowsChecked},
                               {"untrained", t.untrained},
                               {"flaw", t.flaw == TableFlaw::None ? Json(nullptr) : Json(name(t.flaw))}});
        out["tables_check"] = {{"random", tables->random()}, {"tables", std::move(checked)}};
    }
    out["notes"] = info.notes;
    out["open_seconds"] = number(info.openSeconds);
    return document(out);
}

std::string tablesJson(const ModelInfo& info) {
    return document({{"tables", tablesArray(info.spec)},
                     {"table_order_known", info.spec.tableOrderKnown},
                     {"table_order_note", info.spec.tableOrderNote}});
}

std::string rowsJson(const TableRows& rows, const std::string& tableName) {
    return intoString([&](TextWriter& out) -> Result<void> {
        out.print("{{\n  \"table\": {},\n  \"name\": {},\n  \"dim\": {},\n  \"rows\": [", value(rows.table),
                  dump(Json(tableName)), rows.dim);
        for (std::size_t i = 0; i < rows.ids.size(); ++i) {
            out.print("{}\n    {{\"id\": {}", i ? "," : "", value(rows.ids[i]));
            if (i < rows.norms.size()) out.print(", \"norm\": {}", storedNumber(rows.norms[i]));
            if (i < rows.minima.size()) out.print(", \"min\": {}", storedNumber(rows.minima[i]));
            if (i < rows.maxima.size()) out.print(", \"max\": {}", storedNumber(rows.maxima[i]));
            out.text(", \"values\": [");
            for (std::int64_t c = 0; c < rows.dim; ++c) {
                if (c) out.text(", ");
                out.text(
                    storedNumber(rows.values[i * static_cast<std::size_t>(rows.dim) + static_cast<std::size_t>(c)]));
            }
            out.text("]}");
            DLRM_TRY(out.drain());
        }
        out.text("\n  ]\n}\n");
        return out.flush();
    });
}

Result<void> writePredictionJson(const PredictionParts& parts, TextWriter& out) {
    bool firstPart = true, firstRow = true;
    while (true) {
        const auto part = parts();
        if (!part) {
            if (firstPart) return fail(part.error());
            out.print("\n  ],\n  \"error\": {}\n}}\n", dump(errorObject(part.error())));
            DLRM_TRY(out.flush());
            return fail(part.error());
        }
        if (*part == nullptr) break;
        const Prediction& prediction = **part;
        if (std::exchange(firstPart, false))
            out.print("{{\n  \"profile\": {},\n  \"interaction\": {},\n  \"backend\": {},\n  \"rows\": [",
                      dump(profileObject(prediction.profile)),
                      dump(interactionJson(prediction.interactionOrder, prediction.orderSource)),
                      dump(backendObject(prediction.backend)));
        for (const PredictedRow& row : prediction.rows) {
            out.text(std::exchange(firstRow, false) ? "\n    " : ",\n    ");
            appendPredictedRow(out, row);
            DLRM_TRY(out.drain());
        }
    }
    out.text("\n  ]\n}\n");
    return out.flush();
}

Result<void> writePredictionLines(const PredictionParts& parts, TextWriter& out) {
    for (bool first = true;; first = false) {
        const auto part = parts();
        if (!part) {
            if (first) return fail(part.error());
            out.text(errorLine(part.error()));
            DLRM_TRY(out.flush());
            return fail(part.error());
        }
        if (*part == nullptr) return out.flush();
        for (const PredictedRow& row : (*part)->rows) {
            appendPredictedRow(out, row);
            out.text("\n");
            DLRM_TRY(out.drain());
        }
    }
}

std::string errorJson(const Error& error) { return document({{"error", errorObject(error)}}); }

std::string errorLine(const Error& error) { return dump({{"error", errorObject(error)}}) + "\n"; }

std::string backendJson(const BackendInfo& backend) { return dump(backendObject(backend)); }

std::string profileJson(const std::string& profile) { return dump(profileObject(profile)); }

namespace {

Json slicesJson(const std::vector<SliceResult>& slices) {
    Json out = Json::array();
    for (const SliceResult& slice : slices) {
        Json metrics = Json::object(), differences = Json::object();
        for (const SliceFigure& f : slice.figures) {
            metrics[f.key] = {{"value", number(f.value)}, {"low", number(f.low)}, {"high", number(f.high)}};
            if (f.open > 0) metrics[f.key]["most_off"] = f.open;
            if (!f.note.empty()) metrics[f.key]["note"] = f.note;
            differences[f.key] = {
                {"value", number(f.difference)}, {"low", number(f.differenceLow)}, {"high", number(f.differenceHigh)}};
        }
        out.push_back({{"slice", slice.slice},
                       {"by", slice.group.empty() ? Json(nullptr) : Json(slice.group)},
                       {"rows", slice.rows},
                       {"share", number(slice.share)},
                       {"positives", slice.positives},
                       {"judged", slice.judged},
                       {"not_judged", slice.judged ? Json(nullptr) : Json(slice.notJudged)},
                       {"metrics", std::move(metrics)},
                       {"difference", std::move(differences)}});
    }
    return out;
}

Json weakestJson(const std::vector<WeakSlice>& slices) {
    Json out = Json::array();
    for (const WeakSlice& slice : slices)
        out.push_back(
            {{"slice", slice.slice},
             {"rows", slice.rows},
             {"positives", slice.positives},
             {"calibration",
              {{"value", number(slice.calibration)}, {"low", number(slice.low)}, {"high", number(slice.high)}}},
             {"excess_clicks", number(slice.excessClicks)},
             {"t", number(slice.t)},
             {"p_adjusted", number(slice.pAdjusted)}});
    return out;
}

Json gaucObject(const GroupedAuc& gauc) {
    return {
        {"field", gauc.field},
        {"value", number(gauc.value)},
        {"rows", gauc.rows},
        {"groups", gauc.groups},
        {"skipped_rows", gauc.skippedRows},
        {"skipped_groups", gauc.skippedGroups},
        {"skipped_share",
         gauc.rows > 0 ? Json(static_cast<double>(gauc.skippedRows) / static_cast<double>(gauc.rows)) : Json(nullptr)}};
}

Json topObject(const TopCalibration& top) {
    return {{"share", top.share},         {"rows", top.rows},
            {"clicks", top.clicks},       {"predicted", top.predicted},
            {"value", number(top.value)}, {"low", number(top.low)},
            {"high", number(top.high)},   {"note", top.note.empty() ? Json(nullptr) : Json(top.note)}};
}

}  // namespace

std::string evaluationJson(const Evaluation& evaluation, EvaluationDetail detail) {
    const MetricReport& report = evaluation.report;
    Json out;
    out["dataset"] = evaluation.datasetPath;
    out["split"] = evaluation.split;
    out["row_count"] = report.rows;
    out["rows"] = report.rows;
    out["total_rows"] = evaluation.datasetRows;
    if (!evaluation.where.empty()) out["where"] = evaluation.where;
    out["positives"] = report.positives;
    Json notes = evaluation.notes;
    for (const MetricValue& metric : report.metrics) {
        out[metric.key] = number(metric.value);
        // The AUC's interval is part of the contract, so its key is always there.
        if (metric.key == "auc" || metric.low || metric.high)
            out[metric.key + "_ci"] =
                metric.low && metric.high ? Json{number(metric.low), number(metric.high)} : Json(nullptr);
        if (!metric.note.empty()) notes.push_back(metric.title + ": " + metric.note);
    }
    if (const MetricValue* ece = report.find("ece"))
        out["ece_bins"] = {{"count", report.eceBins.count},
                           {"fewest_rows", report.eceBins.fewestRows},
                           {"most_rows", report.eceBins.mostRows},
                           {"calibrated_model", number(report.eceBins.calibrated)},
                           {"definition", ece->formula}};
    out["brier_parts"] = {{"reliability", number(report.brierReliability)},
                          {"resolution", number(report.brierResolution)},
                          {"uncertainty", number(report.brierUncertainty)}};
    for (const auto& [key, figure] : {std::pair{"gain", &Gain::gain}, {"lift", &Gain::lift}}) {
        out[key] = Json::array();
        for (const Gain& gain : report.gains)
            out[key].push_back({{"share", gain.share}, {"value", number(gain.*figure)}});
    }
    if (evaluation.gauc) out["gauc"] = gaucObject(*evaluation.gauc);
    if (evaluation.top) out["pcoc"] = topObject(*evaluation.top);
    out["seconds"] = number(evaluation.seconds);
    out["rows_per_second"] = number(evaluation.rowsPerSecond);
    out["backend"] = backendObject(evaluation.backend);
    out["device"] = evaluation.backend.device;
    out["precision"] = name(evaluation.backend.precision);
    out["profile"] = profileObject(evaluation.profile);
    out["interaction"] = interactionJson(evaluation.interactionOrder, evaluation.orderSource);
    out["final"] = evaluation.final;
    out["notes"] = std::move(notes);
    if (!evaluation.slices.empty()) out["slices"] = slicesJson(evaluation.slices);
    if (!evaluation.byGroup.empty()) {
        Json& groups = out["calibration_by"] = Json::array();
        for (const GroupCalibration& group : evaluation.byGroup)
            groups.push_back({{"by", group.group}, {"slices", group.slices}, {"error", number(group.error)}});
    }
    if (evaluation.weakest) {
        out["weakest"] = weakestJson(evaluation.weakest->slices);
        out["weakest_tested"] = evaluation.weakest->tested;
    }
    if (detail == EvaluationDetail::WithCurves) addCurves(report, out);
    return document(out);
}

std::string verificationJson(const Verification& verification) {
    Json findings = Json::array();
    for (const VerifyFinding& f : verification.findings) {
        Json one{{"problem", name(f.problem)}, {"file", f.file}, {"tensors", f.tensors}};
        if (f.block >= 0) one["block"] = f.block;
        if (f.offset >= 0) one["offset"] = f.offset;
        if (f.bytes >= 0) one["bytes"] = f.bytes;
        one.update({{"expected", f.expected}, {"found", f.found}});
        findings.push_back(std::move(one));
    }
    return document({{"outcome", name(verification.outcome)},
                     {"sidecar", verification.sidecar},
                     {"recorded_at", verification.recordedAt},
                     {"files", verification.files},
                     {"bytes", verification.bytes},
                     {"blocks", verification.blocks},
                     {"checksums", verification.checksums},
                     {"attributes_unchecked", verification.attributesUnchecked},
                     {"not_opened", verification.notOpened.empty() ? Json(nullptr) : Json(verification.notOpened)},
                     {"seconds", number(verification.seconds)},
                     {"bytes_per_second", number(static_cast<double>(verification.bytes) / verification.seconds)},
                     {"findings", std::move(findings)}});
}

}  // namespace dlrm
