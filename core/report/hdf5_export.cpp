// SPDX-License-Identifier: Apache-2.0
#include "core/report/hdf5_export.h"

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <variant>

#include "core/report/hdf5_image.h"

namespace dlrm {
namespace {

template <class T, class Row, class Get>
std::vector<T> columnOf(const std::vector<Row>& rows, Get get) {
    std::vector<T> out;
    out.reserve(rows.size());
    for (const Row& row : rows) out.push_back(static_cast<T>(get(row)));
    return out;
}

void addSeries(Hdf5Image& file, const Series& series, const std::string& path, const std::string& xName,
               const std::string& yName) {
    file.column(path + "_" + xName, columnOf<double>(series.points, [](const Point& p) { return p.x; }));
    file.column(path + "_" + yName, columnOf<double>(series.points, [](const Point& p) { return p.y; }));
    file.attribute(path + "_" + yName, "how_chosen", series.howChosen);
    file.attribute(path + "_" + yName, "represents", series.represents);
}

}  // namespace

namespace {

// What RowColumn::get gave for every row.
using ColumnValues = std::variant<std::vector<std::string>, std::vector<std::int64_t>, std::vector<float>>;

ColumnValues noValues(const RowColumn& column) {
    return std::visit([]<class T>(const RowColumn::Get<T>&) -> ColumnValues { return std::vector<T>(); }, column.get);
}

void gather(const RowColumn& column, const TableRows& rows, ColumnValues& values) {
    std::visit(
        [&]<class T>(const RowColumn::Get<T>& get) {
            for (std::size_t i = 0; i < rows.ids.size(); ++i) std::get<std::vector<T>>(values).push_back(get(rows, i));
        },
        column.get);
}

}  // namespace

Result<std::vector<std::byte>> rowsHdf5(const RowParts& parts, const RowExport& about, const Provenance& provenance) {
    std::vector<ColumnValues> columns;
    for (const RowColumn& column : about.columns) columns.push_back(noValues(column));
    std::vector<std::int64_t> ids;
    std::vector<double> norms;
    std::vector<float> values;
    while (true) {
        DLRM_TRY(const auto part, parts());
        if (part == nullptr) break;
        for (const RowId id : part->ids) ids.push_back(value(id));
        norms.insert(norms.end(), part->norms.begin(), part->norms.end());
        values.insert(values.end(), part->values.begin(), part->values.end());
        for (std::size_t c = 0; c < columns.size(); ++c) gather(about.columns[c], *part, columns[c]);
    }
    Hdf5Image file;
    file.attribute("/", "Conventions", "DLRM-Explorer-1.0");
    file.attribute("/", "checkpoint", about.checkpoint);
    file.attribute("/", "table", about.table);
    addProvenance(file, provenance);
    file.scale("id", ids, "row of the embedding table = category id = frequency rank");
    file.column("/norm", norms);
    file.attach("/norm", "/id");
    file.attribute("/norm", "long_name", "L2 norm of the row");
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const std::string path = "/" + about.columns[c].name;
        std::visit([&](const auto& found) { file.column(path, found); }, columns[c]);
        file.attach(path, "/id");
        file.attribute(path, "long_name", about.columns[c].meaning);
    }
    file.matrix("/values", values, about.dim);
    file.attach("/values", "/id");
    return file.finish();
}

