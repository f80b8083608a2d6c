// SPDX-License-Identifier: GPL-3.0-or-later
// What a row would be predicted with every id of a table, by rank; or with a numerical's values, beside what other rows
// would be.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "ui/charts/chart_view.h"
#include "ui/charts/density_layer.h"
#include "ui/session/desks/sweep_desk.h"

namespace dlrm::ui {

class SweepChart : public ChartView {
    Q_OBJECT
public:
    // The axes of a table are other ones than those of a numerical.
    explicit SweepChart(bool numerical, QWidget* parent = nullptr);

    // How a field and its values are told.
    struct Words {
        QString field, axis;                      // axis: of a numerical, what is fed: "ln(x + 3)"
        std::function<QString(qint64 id)> id;     // "id 7 (a73ee510)"
        std::function<QString(float fed)> value;  // "12", "missing", "fed:0.5"
    };
    void show(const SweepFiguresPtr& figures, const Words& words);
    void showNothing();

Q_SIGNALS:
    void idChosen(qint64 id);
    void valueChosen(float fed);

private:
    void showTable();
    void showNumerical();
    std::vector<Ring> ringsOfTable() const;
    void paintPoints(QPainter& painter, const Mapper& map) const;
    void paintBand(QPainter& painter, const Mapper& map) const;
    void paintMarks(QPainter& painter, const Mapper& map) const;
    std::optional<qint64> idAt(double x, double y) const;
    std::optional<std::size_t> valueAt(double x) const;
    QString textAt(double x, double y) const;

    bool m_numerical;
    SweepFiguresPtr m_figures;
    Words m_words;
    DensityLayer m_density;
    struct Dots {
        std::vector<float> x, y;
    } m_trained, m_untrained;  // trained: also where it is not known
};

}  // namespace dlrm::ui
