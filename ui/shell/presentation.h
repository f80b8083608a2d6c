// SPDX-License-Identifier: GPL-3.0-or-later
// Present: scenarios one by one on the full screen, for people who do not know what a logit is: the chance of a click,
// what was changed, and the five strongest reasons. Nothing else, and nothing smaller than font_size::presented.
#pragma once

#include <QWidget>

#include <vector>

#include "ui/session/desks/scenario_desk.h"

class QLabel;
class QVBoxLayout;

namespace dlrm::ui {

// "18.7 %"; of less than 1 % as many digits as say something.
QString chanceText(double probability);

// A window of its own. Right, Down, Space and Page Down go on, Left, Up and Page Up back, Home and End to either end;
// Esc and F5 close it. Scenarios that do not fit what is open are passed over.
class Presentation : public QWidget {
    Q_OBJECT
public:
    // How many scenarios fit what is open now.
    static int count(const ScenarioDesk& desk);

    // index: of the scenario to begin with; where that does not fit, the next one that does. REQUIRES: count() > 0.
    Presentation(Session& session, int index, QWidget* parent = nullptr);

    int index() const { return m_fitting.isEmpty() ? -1 : m_fitting[m_at]; }  // of the scenario that is shown
    bool isSettled() const { return !m_waiting; }                             // what it shows stays

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void step(int by);
    void ask();
    void head();  // what is known of the scenario without a prediction, together with which it is shown
    void tell(const ScenarioResult& result);
    void say(const QString& sentence);  // instead of a prediction
    void fill(QVBoxLayout* column, const QList<QWidget*>& widgets);
    void fit();  // as high as its words need, scrolled where that is more than the screen
    void restyle();

    Session& m_session;
    QList<int> m_fitting;  // indexes of scenarios
    qsizetype m_at = 0;
    quint64 m_token = 0;
    bool m_waiting = false;
    QLabel* m_title = nullptr;
    QLabel* m_note = nullptr;
    QLabel* m_figure = nullptr;
    QLabel* m_before = nullptr;
    QLabel* m_place = nullptr;  // "2 of 4"
    QLabel* m_changesTitle = nullptr;
    QLabel* m_reasonsTitle = nullptr;
    QVBoxLayout* m_changes = nullptr;
    QVBoxLayout* m_reasons = nullptr;
};

}  // namespace dlrm::ui
