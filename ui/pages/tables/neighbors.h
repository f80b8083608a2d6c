// SPDX-License-Identifier: GPL-3.0-or-later
// Nearest rows of the current row, found on demand over the whole table, as links.
#pragma once

#include <QWidget>

#include "ui/session/table_analysis.h"

class QComboBox;
class QGridLayout;
class QLabel;
class QPushButton;

namespace dlrm::ui {

class TableNeighbors : public QWidget {
    Q_OBJECT
public:
    explicit TableNeighbors(Session& session, QWidget* parent = nullptr);
    // row < 0: none.
    void setRow(int table, const TableSpec& spec, qint64 row);
    // Asks for the current row's neighbours now.
    void find();
    bool isSettled() const { return !m_asked; }

Q_SIGNALS:
    void rowRequested(qint64 row);

private:
    void show(const NeighborsPtr& found);
    void clearList();
    void say(const QString& text);

    Session& m_session;
    QComboBox* m_metric = nullptr;
    QPushButton* m_find = nullptr;
    QGridLayout* m_list = nullptr;
    QLabel* m_words = nullptr;
    int m_table = -1;
    qint64 m_row = -1;
    std::int64_t m_bytes = 0;
    quint64 m_token = 0;
    bool m_asked = false;
    bool m_wanted = false;  // the user asked once: small tables follow the current row from then on
};

}  // namespace dlrm::ui
