// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/viewport_table.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <utility>

#include "ui/models/row_view.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kDragScrollMilliseconds = 30;
constexpr int kWheelNotch = 120;  // eighths of a degree

}  // namespace

void ViewportModel::setSource(const RowSource* source) {
    beginResetModel();
    m_source = source;
    m_columns = source ? source->columns() : QStringList();
    m_sourceRows = source ? source->rowCount() : 0;
    m_top = 0;
    m_rows = 0;
    endResetModel();
}

void ViewportModel::setWindow(qint64 top, int rows) {
    if (rows > m_rows) {
        beginInsertRows({}, m_rows, rows - 1);
        m_rows = rows;
        endInsertRows();
    } else if (rows < m_rows) {
        beginRemoveRows({}, rows, m_rows - 1);
        m_rows = rows;
        endRemoveRows();
    }
    if (top == m_top) return;
    m_top = top;
    refresh();
}

void ViewportModel::refresh() {
    if (m_source) m_sourceRows = m_source->rowCount();
    if (m_rows == 0 || m_columns.isEmpty()) return;
    Q_EMIT dataChanged(index(0, 0), index(m_rows - 1, static_cast<int>(m_columns.size()) - 1));
    Q_EMIT headerDataChanged(Qt::Vertical, 0, m_rows - 1);
}

int ViewportModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : m_rows; }

int ViewportModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant ViewportModel::data(const QModelIndex& index, int role) const {
    if (!m_source || !index.isValid() || m_top + index.row() >= m_sourceRows) return {};
    const QVariant value = m_source->data(m_top + index.row(), index.column(), role);
    // Stripes belong to the rows, not to the viewport: they move with the rows.
    if (role == Qt::BackgroundRole && !value.isValid() && ((m_top + index.row()) & 1))
        return QApplication::palette().brush(QPalette::AlternateBase);
    return value;
}

QVariant ViewportModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (!m_source || section < 0) return {};
    if (orientation == Qt::Horizontal) {
        if (section >= m_columns.size()) return {};
        if (role == Qt::DisplayRole) return m_columns.at(section);
        if (role == Qt::ToolTipRole) return m_source->columnTip(section);
        // A title stands where its column's cells stand.
        if (role == Qt::TextAlignmentRole && m_sourceRows > 0) return m_source->data(m_top, section, role);
        return {};
    }
    if (section >= m_rows || m_top + section >= m_sourceRows) return {};
    if (role == Qt::DisplayRole) return m_source->rowLabel(m_top + section);
    if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

Qt::ItemFlags ViewportModel::flags(const QModelIndex& index) const {
    if (!index.isValid() || m_top + index.row() >= m_sourceRows) return Qt::NoItemFlags;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

ViewportTable::ViewportTable(Owner owner, QWidget* parent) : QTableView(parent), m_owner(std::move(owner)) {
    m_corner = new QLabel(this);
    m_corner->setObjectName(QStringLiteral("idTitle"));
    m_corner->setTextFormat(Qt::PlainText);
    m_corner->setProperty("muted", true);
    m_corner->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_corner->setContentsMargins(0, 0, space::s, 0);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(NoSelection);  // the owner selects; the view only draws what it is told
    setSelectionBehavior(SelectRows);
    setEditTriggers(NoEditTriggers);
    setAutoScroll(false);
    setTabKeyNavigation(false);
    setCornerButtonEnabled(false);
    setWordWrap(false);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    QHeaderView* rows = verticalHeader();
    rows->setSectionResizeMode(QHeaderView::Fixed);
    rows->setHighlightSections(false);
    horizontalHeader()->setHighlightSections(false);
    connect(rows, &QHeaderView::sectionPressed, this, [this](int row) {
        m_owner.pick(row, -1, QApplication::keyboardModifiers().testFlag(Qt::ShiftModifier),
                     QApplication::keyboardModifiers().testFlag(Qt::ControlModifier));
    });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        if (value != m_pixelOffset) applyPixelOffset();
    });
}

void ViewportTable::setPixelOffset(int offset) {
    m_pixelOffset = offset;
    applyPixelOffset();
}

void ViewportTable::setCornerTitle(const QString& title, const QString& tip) {
    m_corner->setFont(horizontalHeader()->font());
    m_corner->setText(title);
    m_corner->setToolTip(tip);
    placeCornerTitle();
}

void ViewportTable::placeCornerTitle() {
    m_corner->setGeometry(0, 0, verticalHeader()->width(), horizontalHeader()->height());
}

void ViewportTable::applyPixelOffset() {
    const int value = std::min(m_pixelOffset, verticalScrollBar()->maximum());
    if (verticalScrollBar()->value() != value) verticalScrollBar()->setValue(value);
}

