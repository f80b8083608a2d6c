// SPDX-License-Identifier: GPL-3.0-or-later
// TableAnalysis: statistics, cosines, traffic, row order, neighbours, export. Maps and pictures stand in
// table_maps.cpp.
#include "ui/session/table_analysis.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "core/base/progress_part.h"
#include "core/engine/value_check.h"
#include "core/report/export.h"
#include "ui/session/session_state.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr std::int64_t kFirstRows = 1000;   // of an order, shown while the rest is sorted
constexpr std::int64_t kExportRows = 8192;  // read at a time

// Only the ids in `among` (ascending), in the order they have.
void keepAmong(std::vector<std::uint32_t>& ids, const std::vector<std::uint32_t>& among) {
    if (among.empty()) return ids.clear();
    std::vector<bool> kept(static_cast<std::size_t>(among.back()) + 1);
    for (const std::uint32_t id : among) kept[id] = true;
    std::erase_if(ids, [&](std::uint32_t id) { return id >= kept.size() || !kept[id]; });
}

// A row's class as the grid words it.
std::string trainedWord(const UntrainedRows& untrained, const TableRows& rows, std::size_t i) {
    const auto dim = static_cast<std::size_t>(rows.dim);
    const auto values = std::span(rows.values).subspan(i * dim, dim);
    if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) return "not finite";
    return !untrained.known() ? "unknown" : untrained.contains(value(rows.ids[i])) ? "no" : "yes";
}

}  // namespace

const TableAnalysis::OfTable& TableAnalysis::found(int table) const {
    static const OfTable kNothing;
    return table >= 0 && table < static_cast<int>(m_results.tables.size())
               ? m_results.tables[static_cast<std::size_t>(table)]
               : kNothing;
}

TableStatisticsPtr TableAnalysis::statistics(int table) const { return found(table).statistics; }
FloatsPtr TableAnalysis::cosines(int table) const { return found(table).cosines; }
std::optional<Spectrum> TableAnalysis::trafficSpectrum(int table) const { return found(table).trafficSpectrum; }

int TableAnalysis::tablesKnown() const {
    return static_cast<int>(std::count_if(m_results.tables.begin(), m_results.tables.end(),
                                          [](const OfTable& t) { return t.statistics != nullptr; }));
}

ValueCheck TableAnalysis::knownValues() const {
    ValueCheck check;
    for (std::size_t t = 0; t < m_results.tables.size(); ++t)
        if (const auto& known = m_results.tables[t].statistics)
            addTable(check, state().model->spec.tables[t].name, *known);
    return check;
}

void TableAnalysis::forget() {
    m_results = {};
    m_results.tables.resize(state().model ? state().model->spec.tables.size() : 0);
    Q_EMIT trafficChanged();
}

void TableAnalysis::take(int table, const TableStatisticsPtr& statistics) {
    TableStatisticsPtr& known = m_results.tables[static_cast<std::size_t>(table)].statistics;
    if (!statistics || known) return;
    known = statistics;
    Q_EMIT statisticsReady(table);
}

void TableAnalysis::take(int table, const FloatsPtr& cosines) {
    FloatsPtr& known = m_results.tables[static_cast<std::size_t>(table)].cosines;
    if (!cosines || known) return;
    known = cosines;
    Q_EMIT cosinesReady(table);
}

void TableAnalysis::requestRows(int table, std::vector<std::int64_t> ids, quint64 token) {
    state().startAsking(
        JobKind::TableRows,
        [table, ids = std::move(ids)](Engine& engine, const Job&) {
            std::vector<RowId> rows;
            rows.reserve(ids.size());
            for (const std::int64_t id : ids) rows.push_back(RowId{id});
            return shared(engine.rows(TableId{table}, rows));
        },
        [this, token](const TableRowsPtr& found) { Q_EMIT rowsReady(found, token); });
}

