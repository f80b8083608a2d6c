// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of figures with words in front, as slices have them: sortable, copied with Ctrl+C, a click chooses one. What
// does not count is grey and says why.
#pragma once

#include <QAbstractTableModel>
#include <QTableView>

#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace dlrm::ui {

// Drawn about the middle of its column.
struct IntervalBar {
    double value = 0;
    std::optional<double> low, high;
};

struct FigureCell {
    QString text;
    double key = std::numeric_limits<double>::quiet_NaN();  // sorts; copied with all its digits where `copied` is not
    QString copied = {};
    std::optional<IntervalBar> bar = {};  // instead of text
};

struct FigureLine {
    std::vector<FigureCell> cells;      // one a column, the first one's text being what the line is of
    std::function<QString()> tip = {};  // made when it is asked for; none: the first cell's text there
    bool counts = true;                 // else grey
};

struct FigureColumn {
    QString title, tip;
    int characters = 0;  // 0: takes the room that is left
    double middle = 0;   // of bars
};

class FigureTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Role { BarRole = Qt::UserRole + 1, ScaleRole, MiddleRole };  // IntervalBar; half the width of a cell; double
    using QAbstractTableModel::QAbstractTableModel;

    void set(std::vector<FigureColumn> columns, std::vector<FigureLine> lines);
    const std::vector<FigureColumn>& columns() const { return m_columns; }
    // The line of set() that stands in a row; -1: none.
    int lineAt(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    // Stable; what has no figure comes last. column < 0: as they were set.
    void sort(int column, Qt::SortOrder order) override;

private:
    void place();

    std::vector<FigureColumn> m_columns;
    std::vector<FigureLine> m_lines;
    std::vector<int> m_order;     // of the lines
    std::vector<double> m_scale;  // of each column's bars
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::DescendingOrder;
};

class FigureTable : public QTableView {
    Q_OBJECT
public:
    explicit FigureTable(QWidget* parent = nullptr);
    // Sorted as before where the columns are as many as before.
    void setFigures(std::vector<FigureColumn> columns, std::vector<FigureLine> lines);
    FigureTableModel* figures() const { return m_model; }

Q_SIGNALS:
    void chosen(int line);  // clicked alone, or Enter; of setFigures()

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void fitColumns();
    FigureTableModel* m_model = nullptr;
    int m_widestWords = 0;  // pixels of the first column
};

}  // namespace dlrm::ui

Q_DECLARE_METATYPE(dlrm::ui::IntervalBar)
