// SPDX-License-Identifier: GPL-3.0-or-later
// A coloured grid of named rows and columns, which need not be as many, under its colour scale.
#pragma once

#include <QSizeF>
#include <QStringList>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "ui/charts/chart_view.h"

namespace dlrm::ui {

class CellMap : public ChartView {
    Q_OBJECT
public:
    explicit CellMap(const QString& title, QWidget* parent = nullptr);

    struct Cell {
        std::optional<double> shade;  // 0 … 1 on the scale, or -1 … 1 where it diverges; nothing: no colour
        QString text;                 // written where it has room
        bool hatched = false;
        bool there = true;  // else nothing is drawn and nothing is clicked
    };
    // What the ends of the colours stand for, and the middle of diverging ones.
    struct Colours {
        bool diverging = false;
        QString low, middle, high;
    };
    // cells: (rows, columns) row-major, the first row at the top; no rows: nothing is drawn.
    void setCells(QStringList rows, QStringList columns, std::vector<Cell> cells, Colours colours);
    // Frames a cell; outside the grid: none.
    void mark(int row, int column);
    // Cells are at least so high, and the map scrolls where it has less room. 0: as high as there is room.
    void setCellHeight(int pixels);
    void setCellHover(std::function<QString(int row, int column)> text);
    // The middle of a cell in plain values, as clicked() has them.
    QPointF centreOf(int row, int column) const;

Q_SIGNALS:
    void cellClicked(int row, int column);

private:
    struct Grid {
        QRectF cells;
        double width = 0, height = 0;  // of a cell
        QRectF cell(int row, int column) const {
            return {cells.left() + column * width, cells.top() + row * height, width, height};
        }
    };
    Grid gridIn(const QRectF& room) const;
    // Of what is in sight now, as if it were not zoomed.
    QSizeF room() const;
    std::optional<std::pair<int, int>> cellAt(double x, double y) const;
    void fitHeight();
    void paint(QPainter& painter, const Mapper& map) const;
    void paintNames(QPainter& painter, const Grid& grid, const QRectF& room) const;
    void paintScale(QPainter& painter, const Grid& grid, const QRectF& room) const;
    QColor colourOf(double shade) const;

    QStringList m_rows, m_columns;
    std::vector<Cell> m_cells;
    Colours m_colours;
    std::function<QString(int row, int column)> m_hover;
    int m_markedRow = -1, m_markedColumn = -1, m_cellHeight = 0;
};

}  // namespace dlrm::ui
