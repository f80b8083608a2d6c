// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/figure_table.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "ui/models/cell_delegate.h"
#include "ui/models/copied_lines.h"
#include "ui/pages/parts.h"
#include "ui/widgets/plain_text.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kFewestWordCharacters = 16;
constexpr qsizetype kNearlyLongest = 4;  // characters: how much shorter a text may be and still be the widest
constexpr int kMostMeasured = 200;
constexpr double kArrow = 4;  // pixels

// Text, or a bar from the middle with its interval as a thin line.
class FigureDelegate : public CellDelegate {
public:
    using CellDelegate::CellDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        CellDelegate::paint(painter, option, index);
        const QVariant drawn = index.data(FigureTableModel::BarRole);
        if (!drawn.isValid()) return;
        const auto bar = drawn.value<IntervalBar>();
        const double scale = index.data(FigureTableModel::ScaleRole).toDouble(),
                     middle = index.data(FigureTableModel::MiddleRole).toDouble();
        const QRectF room = QRectF(option.rect).adjusted(space::s, space::xs, -space::s, -space::xs);
        const auto at = [&](double x) {
            return room.center().x() + room.width() / 2 * std::clamp((x - middle) / scale, -1.0, 1.0);
        };
        const QVariant grey = index.data(Qt::ForegroundRole);
        const QColor colour = grey.isValid() ? grey.value<QColor>() : Theme::instance().series(0);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing, false);
        painter->fillRect(QRectF(QPointF(std::min(at(bar.value), at(middle)), room.top()),
                                 QPointF(std::max(at(bar.value), at(middle)), room.bottom())),
                          colour);
        painter->setPen(Theme::instance().colors().text);
        if (bar.low && bar.high)
            painter->drawLine(QPointF(at(*bar.low), room.center().y()), QPointF(at(*bar.high), room.center().y()));
        // An arrow where it goes on outside.
        const QPointF tip(0, room.center().y());
        for (const double end : {bar.low.value_or(bar.value), bar.high.value_or(bar.value)}) {
            if (std::abs(end - middle) <= scale) continue;
            const double x = at(end), back = end < middle ? kArrow : -kArrow;
            for (const double side : {-kArrow, kArrow})
                painter->drawLine(tip + QPointF(x, 0), tip + QPointF(x + back, side));
        }
        painter->setPen(Theme::instance().colors().muted);
        painter->drawLine(QPointF(at(middle), room.top()), QPointF(at(middle), room.bottom()));
        painter->restore();
    }
};

int figureWidth(int characters) {
    return QFontMetrics(Theme::instance().monospace()).horizontalAdvance(QLatin1Char('0')) * characters + 2 * space::s;
}

}  // namespace

void FigureTableModel::set(std::vector<FigureColumn> columns, std::vector<FigureLine> lines) {
    beginResetModel();
    if (columns.size() != m_columns.size()) m_sortColumn = -1;
    m_columns = std::move(columns);
    m_lines = std::move(lines);
    m_scale.assign(m_columns.size(), 0);
    for (const FigureLine& line : m_lines)
        for (std::size_t c = 0; c < m_columns.size(); ++c)
            if (const auto& bar = line.cells[c].bar; line.counts && bar)
                for (const double end : {bar->value, bar->low.value_or(bar->value), bar->high.value_or(bar->value)})
                    m_scale[c] = std::max(m_scale[c], std::abs(end - m_columns[c].middle));
    for (double& scale : m_scale)
        if (scale == 0) scale = 1;
    place();
    endResetModel();
}

int FigureTableModel::lineAt(int row) const {
    return row >= 0 && row < rowCount() ? m_order[static_cast<std::size_t>(row)] : -1;
}

int FigureTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int FigureTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant FigureTableModel::data(const QModelIndex& index, int role) const {
    const int number = index.isValid() ? lineAt(index.row()) : -1;
    if (number < 0) return {};
    const FigureLine& line = m_lines[static_cast<std::size_t>(number)];
    const auto column = static_cast<std::size_t>(index.column());
    const FigureCell& cell = line.cells[column];
    switch (role) {
        case Qt::DisplayRole:
            return cell.text;
        case kCopyRole:
            if (!cell.copied.isEmpty()) return cell.copied;
            return std::isnan(cell.key) ? QVariant(column == 0 ? cell.text : QString()) : QVariant(cell.key);
        case Qt::ToolTipRole:
            return asToolTip(line.tip ? line.tip() : column == 0 ? cell.text : QString());
        case Qt::ForegroundRole:
            return line.counts ? QVariant() : QVariant(Theme::instance().colors().muted);
        case Qt::TextAlignmentRole:
            return QVariant((column == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        case Qt::FontRole: {
            const Theme& theme = Theme::instance();
            QFont font = column == 0 ? theme.font(font_size::body) : theme.monospace(font_size::body);
            font.setItalic(!line.counts);
            return font;
        }
        case BarRole:
            return cell.bar ? QVariant::fromValue(*cell.bar) : QVariant();
        case ScaleRole:
            return m_scale[column];
        case MiddleRole:
            return m_columns[column].middle;
        default:
            return {};
    }
}

QVariant FigureTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    const FigureColumn& column = m_columns[static_cast<std::size_t>(section)];
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) return column.tip;
    if (role == kCopyRole) return column.title;
    if (role != Qt::DisplayRole) return {};
    if (section != m_sortColumn) return column.title;
    return column.title + (m_sortOrder == Qt::AscendingOrder ? QStringLiteral(" ▴") : QStringLiteral(" ▾"));
}

