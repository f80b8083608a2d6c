// SPDX-License-Identifier: GPL-3.0-or-later
// Rows tab: the grid over any number of rows; sort, filter, go to id, copy, export.
#pragma once

#include <QHash>

#include <optional>

#include "ui/models/table_row_source.h"
#include "ui/pages/tables/tab.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;

namespace dlrm::ui {

class HeatStripDelegate;
class RowView;
class ScaleLegend;
class TableQueryBar;

class TableRowsTab : public TableTab {
    Q_OBJECT
public:
    explicit TableRowsTab(Session& session, QWidget* parent = nullptr);
    ~TableRowsTab() override;

    bool isSettled() const override;
    bool goToId();
    void showFilter();
    void sortBy(RowKey key);
    enum class Exported { Selected, All };  // Selected: all rows of the view where none is selected
    // Ctrl+E: asks for a file under a title that says how many rows of which table. Blocks in the dialog; what may be
    // large waits for a few of its rows first, to say how large.
    void chooseExport(Exported what = Exported::Selected);
    // What a table was sorted and filtered by before it is shown again.
    void forgetQuery(const QString& table) { m_queries.remove(table); }
    void exportTo(const QString& path, Exported what = Exported::Selected);
    // The selected rows, or the current one, to the clipboard; titles: their line first.
    void copy(bool titles = true);
    // Only these rows (ascending ids), said in words; null: all again.
    void setAmong(IdsPtr ids, const QString& words);
    // Moves to the row, where the view has it.
    void showRow(qint64 id);
    qint64 currentId() const;
    std::optional<TableRowSource::Row> currentRow() const;
    // The scale that is held for all rows; 0: none is.
    float heldScale() const { return m_source->scaleMode() == TableRowSource::ScaleMode::Held ? m_source->scale() : 0; }
    void retry() { m_source->retry(); }

Q_SIGNALS:
    void currentChanged(qint64 id);  // -1: none
    void rowLoaded();                // what is visible, or its scale or whether that is held, changed
    void amongCleared();             // the rows that setAmong() chose are no longer the only ones
    // From the context menu, of the current row.
    void pinRequested();
    void neighborsRequested();

protected:
    void refresh() override;
    void forget() override;

private:
    QWidget* buildTools();
    void buildGrid();
    void takeKnown();
    void showColumns();
    void layOutColumns();
    void applyQuery();
    // How this table was sorted and filtered last, while its checkpoint is open; null: no table.
    RowQuery* keptQuery();
    void showOrder(const GridOrderPtr& order);
    void describeQuery();
    // The query in the bar is not that of the rows shown, and nothing is on its way: it was refused or cancelled.
    bool isRefused() const;
    QString queryWords() const;  // how the rows shown were chosen and ordered; empty: all in order
    void goToTypedRow();
    void showMenu(const QPoint& position);
    void addExports(QMenu& menu);
    qint64 selectedRows() const;
    template <class Id>
    std::vector<Id> selectedIds() const;
    GridOrderPtr inOrder(std::vector<std::uint32_t> ids) const;  // as a whole order of this table
    qint64 exportedRows(Exported what) const;
    QString exportTitle(Exported what) const;
    void saySize(qint64 bytes);  // of text; then as askWhere()
    void askWhere(Exported what);
    // At most so many ids, from all over what is exported.
    std::vector<std::int64_t> someExported(Exported what, qint64 most) const;
    void copySome();

    TableRowSource* m_source = nullptr;
    RowView* m_rows = nullptr;
    HeatStripDelegate* m_strip = nullptr;
    QWidget* m_scale = nullptr;  // what the colours stand for: the legend, and whose values
    ScaleLegend* m_legend = nullptr;
    QComboBox* m_scaleMode = nullptr;
    QLineEdit* m_goTo = nullptr;
    QLabel *m_goToError = nullptr, *m_status = nullptr;
    QPushButton *m_numbers = nullptr, *m_filter = nullptr, *m_export = nullptr;
    TableQueryBar* m_bar = nullptr;
    QString m_queriesOf;                 // path of the checkpoint
    QHash<QString, RowQuery> m_queries;  // by names of tables
    bool m_following = false;
    qint64 m_hidden = -1;  // the current row where the order has not reached it, or leaves it out

    IdsPtr m_among;
    QString m_amongWords;
    GridOrderPtr m_order;
    quint64 m_orderToken = 0, m_shownToken = 0;  // of the newest query, and of the one whose rows are shown
    QString m_shownWords;                        // of that one
    bool m_ordering = false;

    // An export whose size is said once some of its rows are there.
    quint64 m_sizeToken = 0;
    Exported m_sized = Exported::All;

    // A copy under way: its rows arrive from the session and are turned into text piece by piece.
    quint64 m_copyToken = 0;
    TableRowsPtr m_copied;
    std::size_t m_copiedRows = 0;
    QString m_copyText;
};

}  // namespace dlrm::ui
