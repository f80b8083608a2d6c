// SPDX-License-Identifier: Apache-2.0
// Statistics of tables as HDF5: a column per figure, an entry per table.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/report/hdf5_image.h"
#include "core/report/tables_report.h"

namespace dlrm {
namespace {

using Table = TablesReport::Table;

class Columns {
public:
    Columns(Hdf5Image& file, const TablesReport& report) : m_file(file), m_report(report) {}

    template <class Get>
    void add(const std::string& path, const char* longName, Get get) {
        using Value = std::conditional_t<std::is_integral_v<decltype(get(m_report.tables[0]))>, std::int64_t, double>;
        std::vector<Value> values;
        for (const Table& table : m_report.tables) values.push_back(static_cast<Value>(get(table)));
        m_file.column(path, values);
        describe(path, longName);
    }
    // One row per table, `columns` wide, tied to the scale at `scale` across. get(table, column).
    template <class Value, class Get>
    void addMatrix(const std::string& path, const char* longName, std::int64_t columns, const std::string& scale,
                   Get get) {
        std::vector<Value> values;
        for (const Table& table : m_report.tables)
            for (std::int64_t c = 0; c < columns; ++c) values.push_back(get(table, static_cast<std::size_t>(c)));
        m_file.matrix(path, std::span<const Value>(values), columns);
        m_file.attach(path, scale, 1);
        describe(path, longName);
    }

private:
    void describe(const std::string& path, const char* longName) {
        m_file.attach(path, "/table");
        m_file.attribute(path, "long_name", longName);
        m_file.attribute(path, "units", "1");
    }
    Hdf5Image& m_file;
    const TablesReport& m_report;
};

void addStatistics(Columns& out) {
    const auto add = [&](const std::string& path, const char* longName, auto get) {
        out.add(path, longName, [get](const Table& t) { return get(*t.statistics); });
    };
    add("/rows", "rows of the table", [](const TableStatistics& s) { return s.scan.rows; });
    add("/dim", "columns of the table", [](const TableStatistics& s) { return s.scan.dim; });
    add("/mean", "mean of the finite values", [](const TableStatistics& s) { return s.mean; });
    add("/std", "standard deviation of the finite values",
        [](const TableStatistics& s) { return s.standardDeviation; });
    add("/min", "smallest finite value", [](const TableStatistics& s) { return s.scan.min; });
    add("/max", "largest finite value", [](const TableStatistics& s) { return s.scan.max; });
    add("/norm_mean", "mean L2 norm of the finite rows", [](const TableStatistics& s) { return s.norms.mean; });
    add("/norm_std", "standard deviation of the norms",
        [](const TableStatistics& s) { return s.norms.standardDeviation; });
    add("/norm_min", "smallest norm", [](const TableStatistics& s) { return s.norms.min; });
    add("/norm_max", "largest norm", [](const TableStatistics& s) { return s.norms.max; });
    add("/norm_p01", "1st percentile of the norms", [](const TableStatistics& s) { return s.norms.p01; });
    add("/norm_p05", "5th percentile of the norms", [](const TableStatistics& s) { return s.norms.p05; });
    add("/norm_p50", "median of the norms", [](const TableStatistics& s) { return s.norms.p50; });
    add("/norm_p95", "95th percentile of the norms", [](const TableStatistics& s) { return s.norms.p95; });
    add("/norm_p99", "99th percentile of the norms", [](const TableStatistics& s) { return s.norms.p99; });
    add("/trained_norm_mean", "mean L2 norm of the trained rows; NaN: none, or not known",
        [](const TableStatistics& s) { return s.trainedNorms.rows > 0 ? s.trainedNorms.mean : std::nan(""); });
    add("/trained_norm_p50", "median of the norms of the trained rows; NaN: none, or not known",
        [](const TableStatistics& s) {
            return s.trainedNorms.rows > 0 ? static_cast<double>(s.trainedNorms.p50) : std::nan("");
        });
    add("/nan", "values that are NaN", [](const TableStatistics& s) { return s.scan.nan; });
    add("/inf", "values that are infinite", [](const TableStatistics& s) { return s.scan.inf; });
    add("/subnormal", "values that are subnormal", [](const TableStatistics& s) { return s.scan.subnormal; });
    add("/untrained_rows", "rows that training never changed; -1: not known, since the values were cast",
        [](const TableStatistics& s) { return s.untrained.known() ? s.untrained.count : std::int64_t{-1}; });
    add("/zero_rows", "rows of zeros", [](const TableStatistics& s) { return s.zeroRows; });
    add("/duplicate_rows", "rows that equal a row before them",
        [](const TableStatistics& s) { return s.duplicates.rows; });
    add("/effective_rank", "effective rank", [](const TableStatistics& s) { return s.spectrum.effectiveRank; });
    add("/stable_rank", "stable rank", [](const TableStatistics& s) { return s.spectrum.stableRank; });
    add("/information_abundance", "information abundance",
        [](const TableStatistics& s) { return s.spectrum.informationAbundance; });
    add("/trained_effective_rank", "effective rank of the trained rows",
        [](const TableStatistics& s) { return s.trainedSpectrum.effectiveRank; });
    add("/histogram_low", "left edge of the histogram", [](const TableStatistics& s) { return s.scan.request.low; });
    add("/histogram_high", "right edge of the histogram", [](const TableStatistics& s) { return s.scan.request.high; });
    add("/histogram_below", "values left of the histogram", [](const TableStatistics& s) { return s.scan.below; });
    add("/histogram_above", "values right of the histogram", [](const TableStatistics& s) { return s.scan.above; });
}

void addTraffic(Columns& out, const TablesReport& report) {
    const auto all = [&](auto has) { return std::all_of(report.tables.begin(), report.tables.end(), has); };
    if (!all([](const Table& t) { return t.traffic.has_value(); })) return;
    out.add("/traffic_lookups", "lookups of the dataset", [](const Table& t) { return t.traffic->lookups; });
    out.add("/traffic_lookups_share", "share of the lookups in all tables",
            [](const Table& t) { return t.traffic->lookupsShare; });
    out.add("/traffic_bytes_share", "share of the bytes read in all tables",
            [](const Table& t) { return t.traffic->bytesShare; });
    out.add("/traffic_row0", "lookups of row 0: missing, rare or unknown",
            [](const Table& t) { return t.traffic->row0; });
    out.add("/traffic_distinct", "ids that the dataset looks up", [](const Table& t) { return t.traffic->distinct; });
    if (all([](const Table& t) { return t.untrained.has_value(); }))
        out.add("/traffic_untrained", "lookups of untrained rows; -1: not known",
                [](const Table& t) { return t.untrained->known ? t.untrained->untrained : std::int64_t{-1}; });
    if (all([](const Table& t) { return t.trafficSpectrum.has_value(); }))
        out.add("/traffic_effective_rank", "effective rank with every row weighted by its lookups",
                [](const Table& t) { return t.trafficSpectrum->effectiveRank; });
}

// 0, 1 … as the scale of a second dimension.
void addScale(Hdf5Image& file, const std::string& name, std::size_t count, const char* longName) {
    std::vector<std::int64_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), std::int64_t{0});
    file.scale(name, numbers, longName);
}

}  // namespace

