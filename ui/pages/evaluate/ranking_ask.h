// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of the ranking that a run gives only where they are asked for: the GAUC over a field, and the calibration of
// the rows with the highest scores.
#pragma once

#include <QWidget>

#include <optional>
#include <string>
#include <vector>

#include "ui/session/desks/evaluation_desk.h"

class QComboBox;
class QLabel;

namespace dlrm::ui {

class RankingAsk : public QWidget {
    Q_OBJECT
public:
    explicit RankingAsk(QWidget* parent = nullptr);

    // The fields that can be chosen, in feature order. A field that was chosen stays so by its name.
    void setFields(const std::vector<std::string>& names);
    // Final figures; null: none.
    void setEvaluation(const EvaluationPtr& evaluation);
    // REQUIRES: a field, and a share that can be chosen.
    void choose(int field, double share);
    std::optional<TableId> groupedBy() const;
    double topShare() const;  // 0: none

Q_SIGNALS:
    void changed();

private:
    QComboBox* choice(const QString& text, const char* name, const QString& tip);

    QComboBox* m_field = nullptr;
    QComboBox* m_share = nullptr;
    QLabel* m_figures = nullptr;
};

}  // namespace dlrm::ui
