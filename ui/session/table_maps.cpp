// SPDX-License-Identifier: GPL-3.0-or-later
// TableAnalysis: maps of rows, their colours and densities, and the reduced pictures of statistics.
#include <algorithm>
#include <cmath>

#include "core/analysis/maps/density.h"
#include "ui/session/session_state.h"
#include "ui/session/table_analysis.h"

namespace dlrm::ui {
namespace {

constexpr int kNormBins = 200;

Result<MapPointsPtr> pointsOf(TableMapPtr map, int axisX, int axisY, const std::stop_token& stop) {
    DLRM_TRY(auto points, pointsOnAxes(map->coordinates, map->components, axisX, axisY, stop));
    auto out = std::make_shared<MapPoints>();
    static_cast<PlotPoints&>(*out) = std::move(points);
    out->axisX = axisX;
    out->axisY = axisY;
    out->map = std::move(map);
    return MapPointsPtr(out);
}

MapRows rowsOf(const MapChoice& choice, std::int64_t tableRows, const TableStatisticsPtr& statistics) {
    MapRows rows;
    if (choice.rows == MapChoice::Rows::First && tableRows > choice.atMost) {
        rows.ids.reserve(static_cast<std::size_t>(choice.atMost));
        for (std::int64_t id = 0; id < choice.atMost; ++id) rows.ids.push_back(RowId{id});
        return rows;
    }
    if (choice.rows != MapChoice::Rows::All) rows.atMost = choice.atMost;
    if (choice.rows == MapChoice::Rows::Trained)
        rows.trained = [statistics](RowId id) { return !statistics->untrained.contains(value(id)); };
    return rows;
}

}  // namespace

void TableAnalysis::requestPictures(int table) {
    const TableStatisticsPtr known = statistics(table);
    if (!known) return;
    state().start(JobKind::TablePictures, [this, known, table](const JobRunner::Running&) -> JobRunner::Delivery {
        auto pictures = std::make_shared<TablePictures>();
        pictures->table = table;
        pictures->rankNorm = rankNormMap(*known);
        pictures->norms = normHistogram(*known, kNormBins);
        return [this, pictures] { Q_EMIT picturesReady(pictures); };
    });
}

void TableAnalysis::requestMap(const MapChoice& choice, quint64 token) {
    if (!state().engine) return;
    const QString title = choice.method == MapMethod::Pca ? tr("PCA") : tr("UMAP");
    state().start(
        JobKind::TableMap, title,
        [this, engine = state().engine, choice, token](const JobRunner::Running& job) -> JobRunner::Delivery {
            const auto use = [this, token](const MapPointsPtr& points) { Q_EMIT mapReady(points, token); };
            TableStatisticsPtr statistics;
            if (choice.rows == MapChoice::Rows::Trained) {
                auto known = engine->tableStatistics(TableId{choice.table}, {job.progress, job.stop});
                if (!known) return failed(session(), JobKind::TableMap, std::move(known.error()));
                statistics = *std::move(known);
                if (auto told = requireKnown(statistics->untrained); !told)
                    return failed(session(), JobKind::TableMap, std::move(told.error()));
            }
            const MapRows rows =
                rowsOf(choice, engine->spec().tables[static_cast<std::size_t>(choice.table)].rows, statistics);
            const auto map = [&]() -> Result<TableMapPtr> {
                if (choice.method == MapMethod::Pca)
                    return engine->pcaMap({TableId{choice.table}, choice.components, rows}, {job.progress, job.stop});
                UmapRequest request;
                request.table = TableId{choice.table};
                request.rows = rows;
                request.options.components = choice.components;
                request.options.metric = choice.metric;
                request.options.neighbors = choice.neighbors;
                const auto partial = [&](const TableMapPtr& picture) {
                    if (auto points = pointsOf(picture, 0, 1, job.stop))
                        job.interim([use, points = *points] { use(points); });
                };
                return engine->umapMap(request, partial, {job.progress, job.stop});
            }();
            if (!map) return failed(session(), JobKind::TableMap, map.error());
            return [this, table = choice.table, statistics,
                    deliver = delivered(session(), JobKind::TableMap, pointsOf(*map, 0, 1, job.stop), use)] {
                take(table, statistics);
                deliver();
            };
        });
}

void TableAnalysis::requestAxes(const MapPointsPtr& points, int axisX, int axisY, quint64 token) {
    if (!points) return;
    state().startFor(
        JobKind::TableMap,
        [points, axisX, axisY](const Job& job) { return pointsOf(points->map, axisX, axisY, job.stop); },
        [this, token](const MapPointsPtr& turned) { Q_EMIT mapReady(turned, token); }, tr("Turning the map"));
}

void TableAnalysis::requestColours(const MapPointsPtr& points, MapColour colour, quint64 token) {
    if (!points) return;
    state().startAsking(
        JobKind::MapColours,
        [data = state().data, points, colour](Engine& engine, const Job& job) -> Result<MapColoursPtr> {
            auto out = std::make_shared<MapColours>();
            out->colour = colour;
            const TableMap& map = *points->map;
            out->values.reserve(static_cast<std::size_t>(map.points));
            const auto each = [&](const auto& valueOf) {
                for (std::int64_t i = 0; i < map.points; ++i)
                    out->values.push_back(static_cast<float>(valueOf(i, value(map.rowOf(i)))));
            };
            if (colour == MapColour::Rank) {  // the points ascend with their ids
                const auto last = static_cast<double>(std::max<std::int64_t>(1, map.points - 1));
                each([last](std::int64_t i, std::int64_t) { return static_cast<double>(i) / last; });
            } else if (colour == MapColour::ClickRate) {
                if (!data) return fail(nothingOpen("dataset"));
                DLRM_TRY(auto clicks, engine.clickCounts(*data, map.table, job));
                const std::vector<float> rates = clicks.shrunkRates();
                each([&](std::int64_t, std::int64_t id) { return rates[static_cast<std::size_t>(id)]; });
            } else {
                DLRM_TRY(auto statistics, engine.tableStatistics(map.table, job));
                const std::vector<float>& norms = statistics->scan.norms;
                if (colour != MapColour::Norm) DLRM_TRY(requireKnown(statistics->untrained));
                each([&](std::int64_t, std::int64_t id) {
                    if (colour == MapColour::Norm) return norms[static_cast<std::size_t>(id)];
                    return statistics->untrained.contains(id) ? 0.0F : 1.0F;
                });
            }
            if (colour == MapColour::Norm || colour == MapColour::ClickRate) {
                const ColourEnds ends = colourEnds(out->values);
                out->low = ends.low;
                out->high = ends.high;
            }
            return MapColoursPtr(out);
        },
        [this, token](const MapColoursPtr& colours) { Q_EMIT coloursReady(colours, token); });
}

void TableAnalysis::requestDensity(const MapPointsPtr& points, const MapColoursPtr& colours, const PlotWindow& window,
                                   int columns, int rows, quint64 token) {
    if (!points) return;
    state().startFor(
        JobKind::Density,
        [points, colours, window, columns, rows](const Job& job) {
            const std::span<const float> values =
                colours ? std::span<const float>(colours->values) : std::span<const float>();
            return shared(density(points->x, points->y, values, window, columns, rows, job.stop));
        },
        [this, token](const DensityGridPtr& grid) { Q_EMIT densityReady(grid, token); });
}

void TableAnalysis::requestRankDensity(int table, bool logNorms, const PlotWindow& window, int columns, int rows,
                                       quint64 token) {
    const TableStatisticsPtr known = statistics(table);
    if (!known) return;
    state().startFor(
        JobKind::Density,
        [known, logNorms, window, columns, rows](const Job& job) {
            std::vector<float> logs;
            if (logNorms) {
                logs.reserve(known->scan.norms.size());
                for (const float norm : known->scan.norms) logs.push_back(std::log10(norm));
            }
            return shared(rankDensity(logNorms ? logs : known->scan.norms, window, columns, rows, job.stop));
        },
        [this, token](const DensityGridPtr& grid) { Q_EMIT densityReady(grid, token); }, tr("Drawing norms"));
}

void TableAnalysis::requestInside(const MapPointsPtr& points, const QPolygonF& loop, quint64 token) {
    if (!points) return;
    state().startFor(
        JobKind::MapLoop,
        [points, loop](const Job& job) -> Result<IdsPtr> {
            std::vector<Corner> corners;
            for (const QPointF& p : loop) corners.push_back({p.x(), p.y()});
            DLRM_TRY(auto inside, pointsInside(points->x, points->y, corners, job.stop));
            for (std::uint32_t& i : inside) i = static_cast<std::uint32_t>(value(points->map->rowOf(i)));
            return IdsPtr(std::make_shared<const std::vector<std::uint32_t>>(std::move(inside)));
        },
        [this, token](const IdsPtr& found) { Q_EMIT insideReady(found, token); });
}

}  // namespace dlrm::ui
