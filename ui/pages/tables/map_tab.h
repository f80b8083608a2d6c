// SPDX-License-Identifier: GPL-3.0-or-later
// Map tab: rows as points, by PCA of the whole table or UMAP of a sample; colours, hover, and a loop that filters the
// grid.
#pragma once

#include <QHash>
#include <QPolygonF>

#include <optional>
#include <vector>

#include "ui/charts/density_layer.h"
#include "ui/pages/tables/tab.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTimer;

namespace dlrm::ui {

class TableMapTab : public TableTab {
    Q_OBJECT
public:
    explicit TableMapTab(Session& session, QWidget* parent = nullptr);
    bool isSettled() const override;
    void draw(MapMethod method, MapColour colour = MapColour::Density);
    void setCurrentRow(qint64 id);
    // Rows that are marked on the map: the current row's neighbours, and pinned rows in their colours.
    void setNeighbors(std::vector<qint64> ids);
    void setPins(std::vector<qint64> ids);
    const std::vector<qint64>& neighbors() const { return m_neighbors; }
    const std::vector<qint64>& pins() const { return m_pins; }
    // The loop around the rows that rowsSelected() told of last, in plain values; empty: none.
    const QPolygonF& loop() const { return m_loop; }
    void clearLoop();

Q_SIGNALS:
    // Rows inside the loop, ascending; words: "inside the lasso on the map (UMAP) of all 512 rows".
    void rowsSelected(const dlrm::ui::IdsPtr& ids, const QString& words);
    // Its points stand elsewhere now: the rows are no longer those inside a loop.
    void loopGone();

protected:
    void refresh() override;
    void forget() override;

private:
    QWidget* buildTools();
    // What the table can be drawn by, with its own counts; the choice stays where there still is such a one.
    void offerRows();
    MapChoice choice() const;
    MapColour colour() const;
    void run();
    // The last finished map of every table of the open model that has few points, and one larger; showKept(): whether
    // there is one of this table.
    void keep(const MapPointsPtr& points);
    bool showKept();
    bool drawsThis() const;  // the map of this table is being drawn
    // Of this table, as it was left; the tools say how it was drawn.
    void showAgain(const MapPointsPtr& points);
    void showMethod(MapMethod method, int components);
    QString whatWillBeDrawn() const;
    QString nameOf(int table) const;
    void showMap(const MapPointsPtr& points);
    // Of other places than those of now the loop would be around other rows.
    void keepLoop(const MapPointsPtr& next);
    void turn();
    void colourMap();
    void showColourInForce();
    // Until somebody chooses: the click rate where a dataset has labels, else the norm where it is known or read in a
    // moment.
    void chooseColour();
    void askForDensity();
    void paint(QPainter& painter, const ChartView::Mapper& m) const;
    QRectF placeOfDensity(const ChartView::Mapper& m) const;
    // Where the row lies on the map, where it is one of its points.
    std::optional<QPointF> placeOf(qint64 id) const;
    void paintAbove(QPainter& painter, const ChartView::Mapper& m) const;
    void nameRings();
    void describe();
    QString footWords() const;
    QString drawnRows() const;
    QString loopWords() const;
    std::optional<std::int64_t> pointAt(double x, double y) const;
    QString hoverText(double x, double y) const;

    ChartView* m_chart = nullptr;
    DensityLayer m_density;
    QComboBox *m_method = nullptr, *m_rows = nullptr, *m_axes = nullptr, *m_colour = nullptr, *m_metric = nullptr;
    QStackedWidget* m_options = nullptr;  // the axes or the metric
    QPushButton *m_draw = nullptr, *m_lasso = nullptr;
    QTimer* m_rest = nullptr;
    MapPointsPtr m_points;
    QHash<int, MapPointsPtr> m_kept;
    ModelInfoPtr m_keptOf;
    MapPointsPtr m_interim;  // the newest picture of the one that is being drawn
    MapChoice m_asked;       // asked for last; what comes is of its table, whichever is shown by then
    MapColoursPtr m_colours;
    qint64 m_current = -1;
    std::vector<qint64> m_neighbors, m_pins;
    QPolygonF m_loop, m_drawnLoop;  // m_drawnLoop: drawn last, the rows inside it are looked for
    bool m_failed = false;
    bool m_colourChosen = false;
    bool m_drawnUnasked = false;  // for this table: once is enough
    quint64 m_mapToken = 0, m_colourToken = 0, m_densityToken = 0, m_densityShown = 0, m_loopToken = 0;
};

}  // namespace dlrm::ui
