// SPDX-License-Identifier: GPL-3.0-or-later
// A QtCharts view in the product's style: wheel zooms at the cursor, drag pans, double click resets; export and "Show
// as table" for every chart.
#pragma once

#include <QChart>
#include <QChartView>
#include <QPolygonF>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/series.h"

namespace dlrm::ui {

class ChartView : public QChartView {
    Q_OBJECT
public:
    explicit ChartView(const QString& title, QWidget* parent = nullptr);
    ~ChartView() override;

    // Log axes: lines, cursor, hover, mapper and ranges still speak in plain values; points at or below 0 are left out.
    // Call before the view is shown.
    enum class Scale { Linear, Log };
    void setScales(Scale x, Scale y);
    // A unit of x is as long on the screen as one of y, for linear axes: the ranges of setAxes() are widened to the
    // plot's shape, also when that changes.
    void setEqualUnits(bool on);
    // The lower end of y stays where setAxes() put it: bars keep their base at any zoom.
    void setFixedBase(bool on);
    // The plot is at least so high; where the view is lower it scrolls, and does not zoom. Title and footnote stay in
    // sight, and an exported picture has all of it. 0: as high as there is room.
    void setPlotHeight(int pixels);
    // Axes with titles and fixed ranges (also what double click resets to).
    void setAxes(const QString& xTitle, double xMin, double xMax, const QString& yTitle, double yMin, double yMax);
    // Labels of x at these places, ascending, as many as have room, instead of round numbers; none: round ones again.
    struct NamedPlace {
        double value = 0;
        QString name;
    };
    void setXTicks(std::vector<NamedPlace> places);
    // Replaces all lines. At most 4,000 points are kept per line (min-max per pixel column); non-finite points are left
    // out.
    struct Line {
        Series series;
        QColor color;
        bool dashed = false;
    };
    void setLines(const std::vector<Line>& lines);
    // Drawn by `paint` over the plot area, in plot-area clip; mapX/mapY turn values into scene positions.
    struct Mapper {
        std::function<double(double)> x, y;
        QRectF plot;
        QRectF seen;  // the part of it that is in sight, or all of an exported picture
    };
    void setOverlay(std::function<void(QPainter&, const Mapper&)> paint);
    // Rings that the overlay draws, and dots, named beside the title.
    struct Ring {
        QString name;
        QColor color;
        double radius = 0;
        bool dot = false;
        friend bool operator==(const Ring&, const Ring&) = default;
    };
    void setRings(std::vector<Ring> rings);
    const std::vector<Ring>& rings() const;
    // The same below the lines, for density images and bands.
    void setBackdrop(std::function<void(QPainter&, const Mapper&)> paint);
    // What the axes show now: (low x, low y) to (high x, high y).
    QRectF visibleValues() const;
    // A drag with the left button draws a loop instead of panning; lassoDrawn() gives its corners in plain values.
    void setLasso(bool on);
    // A draggable vertical cursor at x; emits cursorMoved while dragged, arrow keys move it when focused.
    void setCursor(double x, bool visible = true);
    // Text shown beside the pointer for the value under it; empty string hides it.
    void setHover(std::function<QString(double x, double y)> text);
    // A dot at what the read-out speaks of, in plain values of a pointer's place; nothing: no dot.
    void setHoverMark(std::function<std::optional<QPointF>(double x, double y)> mark);
    // What the chart is of ("model · split · date"): written below an exported picture, and in the title of its table;
    // empty: nothing, and the title of the window for the table.
    void setSource(const QString& text);
    // Why what is drawn is neither exported nor copied now: stands in the menu instead of what would; empty: it is.
    void setNoExport(const QString& why);
    const QString& whyNoExport() const;
    // "n of m points, how chosen", shown small under the chart.
    void setFootnote(const QString& text);

    // The plotted data as columns, for "Show as table" and CSV. Columns of words stand before those of numbers.
    struct Table {
        QStringList columns;
        std::vector<std::vector<double>> rows;
        QStringList wordColumns = {};
        std::vector<QStringList> words = {};  // as many as rows
    };
    void setTable(Table table);
    // Nothing is drawn, said or in the table until something is set again; axes and title stay.
    void clear();
    const Table& table() const;
    void showTable();  // opens the table twin, under fullTitle()
    // What the table's figures are of: title · source.
    QString fullTitle() const;
    void resetZoom();
    // By extension: png (2×), svg, pdf, csv. Empty: written; else why not.
    QString exportTo(const QString& path) const;

Q_SIGNALS:
    void cursorMoved(double x);
    void viewChanged();                // zoomed, panned, new axes, or another size of the plot
    void clicked(double x, double y);  // pressed and released in one place
    void lassoDrawn(const QPolygonF& corners);

protected:
    void wheelEvent(QWheelEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void leaveEvent(QEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void focusInEvent(QFocusEvent*) override;
    void focusOutEvent(QFocusEvent*) override;
    void contextMenuEvent(QContextMenuEvent*) override;

public:
    struct State;

private:
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm::ui
