// SPDX-License-Identifier: Apache-2.0
#include "core/export/tables_report.h"

#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/export/json.h"
#include "core/formats/npy_writer.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
// The fewest digits that read back to the same float32.
Json number(float value) { return std::isfinite(value) ? Json(std::stod(fmt::format("{}", value))) : Json(nullptr); }

void addSpectrum(const Spectrum& spectrum, Json& out) {
    out["effective_rank"] = number(spectrum.effectiveRank);
    out["stable_rank"] = number(spectrum.stableRank);
    out["information_abundance"] = number(spectrum.informationAbundance);
    Json values = Json::array();
    for (const double v : spectrum.singularValues) values.push_back(number(v));
    out["singular_values"] = std::move(values);
}

void addStatistics(const TableStatistics& s, Json& out) {
    out["mean"] = number(s.mean);
    out["std"] = number(s.standardDeviation);
    out["min"] = number(s.scan.min);
    out["max"] = number(s.scan.max);
    const NormSummary& n = s.norms;
    out["norm"] = {{"mean", number(n.mean)}, {"std", number(n.standardDeviation)}, {"min", number(n.min)}, {"max", number(n.max)}, {"p01", number(n.p01)},
                   {"p05", number(n.p05)},   {"p50", number(n.p50)},               {"p95", number(n.p95)}, {"p99", number(n.p99)}};
    out["nan"] = s.scan.nan;
    out["inf"] = s.scan.inf;
    out["rows_without_norm"] = n.leftOut;
    out["subnormal"] = s.scan.subnormal;
    out["untrained"] = {{"rows", s.untrained.count}, {"share", s.untrained.share()}, {"method", name(s.untrained.method)}, {"explanation", s.untrained.explanation}};
    addSpectrum(s.spectrum, out);
    Json trained = {{"rows", s.untrained.rows - s.untrained.count}};
    addSpectrum(s.trainedSpectrum, trained);
    out["trained"] = std::move(trained);
    out["histogram"] = {{"low", number(s.scan.request.low)}, {"high", number(s.scan.request.high)}, {"below", s.scan.below}, {"above", s.scan.above}, {"counts", s.scan.histogram}};
}

void addTraffic(const TablesReport::Table& table, std::int64_t rows, Json& out) {
    if (!table.traffic) return;
    const TableTraffic& t = *table.traffic;
    const auto share = [&](std::int64_t n) { return t.lookups > 0 ? Json(static_cast<double>(n) / static_cast<double>(t.lookups)) : Json(nullptr); };
    Json traffic = {{"lookups", t.lookups}, {"lookups_share", t.lookupsShare}, {"bytes_share", t.bytesShare}, {"row0_share", share(t.row0)},
                    {"distinct", t.distinct}, {"distinct_share", rows > 0 ? Json(static_cast<double>(t.distinct) / static_cast<double>(rows)) : Json(nullptr)}};
    if (table.untrained) traffic["untrained_share"] = share(table.untrained->untrained);
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
                          {"untrained", {{"lookups_share", u.lookupsShare()}, {"rows", u.rowsAffected}, {"rows_share", u.rowsShare()}, {"rows_by_lookups", u.rowsByCount}}}};
    }
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<void> exportUntrainedIds(const UntrainedRows& rows, const std::string& path) {
    if (!path.ends_with(".npy"))
        return fail(Error("E-EXPORT-008", "This extension names no format for a list of ids.").inFile(path).butExpected(".npy").withRemedy("give a name that ends in .npy"));
    const std::vector<std::int64_t> ids = rows.ids();
    const std::array shape{static_cast<std::int64_t>(ids.size())};
    return writeNpy(path, NpyType{NpyKind::Int, 8, false}, shape, std::as_bytes(std::span(ids)));
}

}  // namespace dlrm