void ViewportTable::updateGeometries() {
    QTableView::updateGeometries();
    placeCornerTitle();
    applyPixelOffset();
}

// Vertical position belongs to the owner; only a column may be brought into view here.
void ViewportTable::scrollTo(const QModelIndex& index, ScrollHint) {
    if (!index.isValid()) return;
    const int left = columnViewportPosition(index.column());
    const int right = left + columnWidth(index.column());
    QScrollBar* bar = horizontalScrollBar();
    if (left < 0 || columnWidth(index.column()) > viewport()->width()) bar->setValue(bar->value() + left);
    else if (right > viewport()->width()) bar->setValue(bar->value() + right - viewport()->width());
}

QModelIndex ViewportTable::moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) {
    m_owner.move(action, modifiers.testFlag(Qt::ShiftModifier));
    return currentIndex();
}

void ViewportTable::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return m_owner.copy();
    if (event->matches(QKeySequence::SelectAll)) return m_owner.selectAll();
    static constexpr std::pair<int, CursorAction> kMoves[] = {
        {Qt::Key_Up, MoveUp},         {Qt::Key_Down, MoveDown},
        {Qt::Key_PageUp, MovePageUp}, {Qt::Key_PageDown, MovePageDown},
        {Qt::Key_Home, MoveHome},     {Qt::Key_End, MoveEnd},
        {Qt::Key_Left, MoveLeft},     {Qt::Key_Right, MoveRight}};
    const bool otherModifier = event->modifiers() & (Qt::AltModifier | Qt::MetaModifier);
    for (const auto& [key, move] : kMoves)
        if (key == event->key() && !otherModifier)
            return m_owner.move(move, event->modifiers().testFlag(Qt::ShiftModifier));
    event->ignore();
}

void ViewportTable::wheelEvent(QWheelEvent* event) {
    const QPoint angle = event->angleDelta();
    if (std::abs(angle.x()) > std::abs(angle.y()) || event->modifiers().testFlag(Qt::ShiftModifier))
        return QTableView::wheelEvent(event);
    const int rowHeight = verticalHeader()->defaultSectionSize();
    const double pixels = event->pixelDelta().isNull() ? static_cast<double>(angle.y()) / kWheelNotch *
                                                             QApplication::wheelScrollLines() * rowHeight
                                                       : event->pixelDelta().y();
    m_owner.scroll(-pixels);
    event->accept();
}

int ViewportTable::rowAtPixel(int y) const {
    const int height = verticalHeader()->defaultSectionSize();
    const int offset = y + verticalScrollBar()->value();
    return offset >= 0 ? offset / height : -1 - (-offset - 1) / height;
}

void ViewportTable::mousePressEvent(QMouseEvent* event) {
    setFocus(Qt::MouseFocusReason);
    if (event->button() != Qt::LeftButton && event->button() != Qt::RightButton) return;
    const int y = static_cast<int>(event->position().y());
    const int row = rowAtPixel(y);
    if (row >= model()->rowCount()) return;
    if (event->button() == Qt::RightButton && selectionModel()->isRowSelected(row)) return;
    m_owner.pick(row, columnAt(static_cast<int>(event->position().x())), event->modifiers().testFlag(Qt::ShiftModifier),
                 event->button() == Qt::LeftButton && event->modifiers().testFlag(Qt::ControlModifier));
    m_dragging = event->button() == Qt::LeftButton;
    event->accept();
}

void ViewportTable::mouseMoveEvent(QMouseEvent* event) {
    if (!m_dragging || !event->buttons().testFlag(Qt::LeftButton)) return QTableView::mouseMoveEvent(event);
    m_dragY = static_cast<int>(event->position().y());
    const bool outside = m_dragY < 0 || m_dragY >= viewport()->height();
    if (outside && !m_dragScroll.isActive()) m_dragScroll.start(kDragScrollMilliseconds, this);
    if (!outside) {
        m_dragScroll.stop();
        m_owner.pick(rowAtPixel(m_dragY), -1, true, false);
    }
}

void ViewportTable::mouseReleaseEvent(QMouseEvent* event) {
    m_dragging = false;
    m_dragScroll.stop();
    event->accept();
}

// The first press picked the row; Qt would do it again in its own way.
void ViewportTable::mouseDoubleClickEvent(QMouseEvent* event) { event->accept(); }

void ViewportTable::timerEvent(QTimerEvent* event) {
    if (event->timerId() != m_dragScroll.timerId()) return QTableView::timerEvent(event);
    const int distance = m_dragY < 0 ? m_dragY : m_dragY - viewport()->height() + 1;
    m_owner.scroll(distance);
    m_owner.pick(rowAtPixel(std::clamp(m_dragY, 0, viewport()->height() - 1)), -1, true, false);
}

void ViewportTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    m_owner.resized();
}

}  // namespace dlrm::ui