void TableAnalysis::findKnown() {
    using Found = std::vector<TableStatisticsPtr>;
    const auto takeAll = [this](const Found& found) {
        for (std::size_t t = 0; t < found.size(); ++t) take(static_cast<int>(t), found[t]);
    };
    state().startAsking(
        JobKind::TableStatistics,
        [takeAll](Engine& engine, const JobRunner::Running& job) -> Result<Found> {
            Found found;
            for (std::size_t t = 0; t < engine.spec().tables.size() && !job.stopped(); ++t) {
                found.push_back(engine.knownStatistics(TableId{static_cast<int>(t)}));
                if (found.back()) job.interim([takeAll, found] { takeAll(found); });
            }
            return found;
        },
        takeAll, tr("Looking for statistics"));
}

void TableAnalysis::computeStatistics(std::vector<int> tables) {
    if (!state().engine) return;
    std::erase_if(tables, [this](int table) { return statistics(table) != nullptr; });
    if (tables.empty()) return;
    const QString title =
        tables.size() == 1 ? tr("Statistics of a table") : tr("Statistics of %1 tables").arg(tables.size());
    state().start(
        JobKind::TableStatistics, title,
        [this, engine = state().engine,
         tables = std::move(tables)](const JobRunner::Running& job) -> JobRunner::Delivery {
            const auto& specs = engine->spec().tables;
            const auto bytesOf = [&](int table) { return specs[static_cast<std::size_t>(table)].bytes; };
            const std::int64_t total =
                std::accumulate(tables.begin(), tables.end(), std::int64_t{0},
                                [&](std::int64_t sum, int table) { return sum + bytesOf(table); });
            std::int64_t before = 0;
            std::vector<std::pair<int, TableStatisticsPtr>> found;
            const auto takeAll = [this](const auto& all) {
                for (const auto& [table, statistics] : all) take(table, statistics);
            };
            for (const int table : tables) {
                auto one = engine->tableStatistics(
                    TableId{table}, {partOf(job.progress, "reading tables", before, bytesOf(table), total), job.stop});
                if (!one)
                    return
                        [takeAll, found, fails = failed(session(), JobKind::TableStatistics, std::move(one.error()))] {
                            takeAll(found);
                            fails();
                        };
                found.emplace_back(table, *std::move(one));
                before += bytesOf(table);
                job.interim([takeAll, found] { takeAll(found); });
            }
            return [takeAll, found] { takeAll(found); };
        });
}

void TableAnalysis::computeCosines(int table) {
    if (cosines(table)) return;
    state().startAsking(
        JobKind::TableCosines,
        [table](Engine& engine, const Job& job) { return engine.cosinesToMean(TableId{table}, job); },
        [this, table](const FloatsPtr& values) { take(table, values); });
}

void TableAnalysis::countTraffic() {
    if (!state().engine || !state().data) return;
    const bool join = tablesKnown() == static_cast<int>(m_results.tables.size());
    state().start(JobKind::Traffic,
                  [this, join, engine = state().engine, data = state().data,
                   counted = m_results.traffic](const JobRunner::Running& job) -> JobRunner::Delivery {
                      TrafficPtr traffic = counted;
                      if (!traffic) {
                          auto result = engine->traffic(*data, {job.progress, job.stop});
                          if (!result) return failed(session(), JobKind::Traffic, std::move(result.error()));
                          traffic = *std::move(result);
                      }
                      if (!join)
                          return [this, traffic] {
                              m_results.traffic = traffic;
                              Q_EMIT trafficChanged();
                          };
                      return delivered(session(), JobKind::Traffic,
                                       engine->untrainedTraffic(*data, {job.progress, job.stop}),
                                       [this, traffic](const UntrainedTrafficPtr& joined) {
                                           m_results.traffic = traffic;
                                           m_results.untrained = joined;
                                           Q_EMIT trafficChanged();
                                       });
                  });
}

void TableAnalysis::computeTrafficSpectrum(int table) {
    if (!m_results.traffic) return;
    state().startAsking(
        JobKind::TrafficSpectrum,
        [traffic = m_results.traffic, table](Engine& engine, const Job& job) {
            return engine.trafficSpectrum(TableId{table}, *traffic, job);
        },
        [this, table](const Spectrum& spectrum) {
            m_results.tables[static_cast<std::size_t>(table)].trafficSpectrum = spectrum;
            Q_EMIT trafficSpectrumReady(table);
        });
}