void FigureTableModel::place() {
    m_order.resize(m_lines.size());
    std::iota(m_order.begin(), m_order.end(), 0);
    if (m_sortColumn < 0) return;
    const auto cellOf = [this](int line) -> const FigureCell& {
        return m_lines[static_cast<std::size_t>(line)].cells[static_cast<std::size_t>(m_sortColumn)];
    };
    const bool rises = m_sortOrder == Qt::AscendingOrder;
    std::stable_sort(m_order.begin(), m_order.end(), [&](int a, int b) {
        const FigureCell &x = cellOf(a), &y = cellOf(b);
        if (m_sortColumn == 0) return rises ? x.text < y.text : y.text < x.text;
        if (std::isnan(x.key) || std::isnan(y.key)) return !std::isnan(x.key) && std::isnan(y.key);
        return rises ? x.key < y.key : y.key < x.key;
    });
}

void FigureTableModel::sort(int column, Qt::SortOrder order) {
    m_sortColumn = column < columnCount() ? column : -1;
    m_sortOrder = order;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<int> lines;
    for (const QModelIndex& i : before) lines.push_back(lineAt(i.row()));
    place();
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        const auto found = std::find(m_order.begin(), m_order.end(), lines[static_cast<std::size_t>(i)]);
        after << index(static_cast<int>(found - m_order.begin()), before[i].column());
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
    if (columnCount() > 0) Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
}

FigureTable::FigureTable(QWidget* parent) : QTableView(parent), m_model(new FigureTableModel(this)) {
    setModel(m_model);
    styleList(*this);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setItemDelegate(new FigureDelegate(this));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    copyLinesOf(*this);
    horizontalHeader()->setSortIndicator(-1, Qt::DescendingOrder);
    horizontalHeader()->setSortIndicatorClearable(true);  // a third click: as they came
    setSortingEnabled(true);
    horizontalHeader()->setSortIndicatorShown(false);  // the titles carry it, right behind the word
    horizontalHeader()->setMinimumSectionSize(1);
    connect(this, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (QApplication::keyboardModifiers() == Qt::NoModifier) Q_EMIT chosen(m_model->lineAt(index.row()));
    });
    connect(&Theme::instance(), &Theme::changed, this, &FigureTable::fitColumns);
}

void FigureTable::setFigures(std::vector<FigureColumn> columns, std::vector<FigureLine> lines) {
    const QFontMetrics metrics(Theme::instance().font(font_size::body));
    // Of thousands of lines only some of the longest are measured: laying out a text takes microseconds.
    qsizetype longest = 0;
    for (const FigureLine& line : lines) longest = std::max(longest, line.cells.front().text.size());
    m_widestWords = 0;
    int measured = 0;
    for (const FigureLine& line : lines) {
        const QString& words = line.cells.front().text;
        if (words.size() + kNearlyLongest < longest || ++measured > kMostMeasured) continue;
        m_widestWords = std::max(m_widestWords, metrics.horizontalAdvance(words) + 3 * space::s);
    }
    m_model->set(std::move(columns), std::move(lines));
    fitColumns();
}

void FigureTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

void FigureTable::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (const int line = m_model->lineAt(currentIndex().row()); enter && line >= 0) return Q_EMIT chosen(line);
    QTableView::keyPressEvent(event);
}

// The first columns are the most wanted: what does not fit any more is left out. What words do not need widens the
// figures, so that they stand near.
void FigureTable::fitColumns() {
    const int leastWords = figureWidth(kFewestWordCharacters);
    int left = viewport()->width() - leastWords;
    bool fits = true;
    std::vector<std::pair<int, int>> shown;  // columns of figures with their widths
    for (int c = 0; c < m_model->columnCount(); ++c) {
        const int characters = m_model->columns()[static_cast<std::size_t>(c)].characters;
        if (characters == 0) {
            horizontalHeader()->setSectionResizeMode(c, QHeaderView::Stretch);
            continue;
        }
        const int width = figureWidth(characters);
        fits = fits && width <= left;
        setColumnHidden(c, !fits);
        if (!fits) continue;
        left -= width;
        shown.emplace_back(c, width);
    }
    const int over = std::max(0, left - std::max(0, m_widestWords - leastWords)),
              each = shown.empty() ? 0 : over / static_cast<int>(shown.size());
    for (const auto& [column, width] : shown) {
        horizontalHeader()->setSectionResizeMode(column, QHeaderView::Fixed);
        setColumnWidth(column, width + each);
    }
}

}  // namespace dlrm::ui
