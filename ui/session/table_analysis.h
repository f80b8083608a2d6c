// SPDX-License-Identifier: GPL-3.0-or-later
// What the Tables page asks for about whole tables: statistics, row order, neighbours, maps, traffic. Part of the
// session: requests on the GUI thread return at once, work runs on workers (newest wins per kind of job), answers are
// immutable and come as signals.
#pragma once

#include <QObject>
#include <QPolygonF>

#include <memory>
#include <optional>
#include <vector>

#include "core/analysis/maps/map_points.h"
#include "core/analysis/tables/click_rate.h"
#include "core/analysis/tables/norm_histogram.h"
#include "core/analysis/tables/rank_norm.h"
#include "core/analysis/tables/row_order.h"
#include "core/analysis/tables/statistics.h"
#include "core/analysis/tables/traffic.h"
#include "core/engine/map_results.h"
#include "core/engine/neighbor_results.h"
#include "core/report/row_parts.h"
#include "ui/session/desks/desk.h"

namespace dlrm::ui {

using TableRowsPtr = std::shared_ptr<const TableRows>;
using TableStatisticsPtr = std::shared_ptr<const TableStatistics>;
using TrafficPtr = std::shared_ptr<const Traffic>;
using UntrainedTrafficPtr = std::shared_ptr<const UntrainedTraffic>;
using FloatsPtr = std::shared_ptr<const std::vector<float>>;
using IdsPtr = std::shared_ptr<const std::vector<std::uint32_t>>;
using NeighborsPtr = std::shared_ptr<const NeighborResult>;
using TableMapPtr = std::shared_ptr<const TableMap>;

// Rows of one table for the grid, in order.
struct GridOrder {
    int table = -1;
    RowQuery query;
    bool whole = false;        // false: the first ones only, the rest is being ordered
    std::int64_t passing = 0;  // rows that pass the filters
    std::vector<std::uint32_t> ids;
};
using GridOrderPtr = std::shared_ptr<const GridOrder>;

// Reduced pictures of one table's statistics.
struct TablePictures {
    int table = -1;
    RankNormMap rankNorm;
    NormHistogram norms;
};
using TablePicturesPtr = std::shared_ptr<const TablePictures>;

struct MapChoice {
    enum class Rows { First, Sample, Trained, All };  // First: those of lowest id
    int table = -1;
    MapMethod method = MapMethod::Pca;
    int components = 2;
    Rows rows = Rows::First;
    std::int64_t atMost = 20'000;  // but for All
    UmapMetric metric = UmapMetric::Cosine;
    int neighbors = 15;
};

// Two axes of a map, and where its points lie on them.
struct MapPoints : PlotPoints {
    TableMapPtr map;
    int axisX = 0, axisY = 1;
};
using MapPointsPtr = std::shared_ptr<const MapPoints>;

enum class MapColour { Density, Rank, Norm, Trained, ClickRate };
struct MapColours {
    MapColour colour{};
    std::vector<float>
        values;  // (points); Rank: place among the points by id, 0 to 1; ClickRate: shrunk; Trained: 1 or 0. NaN: none
    double low = 0, high = 1;  // ends of the colour map: 0 and 1, for Norm and ClickRate the 1st and 99th percentile
};
using MapColoursPtr = std::shared_ptr<const MapColours>;

class TableAnalysis : public Desk {
    Q_OBJECT
public:
    using Desk::Desk;

    // --- what is known, GUI thread; null: not (yet) ---
    TableStatisticsPtr statistics(int table) const;
    FloatsPtr cosines(int table) const;
    TrafficPtr traffic() const { return m_results.traffic; }
    UntrainedTrafficPtr untrainedTraffic() const { return m_results.untrained; }
    std::optional<Spectrum> trafficSpectrum(int table) const;
    int tablesKnown() const;
    // What the known statistics say of their tables' values; no layers.
    ValueCheck knownValues() const;

    // About how many bytes exportRows() writes of `rows` rows as text, `sample` being some of them: at least one, from
    // all over. A few hundred of them take milliseconds.
    qint64 textBytes(int table, const TableRows& sample, std::int64_t rows) const;

