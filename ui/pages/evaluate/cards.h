// SPDX-License-Identifier: GPL-3.0-or-later
// The row of number cards of an evaluation: value, interval, formula on hover; undefined figures show a dash and why.
#pragma once

#include <QWidget>

#include <vector>

#include "core/engine/results.h"

class QFrame;
class QGridLayout;
class QLabel;

namespace dlrm::ui {

class EvaluateCards : public QWidget {
    Q_OBJECT
public:
    explicit EvaluateCards(QWidget* parent = nullptr);

    // One card a metric of the report, in its order; the bias is told on calibration's. Interim figures are muted.
    void setEvaluation(const Evaluation& evaluation);
    void clear();
    // The text of a card's figure ("0.7285"), empty when there is no such card; for tests.
    QString valueText(const char* key) const;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Card {
        std::string key;
        QFrame* frame = nullptr;
        QLabel* title = nullptr;
        QLabel* value = nullptr;
        QLabel* detail = nullptr;
        bool final = false;
    };
    Card makeCard(const MetricValue& metric);
    void show(Card& card, const MetricValue& metric, const Evaluation& evaluation);
    void restyle(const Card& card);
    void relayout();

    QGridLayout* m_grid = nullptr;
    std::vector<Card> m_cards;
    int m_columns = 0;
};

}  // namespace dlrm::ui
