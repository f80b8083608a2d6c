// SPDX-License-Identifier: GPL-3.0-or-later
// The inner parts of RowView: a model that holds only the rows in the viewport, and a QTableView that hands every
// vertical move to its owner.
#pragma once

#include <QAbstractTableModel>
#include <QBasicTimer>
#include <QTableView>

#include <functional>

class QLabel;

namespace dlrm::ui {

class RowSource;

// Row r of the model is row top() + r of the source. The number of model rows depends on the viewport's height alone,
// so scrolling never inserts or removes rows; a row past the source's end (kept below the viewport's lower edge) is
// empty.
class ViewportModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    void setSource(const RowSource* source);
    void setWindow(qint64 top, int rows);
    void refresh();
    qint64 top() const { return m_top; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    const RowSource* m_source = nullptr;
    QStringList m_columns;
    qint64 m_top = 0;
    qint64 m_sourceRows = 0;
    int m_rows = 0;
};

class ViewportTable : public QTableView {
    Q_OBJECT
public:
    using QTableView::CursorAction;
    // What the owner does on the user's moves. `row` counts from the viewport's top and may lie outside it while
    // dragging.
    struct Owner {
        std::function<void(int row, int column, bool extend, bool add)> pick;  // add: what is selected stays so
        std::function<void(CursorAction move, bool extend)> move;
        std::function<void(double pixels)> scroll;
        std::function<void()> copy;
        std::function<void()> selectAll;
        std::function<void()> resized;
    };

    ViewportTable(Owner owner, QWidget* parent);
    // Pixels of the first row hidden above the upper edge, 0..row height - 1.
    void setPixelOffset(int offset);
    // Above the rows' labels, where a column's title stands.
    void setCornerTitle(const QString& title, const QString& tip);

    void keyboardSearch(const QString&) override {}
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
    void selectAll() override { m_owner.selectAll(); }

protected:
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void timerEvent(QTimerEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void updateGeometries() override;

private:
    int rowAtPixel(int y) const;  // also above and below the viewport
    void applyPixelOffset();
    void placeCornerTitle();

    Owner m_owner;
    QLabel* m_corner = nullptr;
    QBasicTimer m_dragScroll;
    int m_pixelOffset = 0;
    int m_dragY = 0;
    bool m_dragging = false;
};

}  // namespace dlrm::ui
