// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/cell_map.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kMostNames = 0.3;  // of the width, for the names of rows
constexpr int kScaleBarWidth = 120, kScaleBarHeight = 8;
constexpr double kGapFrom = 6;  // cells of fewer pixels touch each other
constexpr int kMarkWidth = 2;

// Of the contrast of two colours, as WCAG 2 defines it, each side of the ratio.
double luminous(const QColor& colour) {
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(static_cast<double>(colour.redF())) + 0.7152 * linear(static_cast<double>(colour.greenF())) +
           0.0722 * linear(static_cast<double>(colour.blueF())) + 0.05;
}

QFontMetrics metrics() { return QFontMetrics(Theme::instance().font(font_size::caption)); }

int widest(const QStringList& names) {
    int out = 0;
    for (const QString& name : names) out = std::max(out, metrics().horizontalAdvance(name));
    return out;
}

// Every so many names have room where one takes `needed` of the `given` pixels.
int stepFor(double needed, double given) {
    return given > 0 ? std::max(1, static_cast<int>(std::ceil(needed / given))) : 1;
}

void write(QPainter& painter, const QRectF& room, const QString& text, Qt::Alignment alignment, const QColor& colour) {
    painter.setPen(colour);
    painter.drawText(room, static_cast<int>(alignment | Qt::AlignVCenter),
                     painter.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(room.width())));
}

}  // namespace

