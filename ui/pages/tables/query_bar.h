// SPDX-License-Identifier: GPL-3.0-or-later
// How the grid's rows are sorted and filtered: a bar of choices that says one RowQuery.
#pragma once

#include <QWidget>

#include "core/analysis/tables/row_query.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace dlrm::ui {

class TableQueryBar : public QWidget {
    Q_OBJECT
public:
    explicit TableQueryBar(QWidget* parent = nullptr);

    const RowQuery& query() const { return m_query; }
    // Rows by id, all of them.
    bool isPlain() const;
    // Some rows are left out.
    bool filters() const;
    // By this key; again by the same turns the order round.
    void sortBy(RowKey key);
    void setQuery(const RowQuery& query);
    void clear() { setQuery({}); }
    // Hits need a counted dataset.
    void setHitsKnown(bool known);
    void focusFilter();
    // "trained, norm 0.5 … 1.2, by hits, largest first"; empty when plain.
    QString words() const;

Q_SIGNALS:
    void changed();
    void entered();  // Return in a number, whether it is another one or not
    void cleared();  // by its button: whatever else limits the rows goes too

private:
    void read();
    void show();

    RowQuery m_query;
    QComboBox *m_key = nullptr, *m_state = nullptr, *m_quantity = nullptr;
    QPushButton* m_direction = nullptr;
    QLineEdit *m_low = nullptr, *m_high = nullptr;
    QLabel* m_error = nullptr;
    bool m_showing = false;
};

}  // namespace dlrm::ui
