// SPDX-License-Identifier: GPL-3.0-or-later
// What each field adds to the logit of one row, as signed bars that add up to it, the largest first.
#pragma once

#include <optional>
#include <vector>

#include "ui/charts/chart_view.h"
#include "ui/session/desks/sample_desk.h"

namespace dlrm::ui {

class AttributionBars : public ChartView {
    Q_OBJECT
public:
    explicit AttributionBars(QWidget* parent = nullptr);

    // As the page tells the fields: numericals, then categories.
    struct Fields {
        QStringList names, values;
    };
    struct Reference {
        QString name;  // "row 12", "the original"
        AttributionPtr attribution;
        float logit = 0;
    };
    // reference: marked on each bar, or with `changes` what the bars are the difference from. REQUIRES: a reference of
    // the same model.
    void show(const Attribution& attribution, float logit, const Fields& fields,
              const std::optional<Reference>& reference, bool changes);
    // No bars; why is said in their place.
    void showNone(const QString& why);
    // While held, bars keep their scale: rows can be compared. Longer ones are cut, with a mark.
    void holdScale(bool hold);

    struct Bar {
        QString name, value;
        int field = -1;                // of the page; -1: none
        double adds = 0;               // to the logit
        std::optional<double> before;  // the same of the reference
        double length = 0;             // adds, or how it changed
    };
    const std::vector<Bar>& bars() const { return m_bars; }
    // The two lines below the bars, words and figure of each: the sum, and what is left to the logit.
    const QStringList& sums() const { return m_sums; }
    // What the whole width of the bars stands for.
    double span() const { return m_high - m_low; }
    // Bars below those in sight, as painted last: one line says how many they are and what they add; a click on it
    // scrolls to them.
    int folded() const { return static_cast<int>(m_bars.size()) - m_shown; }
    // What is said of the bar there, counted from the top.
    QString barText(int bar) const;

Q_SIGNALS:
    void fieldClicked(int field);

protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    // Bars and what is left over make the logit.
    struct Total {
        double sum = 0, residual = 0, logit = 0;
    };

    void setBars(const Attribution& attribution, const Fields& fields, const Attribution* reference);
    void measure();
    void rescale();
    void setTwin(const Total& row, const std::optional<Total>& reference, const QString& residualName);
    void paintBars(QPainter& painter, const Mapper& map);
    void paintBar(QPainter& painter, const Bar& bar, const QRectF& line) const;
    void paintFolded(QPainter& painter, const QRectF& line) const;
    void paintSums(QPainter& painter, const QRectF& seen);
    // Both in plain values of the chart; -1: none there.
    int lineAt(double y) const;
    int barAt(double y) const;

    std::vector<Bar> m_bars;
    QStringList m_sums;
    QString m_reference, m_none;
    bool m_changes = false, m_held = false;
    double m_low = 0, m_high = 1;  // of the lengths
    double m_sizes = 0;            // of all lengths together
    int m_hovered = -1;
    int m_nameWidth = 0, m_valueWidth = 0, m_figureWidth = 0;  // pixels
    // As painted last: height of a bar's line, where sums begin, bars above the line about the others.
    double m_line = 1, m_sumsTop = 0;
    int m_shown = 0;
};

}  // namespace dlrm::ui
