// SPDX-License-Identifier: Apache-2.0
#include "core/report/tables_report.h"

#include <array>
#include <span>

#include <nlohmann/json.hpp>

#include "core/formats/npy_writer.h"
#include "core/report/json.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

void addSpectrum(const Spectrum& spectrum, Json& out) {
    out["effective_rank"] = jsonNumber(spectrum.effectiveRank);
    out["stable_rank"] = jsonNumber(spectrum.stableRank);
    out["information_abundance"] = jsonNumber(spectrum.informationAbundance);
    Json values = Json::array();
    for (const double v : spectrum.singularValues) values.push_back(jsonNumber(v));
    out["singular_values"] = std::move(values);
}

Json normObject(const NormSummary& n) {
    return {{"mean", jsonNumber(n.mean)}, {"std", jsonNumber(n.standardDeviation)},
            {"min", jsonNumber(n.min)},   {"max", jsonNumber(n.max)},
            {"p01", jsonNumber(n.p01)},   {"p05", jsonNumber(n.p05)},
            {"p50", jsonNumber(n.p50)},   {"p95", jsonNumber(n.p95)},
            {"p99", jsonNumber(n.p99)}};
}

void addStatistics(const TableStatistics& s, Json& out) {
    out["mean"] = jsonNumber(s.mean);
    out["std"] = jsonNumber(s.standardDeviation);
    out["min"] = jsonNumber(s.scan.min);
    out["max"] = jsonNumber(s.scan.max);
    out["norm"] = normObject(s.norms);
    out["nan"] = s.scan.nan;
    out["inf"] = s.scan.inf;
    out["rows_without_norm"] = s.norms.leftOut;
    out["subnormal"] = s.scan.subnormal;
    const bool known = s.untrained.known();
    out["untrained"] = {{"rows", known ? Json(s.untrained.count) : Json(nullptr)},
                        {"share", known ? Json(s.untrained.share()) : Json(nullptr)},
                        {"method", name(s.untrained.method)},
                        {"explanation", s.untrained.explanation}};
    out["zero_rows"] = s.zeroRows;
    out["duplicate_rows"] = s.duplicates.rows;
    out["most_copied"] =
        s.duplicates.rows > 0 ? Json{{"first_row", s.duplicates.first}, {"rows", s.duplicates.most}} : Json(nullptr);
    addSpectrum(s.spectrum, out);
    Json trained = {{"rows", known ? Json(s.trainedRows) : Json(nullptr)},
                    {"norm", s.trainedNorms.rows > 0 ? normObject(s.trainedNorms) : Json(nullptr)}};
    addSpectrum(s.trainedSpectrum, trained);
    out["trained"] = std::move(trained);
    out["histogram"] = {{"low", jsonNumber(s.scan.request.low)},
                        {"high", jsonNumber(s.scan.request.high)},
                        {"below", s.scan.below},
                        {"above", s.scan.above},
                        {"counts", s.scan.histogram}};
}

void addTraffic(const TablesReport::Table& table, std::int64_t rows, Json& out) {
    if (!table.traffic) return;
    const TableTraffic& t = *table.traffic;
    const auto share = [&](std::int64_t n) {
        return t.lookups > 0 ? Json(static_cast<double>(n) / static_cast<double>(t.lookups)) : Json(nullptr);
    };
    Json traffic = {{"lookups", t.lookups},
                    {"lookups_share", t.lookupsShare},
                    {"bytes_share", t.bytesShare},
                    {"row0_share", share(t.row0)},
                    {"distinct", t.distinct},
                    {"distinct_share",
                     rows > 0 ? Json(static_cast<double>(t.distinct) / static_cast<double>(rows)) : Json(nullptr)}};
    if (table.untrained)
        traffic["untrained_share"] = table.untrained->known ? share(table.untrained->untrained) : Json(nullptr);
    if (table.trafficSpectrum) addSpectrum(*table.trafficSpectrum, traffic);
    out["traffic"] = std::move(traffic);
}

}  // namespace

std::string tablesJson(const ModelInfo& info, const TablesReport& report) {
    Json out = Json::parse(tablesJson(info));
    for (std::size_t t = 0; t < report.tables.size(); ++t) {
        Json& table = out["tables"][t];
        addStatistics(*report.tables[t].statistics, table);
        addTraffic(report.tables[t], report.tables[t].statistics->scan.rows, table);
    }
    if (report.untrained) {
        const UntrainedTraffic& u = *report.untrained;
        out["traffic"] = {{"dataset", u.datasetPath},
                          {"split", u.split},
                          {"rows", u.rows},
                          {"untrained",
                           {{"unknown_tables", u.unknownTables()},
                            {"lookups_share", u.lookupsShare()},
                            {"rows", u.rowsAffected},
                            {"rows_share", u.rowsShare()},
                            {"rows_by_lookups", u.rowsByCount}}}};
    }
    return jsonText(out, 2) + "\n";
}

Result<void> exportUntrainedIds(const UntrainedRows& rows, const std::string& path) {
    if (!path.ends_with(".npy"))
        return fail(Error("E-EXPORT-008", "This extension names no format for a list of ids.")
                        .inFile(path)
                        .butExpected(".npy")
                        .withRemedy("Give a name that ends in .npy."));
    DLRM_TRY(requireKnown(rows));
    const std::vector<std::int64_t> ids = rows.ids();
    const std::array shape{static_cast<std::int64_t>(ids.size())};
    return writeNpy(path, NpyType{NpyKind::Int, 8, false}, shape, std::as_bytes(std::span(ids)));
}

}  // namespace dlrm
