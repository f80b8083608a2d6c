// SPDX-License-Identifier: GPL-3.0-or-later
// Gain and lift of the rows with the highest scores, GAUC and PCOC of the top, and calibration within the slices of a
// key.
#pragma once

#include <QWidget>

#include <vector>

#include "ui/charts/chart_view.h"
#include "ui/session/desks/evaluation_desk.h"

class QComboBox;

namespace dlrm::ui {

class RankingAsk;

class EvaluateGainTab : public QWidget {
    Q_OBJECT
public:
    explicit EvaluateGainTab(QWidget* parent = nullptr);
    // Of all rows or of a slice, interim or final.
    void setEvaluation(const EvaluationPtr& evaluation);
    // Final figures of all rows, whose slices the chart of calibration has; null: none.
    void setSlices(const EvaluationPtr& evaluation);
    void clear();
    RankingAsk* ranking() const { return m_ranking; }
    ChartView* gain() const { return m_gain; }
    ChartView* lift() const { return m_lift; }
    ChartView* fields() const { return m_fields; }

private:
    void showGain();
    void showFields();
    QString gainHover(double x) const;
    void paintFields(QPainter& painter, const ChartView::Mapper& map) const;
    QString fieldsHover(double x) const;

    ChartView* m_gain = nullptr;
    ChartView* m_lift = nullptr;
    ChartView* m_fields = nullptr;
    QComboBox* m_key = nullptr;
    RankingAsk* m_ranking = nullptr;
    EvaluationPtr m_evaluation, m_sliced;
    std::vector<const SliceResult*> m_classes;  // of the key, in m_sliced
};

}  // namespace dlrm::ui
