// SPDX-License-Identifier: GPL-3.0-or-later
// The list of tables at the left of the Tables page: as many columns as have room and something to say, all of them
// when it has the whole page.
#pragma once

#include <QWidget>

#include "ui/session/table_analysis.h"

class QPushButton;
class QTableView;
class QTimer;
class QToolButton;

namespace dlrm::ui {

class TableListModel;

class TableListPane : public QWidget {
    Q_OBJECT
public:
    static constexpr int kWidth = 560, kNarrowest = 272;

    explicit TableListPane(Session& session, QWidget* parent = nullptr);
    void setModel(const ModelInfoPtr& model);  // null: none
    void setCurrent(int table);
    QTableView* view() const { return m_view; }
    bool isWide() const;
    void setWide(bool on);
    // Ctrl+C: the selected lines with all that is known of them; one line or none selected: the whole list.
    void copy();
    // .csv or .tsv. False: it cannot be written.
    bool exportTo(const QString& path);

Q_SIGNALS:
    void tableChosen(int table);
    void tableActivated(int table);  // double click or Enter
    void wideChanged(bool on);
    void noticed(const QString& text);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fitColumns();
    void sortAgain();        // by the same column: what it shows may have become known
    int rowDigits() const;   // characters of the longest number of rows
    int widestName() const;  // pixels of a column that cuts no name
    void chooseExport();
    void showMenu(const QPoint& position);
    std::vector<int> selectedLines() const;

    Session& m_session;
    TableListModel* m_list = nullptr;
    QTableView* m_view = nullptr;
    QPushButton* m_wide = nullptr;
    QToolButton* m_export = nullptr;
    QTimer* m_sortSoon = nullptr;  // statistics of many tables arrive at once
    QString m_path;                // of the model whose tables are listed; empty: none
    bool m_following = false;
};

}  // namespace dlrm::ui
