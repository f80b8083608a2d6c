// SPDX-License-Identifier: GPL-3.0-or-later
// The panels that open in the form of a sample row: the sweep of a field under it, and the smallest changes that cross
// a threshold above all fields. What they show is told; what is clicked is asked for.
#pragma once

#include <QFrame>

#include <vector>

#include "ui/pages/samples/what_if_lists.h"

class QBoxLayout;
class QComboBox;
class QLabel;
class QPushButton;
class QTableView;

namespace dlrm::ui {

class FlowLayout;
class PairChart;
class ProbabilityBox;
class SweepChart;

class WhatIfPanel : public QFrame {
    Q_OBJECT
public:
    WhatIfPanel(const QString& title, QWidget* parent);

    // failure: why there are no more, empty: there is none.
    void setFacts(const QString& facts, const QString& failure);
    // While it runs its button stops it, else it asks once more.
    void setRunning(bool running);
    void setList(std::vector<WhatIfList::Column> columns, std::vector<WhatIfList::Row> rows);

Q_SIGNALS:
    void closeRequested();
    void stopRequested();
    void againRequested();
    void chosen(int field, const QString& token);

protected:
    void resizeEvent(QResizeEvent* event) override;
    // `what`: what the list is called.
    void addList(const QString& what);
    void addAction(QWidget* action);
    QBoxLayout* body() const { return m_body; }
    // Without the list, and as high as a map of pairs needs.
    void setMapped(bool on);

private:
    void fit();

    FlowLayout* m_head = nullptr;
    QBoxLayout* m_body = nullptr;
    QLabel* m_failure = nullptr;
    QLabel* m_facts = nullptr;
    QPushButton* m_run = nullptr;
    WhatIfList* m_list = nullptr;
    QTableView* m_view = nullptr;  // of m_list
    bool m_running = false, m_mapped = false;
};

class SweepPanel : public WhatIfPanel {
    Q_OBJECT
public:
    // names: of all fields, field: the place of the one that is swept.
    SweepPanel(const QStringList& names, int field, bool numerical, QWidget* parent);
    SweepChart* chart() const { return m_chart; }
    PairChart* pairs() const { return m_pairs; }
    // Shows the map of pairs instead of the sweep and its list.
    void showPairs(bool on);
    void setExportable(bool on);
    void chooseSecond(int field);

Q_SIGNALS:
    void exportRequested();
    // A second field that is changed with the first; -1: none.
    void secondChosen(int field);

private:
    SweepChart* m_chart = nullptr;
    PairChart* m_pairs = nullptr;
    QComboBox* m_second = nullptr;
    QPushButton* m_export = nullptr;
};

class ChangesPanel : public WhatIfPanel {
    Q_OBJECT
public:
    explicit ChangesPanel(QWidget* parent);
    void setThreshold(double threshold);

Q_SIGNALS:
    void thresholdChosen(double threshold);
    void clickRateChosen();
    void refused(const QString& typed);

private:
    ProbabilityBox* m_threshold = nullptr;
};

}  // namespace dlrm::ui