namespace {

void addSlices(Hdf5Image& file, const std::vector<SliceResult>& slices) {
    file.group("/slices");
    file.column("/slices/slice", columnOf<std::string>(slices, [](const SliceResult& s) { return s.slice; }));
    file.column("/slices/by", columnOf<std::string>(slices, [](const SliceResult& s) { return s.group; }));
    file.column("/slices/rows", columnOf<std::int64_t>(slices, [](const SliceResult& s) { return s.rows; }));
    file.column("/slices/positives", columnOf<std::int64_t>(slices, [](const SliceResult& s) { return s.positives; }));
    file.column("/slices/judged", columnOf<std::uint8_t>(slices, [](const SliceResult& s) { return s.judged; }));
    using Figure = std::optional<double> SliceFigure::*;
    constexpr std::pair<const char*, Figure> kFigures[] = {{"", &SliceFigure::value},
                                                           {"_low", &SliceFigure::low},
                                                           {"_high", &SliceFigure::high},
                                                           {"_difference", &SliceFigure::difference},
                                                           {"_difference_low", &SliceFigure::differenceLow},
                                                           {"_difference_high", &SliceFigure::differenceHigh}};
    for (std::size_t i = 0; i < slices.front().figures.size(); ++i)
        for (const auto& [suffix, figure] : kFigures)  // NaN where it is undefined
            file.column("/slices/" + slices.front().figures[i].key + suffix,
                        columnOf<double>(slices, [i, value = figure](const SliceResult& s) {
                            return (s.figures[i].*value).value_or(std::numeric_limits<double>::quiet_NaN());
                        }));
}

void addWeakest(Hdf5Image& file, const std::vector<WeakSlice>& slices) {
    file.group("/weakest");
    if (slices.empty()) return;
    file.column("/weakest/slice", columnOf<std::string>(slices, [](const WeakSlice& s) { return s.slice; }));
    file.column("/weakest/rows", columnOf<std::int64_t>(slices, [](const WeakSlice& s) { return s.rows; }));
    file.column("/weakest/positives", columnOf<std::int64_t>(slices, [](const WeakSlice& s) { return s.positives; }));
    for (const auto& [name, figure] :
         {std::pair{"calibration", &WeakSlice::calibration}, {"low", &WeakSlice::low}, {"high", &WeakSlice::high}})
        file.column(std::string("/weakest/") + name, columnOf<double>(slices, [value = figure](const WeakSlice& s) {
                        return (s.*value).value_or(std::numeric_limits<double>::quiet_NaN());
                    }));
    for (const auto& [name, figure] : {std::pair{"excess_clicks", &WeakSlice::excessClicks},
                                       {"t", &WeakSlice::t},
                                       {"p_adjusted", &WeakSlice::pAdjusted}})
        file.column(std::string("/weakest/") + name,
                    columnOf<double>(slices, [value = figure](const WeakSlice& s) { return s.*value; }));
}

// Of the rows with the highest scores, and within the values of a field.
void addRanking(Hdf5Image& file, const Evaluation& evaluation) {
    const std::vector<Gain>& gains = evaluation.report.gains;
    for (const auto& [name, figure] :
         {std::pair{"gain_share", &Gain::share}, {"gain", &Gain::gain}, {"lift", &Gain::lift}})
        file.column(std::string("/metrics/") + name,
                    columnOf<double>(gains, [value = figure](const Gain& gain) { return gain.*value; }));
    const auto figure = [&](const std::string& name, const std::optional<double>& value) {
        if (value) file.attribute("/metrics", name, *value);
    };
    if (const auto& gauc = evaluation.gauc) {
        file.attribute("/metrics", "gauc_field", gauc->field);
        figure("gauc", gauc->value);
        for (const auto& [name, count] : {std::pair{"gauc_rows", gauc->rows},
                                          {"gauc_groups", gauc->groups},
                                          {"gauc_skipped_rows", gauc->skippedRows},
                                          {"gauc_skipped_groups", gauc->skippedGroups}})
            file.attribute("/metrics", name, count);
    }
    if (const auto& top = evaluation.top) {
        file.attribute("/metrics", "pcoc_share", top->share);
        figure("pcoc", top->value);
        figure("pcoc_low", top->low);
        figure("pcoc_high", top->high);
        if (!top->note.empty()) file.attribute("/metrics", "pcoc_note", top->note);
    }
    const std::vector<GroupCalibration>& groups = evaluation.byGroup;
    if (groups.empty()) return;
    file.group("/calibration_by");
    file.column("/calibration_by/by", columnOf<std::string>(groups, [](const GroupCalibration& g) { return g.group; }));
    file.column("/calibration_by/slices",
                columnOf<std::int64_t>(groups, [](const GroupCalibration& g) { return g.slices; }));
    file.column("/calibration_by/error", columnOf<double>(groups, [](const GroupCalibration& g) { return g.error; }));
}

}  // namespace

