// SPDX-License-Identifier: GPL-3.0-or-later
// All figures of one pair of vectors, on a card.
#pragma once

#include <QFrame>

#include <array>
#include <utility>
#include <vector>

#include "ui/session/desks/interaction_desk.h"

class QGridLayout;
class QLabel;

namespace dlrm::ui {

class InteractionPairFacts : public QFrame {
    Q_OBJECT
public:
    explicit InteractionPairFacts(QWidget* parent = nullptr);
    // `pair` is one of the figures; null: says what to do to see one.
    void setPair(const InteractionFiguresPtr& figures, const InteractionPair* pair);

private:
    struct Column {
        std::vector<std::pair<QLabel*, QLabel*>> labels;  // names and values, hidden where there are fewer
        std::size_t used = 0;
    };

    void showFacts(const InteractionFiguresPtr& figures, const InteractionPair* pair);
    void addFact(int column, const QString& name, const QString& value, const QString& tip);

    QLabel* m_title = nullptr;
    QGridLayout* m_grid = nullptr;
    std::array<Column, 2> m_columns;
};

}  // namespace dlrm::ui
