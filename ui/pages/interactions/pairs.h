// SPDX-License-Identifier: GPL-3.0-or-later
// The list of pairs, the strongest first, and below it all figures of the one that is chosen.
#pragma once

#include <QWidget>

#include <vector>

#include "ui/session/desks/interaction_desk.h"

class QLabel;
class QTableView;

namespace dlrm::ui {

class ExtremeRows;
class InteractionPairFacts;
class InteractionPairModel;

class InteractionPairs : public QWidget {
    Q_OBJECT
public:
    explicit InteractionPairs(QWidget* parent = nullptr);

    // Null: none. The chosen pair stays where it is still there; of final figures the strongest is chosen where none
    // is.
    void setFigures(const InteractionFiguresPtr& figures);
    // Chooses a pair of two vectors without the signal; what is none, chooses none.
    void choose(int first, int second);

Q_SIGNALS:
    void chosen(int first, int second);
    void rowAsked(qint64 row);  // of the dataset
    void noticed(const QString& text);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void take(const InteractionFiguresPtr& figures);
    void fitColumns();
    void showFacts();
    void copy();
    void showMenu(const QPoint& position);
    std::vector<int> selectedLines() const;

    InteractionPairModel* m_model = nullptr;
    QTableView* m_view = nullptr;
    QLabel* m_words = nullptr;  // what puts them in order
    InteractionPairFacts* m_facts = nullptr;
    ExtremeRows* m_extremes = nullptr;
    InteractionFiguresPtr m_figures;
    bool m_following = false;
};

}  // namespace dlrm::ui
