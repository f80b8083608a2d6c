// SPDX-License-Identifier: GPL-3.0-or-later
// Slices that somebody typed, each with a figure, its interval, and how far it is from all other rows.
#pragma once

#include <QWidget>

#include <vector>

#include "ui/session/desks/evaluation_desk.h"

class QComboBox;
class QLabel;

namespace dlrm::ui {

class FigureTable;
class SliceAsk;

class EvaluateSlicesTab : public QWidget {
    Q_OBJECT
public:
    explicit EvaluateSlicesTab(QWidget* parent = nullptr);
    // Final figures; null: none.
    void setEvaluation(const EvaluationPtr& evaluation);
    SliceAsk* ask() const { return m_ask; }
    FigureTable* table() const { return m_table; }

Q_SIGNALS:
    void sliceChosen(const QString& sentence);

private:
    void fill();

    SliceAsk* m_ask = nullptr;
    QComboBox* m_figure = nullptr;
    QLabel* m_words = nullptr;
    FigureTable* m_table = nullptr;
    EvaluationPtr m_evaluation;
};

}  // namespace dlrm::ui
