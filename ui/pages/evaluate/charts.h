// SPDX-License-Identifier: GPL-3.0-or-later
// ROC, precision–recall, reliability and score histogram of one evaluation, sharing one operating-threshold cursor with
// its confusion counts.
#pragma once

#include <QWidget>

#include <memory>
#include <optional>

#include "core/engine/results.h"
#include "ui/charts/chart_view.h"
#include "ui/session/figures.h"

class QDoubleSpinBox;
class QLabel;

namespace dlrm::ui {

class EvaluateCharts : public QWidget {
    Q_OBJECT
public:
    explicit EvaluateCharts(QWidget* parent = nullptr);

    void setEvaluation(std::shared_ptr<const Evaluation> evaluation);
    void clear();
    // Written below exported pictures, see ChartView::setSource().
    void setSource(const QString& text);
    void setNoExport(const QString& why);  // see ChartView::setNoExport()
    // Probability the cursor was put to: 0.5 at first. The counts shown are those of exactly
    // this value, but of interim figures and beyond four decimals.
    double threshold() const { return m_threshold; }
    void setThreshold(double probability);
    // What the line of counts says, nothing without figures.
    const std::optional<OperatingPoint>& operatingPoint() const { return m_point; }

    ChartView* roc() const { return m_roc; }
    ChartView* precisionRecall() const { return m_precisionRecall; }
    ChartView* reliability() const { return m_reliability; }
    ChartView* histogram() const { return m_histogram; }

Q_SIGNALS:
    void thresholdChanged(double probability);
    void noticed(const QString& text);  // worth a moment's attention: a threshold that is none

private:
    QWidget* buildCounts();
    void showRoc();
    void showPrecisionRecall();
    void showReliability();
    void showHistogram();
    // Moves the cursors of all charts and the counts to m_threshold, or to score `snapped` of the table (-1: none).
    void showThreshold(int snapped = -1);
    void paintReliability(QPainter& painter, const ChartView::Mapper& map) const;
    void paintHistogram(QPainter& painter, const ChartView::Mapper& map) const;
    QString reliabilityHover(double x) const;
    QString histogramHover(double x) const;

    ChartView* m_roc = nullptr;
    ChartView* m_precisionRecall = nullptr;
    ChartView* m_reliability = nullptr;
    ChartView* m_histogram = nullptr;
    QDoubleSpinBox* m_thresholdBox = nullptr;
    QLabel* m_counts = nullptr;
    std::shared_ptr<const Evaluation> m_evaluation;
    OperatingPoints m_table;
    double m_threshold = 0.5;
    std::optional<OperatingPoint> m_point;            // that the counts are of
    double m_histogramTop = 0, m_reliabilityTop = 0;  // of the axes now
};

}  // namespace dlrm::ui