Result<std::vector<std::byte>> evaluationHdf5(const Evaluation& evaluation, const Provenance& provenance) {
    const MetricReport& report = evaluation.report;
    Hdf5Image file;
    addComputation(file, evaluation);
    file.attribute("/", "dataset", evaluation.datasetPath);
    file.attribute("/", "split", evaluation.split);
    addProvenance(file, provenance);
    file.group("/metrics");
    file.attribute("/metrics", "rows", report.rows);
    file.attribute("/metrics", "positives", report.positives);
    for (const MetricValue& metric : report.metrics) {  // an undefined figure has its note only
        if (metric.value) file.attribute("/metrics", metric.key, *metric.value);
        if (metric.low) file.attribute("/metrics", metric.key + "_low", *metric.low);
        if (metric.high) file.attribute("/metrics", metric.key + "_high", *metric.high);
        if (!metric.note.empty()) file.attribute("/metrics", metric.key + "_note", metric.note);
    }
    file.attribute("/metrics", "brier_reliability", report.brierReliability);
    file.attribute("/metrics", "brier_resolution", report.brierResolution);
    file.attribute("/metrics", "brier_uncertainty", report.brierUncertainty);
    addSeries(file, report.roc, "/metrics/roc", "fpr", "tpr");
    file.column("/metrics/roc_threshold",
                columnOf<double>(report.thresholds, [](const ThresholdCounts& t) { return t.threshold; }));
    addSeries(file, report.precisionRecall, "/metrics/pr", "recall", "precision");
    addRanking(file, evaluation);
    const auto bins = [&](const char* name, auto get) {
        file.column(std::string("/metrics/reliability_") + name, columnOf<double>(report.reliability, get));
    };
    bins("low", [](const ReliabilityBin& b) { return b.low; });
    bins("high", [](const ReliabilityBin& b) { return b.high; });
    bins("mean_probability", [](const ReliabilityBin& b) { return b.meanProbability; });
    bins("observed_rate", [](const ReliabilityBin& b) { return b.observedRate; });
    bins("observed_rate_low", [](const ReliabilityBin& b) { return b.rateLow; });
    bins("observed_rate_high", [](const ReliabilityBin& b) { return b.rateHigh; });
    file.column("/metrics/reliability_rows",
                columnOf<std::int64_t>(report.reliability, [](const ReliabilityBin& b) { return b.rows; }));
    file.column("/metrics/histogram_negatives", report.histogram.negatives);
    file.column("/metrics/histogram_positives", report.histogram.positives);
    if (!evaluation.slices.empty()) addSlices(file, evaluation.slices);
    if (evaluation.weakest) addWeakest(file, evaluation.weakest->slices);
    return file.finish();
}

std::vector<std::int64_t> neighborIds(const NeighborResult& result) {
    std::vector<std::int64_t> ids;
    for (const RowNeighbors& row : result.rows)
        for (std::size_t i = 0; i < static_cast<std::size_t>(result.k); ++i)
            ids.push_back(i < row.neighbors.size() ? value(row.neighbors[i].id) : -1);
    return ids;
}

Result<std::vector<std::byte>> neighborsHdf5(const NeighborResult& result, const std::string& tableName,
                                             const Provenance& provenance) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    std::vector<std::int64_t> queries;
    std::vector<double> scores, norms;
    for (const RowNeighbors& row : result.rows) {
        queries.push_back(value(row.row));
        for (std::size_t i = 0; i < static_cast<std::size_t>(result.k); ++i) {
            scores.push_back(i < row.neighbors.size() ? row.neighbors[i].score : kNone);
            norms.push_back(i < row.neighbors.size() ? row.norms[i] : kNone);
        }
    }
    Hdf5Image file;
    file.attribute("/", "Conventions", "DLRM-Explorer-1.0");
    file.attribute("/", "table", tableName);
    file.attribute("/", "metric", name(result.similarity));
    addProvenance(file, provenance);
    file.scale("query", queries, "row that was asked about");
    const auto add = [&](const char* path, const auto& values, const char* longName) {
        file.matrix(path, std::span(values), result.k);
        file.attach(path, "/query");
        file.attribute(path, "long_name", longName);
    };
    add("/id", neighborIds(result), "nearest rows, nearest first; -1: none");
    add("/score", scores, "cosine, dot product or distance");
    add("/norm", norms, "L2 norm of the nearest row");
    return file.finish();
}

}  // namespace dlrm
