// SPDX-License-Identifier: GPL-3.0-or-later
// All embedding tables in a sortable list, and the rows of one of them at any size: norm, heat strip or numbers, go to id, copy.
#pragma once

#include <QPointer>

#include "ui/pages/page.h"
#include "ui/session/session.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;
class QTableView;

namespace dlrm::ui {

class HeatStripDelegate;
class RowView;
class ScaleLegend;
class TableInspector;
class TableListModel;
class TableRowSource;

class TablesPage : public Page {
    Q_OBJECT
public:
    TablesPage(Session& session, QWidget* parent = nullptr);
    ~TablesPage() override;

    QWidget* inspector() override;
    bool goToId() override;
    QString helpText() const override;
    void prepareForRender() override;
    bool isSettled() const override;

protected:
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildList();
    QWidget* buildRows();
    void showModel(const ModelInfoPtr& model);
    void showNothing();
    // Takes the table's rows into view; keeps the position when it is the table already shown and `keepRow`.
    void showTable(int table, bool keepRow = false);
    void showSelection(const Selection& selection);
    void showColumns();
    void showRowInInspector();
    void goToTypedRow();
    void copyRows(qint64 first, qint64 last);
    void copySome();

    ModelInfoPtr m_model;
    int m_table = -1;
    bool m_following = false;  // what changes follows the session, not the user

    bool m_divided = false;    // the splitter got its first sizes

    QSplitter* m_splitter = nullptr;
    TableListModel* m_list = nullptr;
    QTableView* m_listView = nullptr;
    TableRowSource* m_source = nullptr;
    RowView* m_rows = nullptr;
    HeatStripDelegate* m_strip = nullptr;
    QLabel* m_title = nullptr;
    ScaleLegend* m_legend = nullptr;
    QLineEdit* m_goTo = nullptr;
    QLabel* m_goToError = nullptr;
    QPushButton* m_numbers = nullptr;
    QPointer<TableInspector> m_inspector;

    // A copy under way: its rows arrive from the session and are turned into text piece by piece.
    quint64 m_copyToken = 0;
    TableRowsPtr m_copied;
    std::size_t m_copiedRows = 0;
    QString m_copyText;
};

Page* createTablesPage(Session& session, QWidget* parent);

}  // namespace dlrm::ui