CellMap::CellMap(const QString& title, QWidget* parent) : ChartView(title, parent) {
    setAxes(QString(), 0, 1, QString(), 0, 1);
    for (QAbstractAxis* axis : chart()->axes()) axis->setVisible(false);
    connect(this, &ChartView::clicked, this, [this](double x, double y) {
        if (const auto cell = cellAt(x, y)) Q_EMIT cellClicked(cell->first, cell->second);
    });
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void CellMap::setCells(QStringList rows, QStringList columns, std::vector<Cell> cells, Colours colours) {
    m_rows = std::move(rows);
    m_columns = std::move(columns);
    m_cells = std::move(cells);
    m_colours = std::move(colours);
    setOverlay([this](QPainter& painter, const Mapper& map) { paint(painter, map); });
    setHover([this](double x, double y) {
        const auto cell = m_hover ? cellAt(x, y) : std::nullopt;
        return cell ? m_hover(cell->first, cell->second) : QString();
    });
    mark(-1, -1);
    fitHeight();
}

void CellMap::mark(int row, int column) {
    m_markedRow = row;
    m_markedColumn = column;
    viewport()->update();
}

void CellMap::setCellHeight(int pixels) {
    m_cellHeight = pixels;
    fitHeight();
}

void CellMap::fitHeight() {
    const int lines = 2 * (metrics().height() + space::xs);  // the scale, and names of columns
    setPlotHeight(m_cellHeight > 0 ? m_cellHeight * static_cast<int>(m_rows.size()) + lines : 0);
}

void CellMap::setCellHover(std::function<QString(int row, int column)> text) { m_hover = std::move(text); }

CellMap::Grid CellMap::gridIn(const QRectF& room) const {
    const int line = metrics().height() + space::xs;
    const double names = std::min<double>(widest(m_rows) + 2 * space::xs, kMostNames * room.width());
    Grid out;
    out.cells = room.adjusted(names, 2 * line, 0, 0);
    out.width = out.cells.width() / static_cast<double>(std::max<qsizetype>(1, m_columns.size()));
    out.height = out.cells.height() / static_cast<double>(std::max<qsizetype>(1, m_rows.size()));
    return out;
}

QSizeF CellMap::room() const {
    const QRectF seen = visibleValues(), plot = chart()->plotArea();
    if (!(seen.width() > 0) || !(seen.height() > 0)) return {};
    return {plot.width() / seen.width(), plot.height() / seen.height()};
}

std::optional<std::pair<int, int>> CellMap::cellAt(double x, double y) const {
    const QSizeF all = room();
    if (m_rows.isEmpty() || m_columns.isEmpty() || all.isEmpty()) return std::nullopt;
    const Grid grid = gridIn(QRectF(QPointF(), all));
    const QPointF at(x * all.width(), (1 - y) * all.height());
    if (!grid.cells.contains(at)) return std::nullopt;
    const int row = std::min(static_cast<int>((at.y() - grid.cells.top()) / grid.height),
                             static_cast<int>(m_rows.size()) - 1),
              column = std::min(static_cast<int>((at.x() - grid.cells.left()) / grid.width),
                                static_cast<int>(m_columns.size()) - 1);
    if (!m_cells[static_cast<std::size_t>(row * m_columns.size() + column)].there) return std::nullopt;
    return std::pair(row, column);
}

QPointF CellMap::centreOf(int row, int column) const {
    const QSizeF all = room();
    const QPointF at = gridIn(QRectF(QPointF(), all)).cell(row, column).center();
    return {at.x() / all.width(), 1 - at.y() / all.height()};
}

QColor CellMap::colourOf(double shade) const {
    const Theme& theme = Theme::instance();
    return m_colours.diverging ? theme.diverging(std::clamp(shade, -1.0, 1.0))
                               : theme.sequential(std::clamp(shade, 0.0, 1.0));
}

void CellMap::paint(QPainter& painter, const Mapper& map) const {
    if (m_rows.isEmpty() || m_columns.isEmpty()) return;
    const ThemeColors& colors = Theme::instance().colors();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(Theme::instance().font(font_size::caption));
    const QRectF all(QPointF(map.x(0), map.y(1)), QPointF(map.x(1), map.y(0)));
    const Grid grid = gridIn(all);
    const double gap = std::min(grid.width, grid.height) >= kGapFrom ? 1 : 0;
    for (int row = 0; row < m_rows.size(); ++row)
        for (int column = 0; column < m_columns.size(); ++column) {
            const Cell& cell = m_cells[static_cast<std::size_t>(row * m_columns.size() + column)];
            if (!cell.there) continue;
            const QRectF room = grid.cell(row, column).adjusted(0, 0, -gap, -gap);
            const QColor colour = cell.shade ? colourOf(*cell.shade) : colors.base;
            painter.fillRect(room, colour);
            if (cell.hatched) painter.fillRect(room, QBrush(colors.line, Qt::BDiagPattern));
            if (cell.text.isEmpty() || room.height() < painter.fontMetrics().height()) continue;
            const auto away = [&](const QColor& ink) { return std::abs(std::log(luminous(ink) / luminous(colour))); };
            const QColor& ink = cell.hatched                            ? colors.muted
                                : away(colors.text) > away(colors.base) ? colors.text
                                                                        : colors.base;
            write(painter, room.adjusted(space::xs, 0, -space::xs, 0), cell.text, Qt::AlignHCenter, ink);
        }
    if (m_markedRow >= 0 && m_markedRow < m_rows.size() && m_markedColumn >= 0 && m_markedColumn < m_columns.size()) {
        painter.setBrush(Qt::NoBrush);
        // Set off from cells of nearly its colour.
        for (const auto& [ink, width] :
             {std::pair{colors.base, 2 * kMarkWidth}, std::pair{colors.accent, kMarkWidth}}) {
            painter.setPen(QPen(ink, width));
            painter.drawRect(grid.cell(m_markedRow, m_markedColumn));
        }
    }
    paintNames(painter, grid, all);
    paintScale(painter, grid, all);
}

void CellMap::paintNames(QPainter& painter, const Grid& grid, const QRectF& room) const {
    const ThemeColors& colors = Theme::instance().colors();
    const int rowStep = stepFor(painter.fontMetrics().height(), grid.height),
              columnStep = stepFor(widest(m_columns) + space::xs, grid.width);
    for (int row = 0; row < m_rows.size(); row += rowStep) {
        const QRectF cell = grid.cell(row, 0);
        const double high = std::max<double>(cell.height(), painter.fontMetrics().height());
        write(painter,
              QRectF(room.left() + space::xs, cell.center().y() - high / 2, cell.left() - room.left() - 2 * space::xs,
                     high),
              m_rows[row], Qt::AlignLeft, colors.text);
    }
    for (int column = 0; column < m_columns.size(); column += columnStep) {
        const QRectF cell = grid.cell(0, column);
        const double wide = std::min<double>(cell.width() * columnStep, room.right() - cell.left());
        // One that stands for several begins at its cell.
        const double line = (cell.top() - room.top()) / 2;
        write(painter, QRectF(cell.left(), room.top() + line, wide, line), m_columns[column],
              columnStep == 1 ? Qt::AlignHCenter : Qt::AlignLeft, colors.muted);
    }
}

void CellMap::paintScale(QPainter& painter, const Grid& grid, const QRectF& room) const {
    const ThemeColors& colors = Theme::instance().colors();
    const QFontMetrics words = painter.fontMetrics();
    const QRectF line(grid.cells.left(), room.top(), grid.cells.width(), (grid.cells.top() - room.top()) / 2);
    const double low = words.horizontalAdvance(m_colours.low), high = words.horizontalAdvance(m_colours.high);
    QRectF bar(line.left() + low + space::xs, line.center().y() - kScaleBarHeight / 2.0, kScaleBarWidth,
               kScaleBarHeight);
    for (int x = 0; x < kScaleBarWidth; ++x) {
        const double t = x / (kScaleBarWidth - 1.0);
        painter.fillRect(QRectF(bar.left() + x, bar.top(), 1, bar.height()),
                         colourOf(m_colours.diverging ? 2 * t - 1 : t));
    }
    painter.setPen(colors.line);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar);
    const auto put = [&](double left, double width, const QString& text) {
        write(painter, QRectF(left, line.top(), width + 1, line.height()), text, Qt::AlignLeft, colors.muted);
    };
    put(line.left(), low, m_colours.low);
    put(bar.right() + space::xs, high, m_colours.high);
    if (!m_colours.middle.isEmpty())
        put(bar.right() + 2 * space::xs + high + space::s, words.horizontalAdvance(m_colours.middle), m_colours.middle);
}

}  // namespace dlrm::ui