void TableAnalysis::requestOrder(int table, const RowQuery& query, IdsPtr among, quint64 token) {
    if (!state().engine) return;
    state().start(
        JobKind::RowOrder,
        [this, engine = state().engine, traffic = m_results.traffic, table, query, among,
         token](const JobRunner::Running& job) -> JobRunner::Delivery {
            const auto ordered = [&](std::int64_t limit) -> Result<GridOrderPtr> {
                RowQuery asked = query;
                asked.limit = limit;
                DLRM_TRY(auto order, engine->rowOrder(TableId{table}, asked, traffic.get(), job));
                auto out = std::make_shared<GridOrder>(GridOrder{table, query, limit == 0, order->passing, order->ids});
                if (among) {
                    keepAmong(out->ids, *among);
                    out->passing = static_cast<std::int64_t>(out->ids.size());
                }
                return GridOrderPtr(out);
            };
            const auto use = [this, token](const GridOrderPtr& order) { Q_EMIT orderReady(order, token); };
            if (!among && engine->spec().tables[static_cast<std::size_t>(table)].rows > kFirstRows) {
                auto first = ordered(kFirstRows);
                if (!first) return delivered(session(), JobKind::RowOrder, std::move(first), use);
                job.interim([use, order = *first] { use(order); });
            }
            auto all = ordered(0);
            // What the engine computed on the way is shown in the grid's columns too.
            const TableStatisticsPtr statistics = engine->knownStatistics(TableId{table});
            FloatsPtr cosines;
            if (all && query.needsCosine())
                if (auto known = engine->cosinesToMean(TableId{table}, {.stop = job.stop})) cosines = *std::move(known);
            return [this, table, statistics, cosines,
                    deliver = delivered(session(), JobKind::RowOrder, std::move(all), use)] {
                take(table, statistics);
                take(table, cosines);
                deliver();
            };
        });
}

void TableAnalysis::requestNeighbors(int table, std::int64_t row, Similarity similarity, int k, quint64 token) {
    NeighborRequest request;
    request.table = TableId{table};
    request.ids = {RowId{row}};
    request.similarity = similarity;
    request.k = k;
    state().startAsking(
        JobKind::Neighbors, [request](Engine& engine, const Job& job) { return engine.neighbors(request, job); },
        [this, token](const NeighborsPtr& found) { Q_EMIT neighborsReady(found, token); });
}

std::vector<RowColumn> TableAnalysis::exportedColumns(int table) const {
    std::vector<RowColumn> columns;
    const auto feature = static_cast<std::size_t>(table);
    if (const auto dictionary = state().dictionary; dictionary && feature < dictionary->features()) {
        const int shift = state().typedRows().dictionaryShift();
        columns.push_back(
            {"value", "raw value that the dictionary maps to the row; empty: none",
             RowColumn::Get<std::string>([dictionary, feature, shift](const TableRows& rows, std::size_t i) {
                 const auto hex = dictionary->hexValue(feature, value(rows.ids[i]) - shift);
                 return hex ? formatHex(*hex) : std::string();
             })});
    }
    if (const FloatsPtr known = cosines(table))
        columns.push_back({"cos_mean", "cosine of the row and the mean of all rows",
                           RowColumn::Get<float>([known](const TableRows& rows, std::size_t i) {
                               return (*known)[static_cast<std::size_t>(value(rows.ids[i]))];
                           })});
    if (const TableStatisticsPtr known = statistics(table))
        columns.push_back({"trained",
                           "yes; no: the row holds, bit for bit, what the initializer gave it; unknown; not finite",
                           RowColumn::Get<std::string>([known](const TableRows& rows, std::size_t i) {
                               return trainedWord(known->untrained, rows, i);
                           })});
    if (const TrafficPtr known = traffic())
        columns.push_back({"hits", "how often the dataset looks up the row",
                           RowColumn::Get<std::int64_t>([known, feature](const TableRows& rows, std::size_t i) {
                               return static_cast<std::int64_t>(
                                   known->tables[feature].hits[static_cast<std::size_t>(value(rows.ids[i]))]);
                           })});
    return columns;
}