Result<std::vector<std::byte>> tablesHdf5(const ModelInfo& info, const TablesReport& report,
                                          const Provenance& provenance) {
    Hdf5Image file;
    file.attribute("/", "Conventions", "DLRM-Explorer-1.0");
    file.attribute("/", "checkpoint", info.path);
    file.attribute("/", "layout", info.spec.layout);
    if (report.untrained) {
        file.attribute("/", "dataset", report.untrained->datasetPath);
        file.attribute("/", "split", report.untrained->split);
        file.attribute("/", "dataset_rows", report.untrained->rows);
        file.attribute("/", "dataset_rows_with_untrained", report.untrained->rowsAffected);
    }
    addProvenance(file, provenance);
    std::vector<std::string> names;
    std::size_t components = 0, bins = 0;
    for (std::size_t t = 0; t < report.tables.size(); ++t) {
        names.push_back(info.spec.tables[t].name);
        components = std::max(components, report.tables[t].statistics->spectrum.singularValues.size());
        bins = std::max(bins, report.tables[t].statistics->scan.histogram.size());
    }
    file.scale("table", names, "name of the categorical feature");
    Columns columns(file, report);
    addStatistics(columns);
    if (components > 0) {
        addScale(file, "component", components, "number of the singular value, largest first");
        columns.addMatrix<double>(
            "/singular_values", "singular values of the table, NaN beyond its columns",
            static_cast<std::int64_t>(components), "/component", [](const Table& t, std::size_t c) {
                const auto& values = t.statistics->spectrum.singularValues;
                return c < values.size() ? static_cast<double>(values[c]) : std::numeric_limits<double>::quiet_NaN();
            });
    }
    if (bins > 0) {
        addScale(file, "bin", bins, "number of the histogram's bin");
        columns.addMatrix<std::int64_t>(
            "/histogram", "values in each of the equal bins from histogram_low to histogram_high",
            static_cast<std::int64_t>(bins), "/bin", [](const Table& t, std::size_t b) {
                return b < t.statistics->scan.histogram.size() ? t.statistics->scan.histogram[b] : 0;
            });
    }
    addTraffic(columns, report);
    return file.finish();
}

}  // namespace dlrm
