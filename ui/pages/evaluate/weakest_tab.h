// SPDX-License-Identifier: GPL-3.0-or-later
// Slices that somebody need not think of: those where predictions are off beyond chance.
#pragma once

#include <QWidget>

#include "ui/session/desks/evaluation_desk.h"

class QCheckBox;
class QLabel;

namespace dlrm::ui {

class FigureTable;

class EvaluateWeakestTab : public QWidget {
    Q_OBJECT
public:
    explicit EvaluateWeakestTab(QWidget* parent = nullptr);
    // Final figures; null: none.
    void setEvaluation(const EvaluationPtr& evaluation);
    bool isOn() const;
    void turnOn();
    FigureTable* table() const { return m_table; }

Q_SIGNALS:
    void changed();
    void sliceChosen(const QString& sentence);

private:
    QCheckBox* m_on = nullptr;
    QLabel* m_words = nullptr;
    FigureTable* m_table = nullptr;
    EvaluationPtr m_evaluation;
};

}  // namespace dlrm::ui
