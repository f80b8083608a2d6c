// SPDX-License-Identifier: GPL-3.0-or-later
// A table view over any number of rows (tested at 290 million and at 3): its model holds only the visible rows, an
// outer scroll bar counts rows, and selection, current row, copy and go-to work on 64-bit row ids. See HACKING.md for
// why QTableView alone does not do.
#pragma once

#include <QString>
#include <QStringList>
#include <QVariant>
#include <QWidget>

#include <functional>
#include <memory>
#include <vector>

class QAbstractItemDelegate;
class QTableView;

namespace dlrm::ui {

// Where the rows come from. Called on the GUI thread for visible rows only.
class RowSource {
public:
    virtual ~RowSource() = default;
    virtual qint64 rowCount() const = 0;
    virtual QStringList columns() const = 0;
    // Display text or custom-role data of a cell; an invalid QVariant while the row is not loaded yet.
    virtual QVariant data(qint64 row, int column, int role) const = 0;
    // What a column's title means, as a tool tip; empty: nothing.
    virtual QString columnTip(int) const { return {}; }
    // Title of the rows' labels, and what it means.
    virtual QString labelTitle() const { return {}; }
    virtual QString labelTip() const { return {}; }
    // Vertical header of a row (its true id).
    virtual QString rowLabel(qint64 row) const = 0;
    // The widest label any row may have: the header is as wide as this one. The last row's, where labels grow with the
    // rows; another where rows are sorted.
    virtual QString widestLabel() const { return rowCount() > 0 ? rowLabel(rowCount() - 1) : QString(); }
    // Rows [first, first + count) became visible: load them if need be, then call RowView::rowsChanged().
    virtual void rowsVisible(qint64 first, int count) = 0;
};

class RowView : public QWidget {
    Q_OBJECT
public:
    explicit RowView(QWidget* parent = nullptr);
    ~RowView() override;

    // Not owned; null clears. Resets position and selection.
    void setSource(RowSource* source);
    void rowsChanged();         // repaint what is visible
    QTableView* table() const;  // for delegates, column widths, header

    qint64 currentRow() const;  // -1: none
    void setCurrentRow(qint64 row, bool scrollTo = true);
    qint64 firstVisibleRow() const;
    void setFirstVisibleRow(qint64 row);  // or the nearest possible
    int visibleRowCount() const;
    // "1234567", "1,234,567", "50%", "end"; false when it is none of these or outside.
    bool goTo(const QString& text);
    // The range that was chosen last, as [first, last], {-1, -1} when none. Shift and mouse extend it.
    std::pair<qint64, qint64> selectedRange() const;
    // All selected rows: that range and those that Ctrl+click left standing, ascending, neither touching nor
    // overlapping each other.
    std::vector<std::pair<qint64, qint64>> selectedRanges() const;
    // TSV with a header line; at most 1,000,000 cells and loaded rows only, else an empty string and `message` says so.
    QString copyText(QString* message = nullptr) const;
    // What Ctrl+C does with the selected rows instead of putting copyText() on the clipboard, for sources whose rows
    // load on demand.
    void setCopyHandler(std::function<void()> handler);

Q_SIGNALS:
    void currentRowChanged(qint64 row);
    void copyRefused(QString message);  // Ctrl+C could not copy, and why

protected:
    void resizeEvent(QResizeEvent*) override;
    void changeEvent(QEvent*) override;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm::ui
