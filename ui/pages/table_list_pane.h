// SPDX-License-Identifier: GPL-3.0-or-later
// The list of tables at the left of the Tables page: as many columns as have room and something to say, all of them when it has the whole page.
#pragma once

#include <QWidget>

#include "ui/session/table_analysis.h"

class QPushButton;
class QTableView;

namespace dlrm::ui {

class TableListModel;

class TableListPane : public QWidget {
    Q_OBJECT
public:
    static constexpr int kWidth = 420, kNarrowest = 272;

    explicit TableListPane(Session& session, QWidget* parent = nullptr);
    void setModel(const ModelInfoPtr& model);  // null: none
    void setCurrent(int table);
    QTableView* view() const { return m_view; }
    bool isWide() const;
    void setWide(bool on);

Q_SIGNALS:
    void tableChosen(int table);
    void tableActivated(int table);  // double click or Enter
    void wideChanged(bool on);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fitColumns();

    Session& m_session;
    TableListModel* m_list = nullptr;
    QTableView* m_view = nullptr;
    QPushButton* m_wide = nullptr;
    bool m_following = false;
};

}  // namespace dlrm::ui