qint64 TableAnalysis::textBytes(int table, const TableRows& sample, std::int64_t rows) const {
    return estimatedTextBytes(sample, {{}, {}, rows, sample.dim, exportedColumns(table)});
}

namespace {

// Says which rows of which table are in the file, with their ids where it has no place for them.
Provenance describedRows(Provenance origin, const TableSpec& spec, const GridOrderPtr& order, std::int64_t first,
                         std::int64_t last, const std::string& query, bool holdsIds) {
    constexpr std::int64_t kMostIds = 1'000'000;
    const std::int64_t rows = last - first + 1;
    if (rows != spec.rows || !query.empty()) origin.exported = exportedTableRows(spec.name, rows, spec.rows, query);
    if (rows != spec.rows)
        origin.notes.push_back(local(TableAnalysis::tr("A part was exported: %1 of the %2 of %3.")
                                         .arg(formatCount(rows), countedText(spec.rows, "row"), text(spec.name))));
    if (holdsIds || (rows == spec.rows && !order)) return origin;  // or all of them, in the order of their ids
    if (rows > kMostIds) {
        origin.notes.push_back(
            local(TableAnalysis::tr("Ids of more than %1 rows are not listed: an export as .h5, .csv "
                                    "or .tsv holds them.")
                      .arg(formatCount(kMostIds))));
        return origin;
    }
    for (std::int64_t i = first; i <= last; ++i)
        origin.exportedIds.push_back(order ? static_cast<std::int64_t>(order->ids[static_cast<std::size_t>(i)]) : i);
    return origin;
}

}  // namespace

void TableAnalysis::exportRows(int table, const GridOrderPtr& order, std::int64_t first, std::int64_t last,
                               const QString& path, const QString& query) {
    if (!state().engine || last < first) return;
    const auto work = [this, engine = state().engine, table, order, first, last, path, query,
                       columns = exportedColumns(table),
                       provenance = state().provenance()](const JobRunner::Running& job) -> JobRunner::Delivery {
        std::int64_t next = first;
        TableRows rows;
        const RowParts parts = [&]() -> Result<const TableRows*> {
            if (job.stop.stop_requested()) return cancelled();
            if (next > last) return nullptr;
            const std::int64_t end = std::min(last + 1, next + kExportRows);
            std::vector<RowId> ids;
            for (; next < end; ++next)
                ids.push_back(
                    RowId{order ? static_cast<std::int64_t>(order->ids[static_cast<std::size_t>(next)]) : next});
            DLRM_TRY(auto read, engine->rows(TableId{table}, ids));
            rows = std::move(read);
            report(job.progress, {"writing rows", next - first, last - first + 1, "rows"});
            return &rows;
        };
        const TableSpec& spec = engine->spec().tables[static_cast<std::size_t>(table)];
        auto written =
            exportTableRows(parts, {engine->info().path, spec.name, last - first + 1, spec.dim, columns}, local(path),
                            describedRows(provenance(), spec, order, first, last, local(query),
                                          !path.endsWith(QLatin1String(".npy"), Qt::CaseInsensitive)));
        if (!written) return failed(session(), JobKind::Export, std::move(written.error()));
        return [this, path, count = last - first + 1] {
            Q_EMIT session().exported(path);
            Q_EMIT rowsExported(count, path);
        };
    };
    state().startExport(JobKind::Export, path, work, tr("Exporting rows"));
}

QString countedRows(const Traffic& traffic) {
    const QString rows = countedText(traffic.rows, "row");
    return traffic.split.empty() ? rows
                                 : TableAnalysis::tr("%1 of split %2").arg(rows, QString::fromStdString(traffic.split));
}

}  // namespace dlrm::ui
