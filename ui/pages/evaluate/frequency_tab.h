// SPDX-License-Identifier: GPL-3.0-or-later
// One figure of every categorical field by how frequent its values are: fields down, decades of ids across.
#pragma once

#include <QStringList>
#include <QWidget>

#include <string>
#include <vector>

#include "ui/charts/cell_map.h"
#include "ui/session/desks/evaluation_desk.h"

class QCheckBox;
class QComboBox;
class QLabel;

namespace dlrm::ui {

class EvaluateFrequencyTab : public QWidget {
    Q_OBJECT
public:
    explicit EvaluateFrequencyTab(QWidget* parent = nullptr);
    // Final figures; null: none. groups: EvaluationDesk::frequencyGroups().
    void setEvaluation(const EvaluationPtr& evaluation, const std::vector<std::string>& groups);
    bool isOn() const;
    void turnOn();
    CellMap* map() const { return m_map; }
    // The slice of a cell; null: none.
    const SliceResult* sliceAt(std::size_t field, std::size_t decade) const;

Q_SIGNALS:
    void changed();
    void sliceChosen(const QString& sentence);

private:
    const SliceFigure* figureOf(const SliceResult& slice) const;  // null: traffic
    std::optional<double> valueOf(const SliceResult& slice) const;
    void draw();
    CellMap::Cell cellOf(const SliceResult* slice) const;
    double shadeOf(double value) const;
    QString hover(const SliceResult& slice) const;

    QCheckBox* m_on = nullptr;
    QComboBox* m_figure = nullptr;
    QLabel* m_words = nullptr;
    CellMap* m_map = nullptr;
    EvaluationPtr m_evaluation;
    QStringList m_fields;
    std::vector<std::vector<const SliceResult*>> m_slices;  // of every field by decade, in m_evaluation
    std::size_t m_decades = 0;
    double m_low = 0, m_high = 1;  // of the colours
};

}  // namespace dlrm::ui