    // --- requests ---
    // Rows of one table by id, in the order asked; answered by rowsReady with the same `token`. The newest few requests
    // are all answered, in order, so that a grid and an inspector may ask side by side; older ones are dropped.
    void requestRows(int table, std::vector<std::int64_t> ids, quint64 token);
    // Statistics that are in memory or in the cache on disk, for all tables. Reads no table.
    void findKnown();
    // One pass over each of these tables that is not known, in this order; each answered by statisticsReady. Stopped
    // work goes on where it stopped.
    void computeStatistics(std::vector<int> tables);
    // Cosine of every row to the mean: one pass.
    void computeCosines(int table);
    // Hits per id over the loaded dataset; joined with the untrained rows once all statistics are known.
    void countTraffic();
    void computeTrafficSpectrum(int table);
    // Histogram and rank-norm map from known statistics.
    void requestPictures(int table);
    // First the top rows, then all. `among`: only these ids, ascending; null: all rows.
    void requestOrder(int table, const RowQuery& query, IdsPtr among, quint64 token);
    void requestNeighbors(int table, std::int64_t row, Similarity similarity, int k, quint64 token);
    void requestMap(const MapChoice& choice, quint64 token);
    // The same map on other axes.
    void requestAxes(const MapPointsPtr& points, int axisX, int axisY, quint64 token);
    void requestColours(const MapPointsPtr& points, MapColour colour, quint64 token);
    void requestDensity(const MapPointsPtr& points, const MapColoursPtr& colours, const PlotWindow& window, int columns,
                        int rows, quint64 token);
    // logNorms: the window's y is log10 of the norm.
    void requestRankDensity(int table, bool logNorms, const PlotWindow& window, int columns, int rows, quint64 token);
    // Ids of the points inside the loop.
    void requestInside(const MapPointsPtr& points, const QPolygonF& loop, quint64 token);
    // Rows first..last of `order` (null: of the table) to a file; the extension says how (.csv .tsv .npy .h5). Beside
    // id, norm and values, but for .npy, what is known of the rows by now: value, cos_mean, trained, hits. Answered by
    // Session::exported.
    // query: how the rows were filtered and sorted, in words (empty: neither); stands with the table's name and the ids
    // (of at most 10,000 rows) in what says where the file comes from.
    void exportRows(int table, const GridOrderPtr& order, std::int64_t first, std::int64_t last, const QString& path,
                    const QString& query = {});

    void forget() override;

Q_SIGNALS:
    void rowsReady(dlrm::ui::TableRowsPtr rows, quint64 token);
    void statisticsReady(int table);
    void cosinesReady(int table);
    void trafficChanged();  // counted, joined or forgotten
    void trafficSpectrumReady(int table);
    void picturesReady(dlrm::ui::TablePicturesPtr pictures);
    void orderReady(dlrm::ui::GridOrderPtr order, quint64 token);
    void neighborsReady(dlrm::ui::NeighborsPtr neighbors, quint64 token);
    void mapReady(dlrm::ui::MapPointsPtr points, quint64 token);
    void coloursReady(dlrm::ui::MapColoursPtr colours, quint64 token);
    void densityReady(dlrm::DensityGridPtr density, quint64 token);
    void insideReady(dlrm::ui::IdsPtr ids, quint64 token);
    void rowsExported(qint64 rows, const QString& path);  // after Session::exported

private:
    // What a job found, where it found anything that was not known.
    void take(int table, const TableStatisticsPtr& statistics);
    void take(int table, const FloatsPtr& cosines);
    // What is known of the rows by now beside their values, for a file.
    std::vector<RowColumn> exportedColumns(int table) const;

    struct OfTable {
        TableStatisticsPtr statistics;
        FloatsPtr cosines;
        std::optional<Spectrum> trafficSpectrum;
    };
    struct Results {
        std::vector<OfTable> tables;  // of the open model
        TrafficPtr traffic;
        UntrainedTrafficPtr untrained;
    };
    // With nothing in it where there is no such table.
    const OfTable& found(int table) const;
    Results m_results;
};

// "20,000 rows of split test": whose lookups were counted.
QString countedRows(const Traffic& traffic);

}  // namespace dlrm::ui
