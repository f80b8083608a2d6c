// SPDX-License-Identifier: GPL-3.0-or-later
// The line above the editors: probability, logit, difference from the pinned row or from the row as read, label, and
// one line for what was refused.
#pragma once

#include <QWidget>

#include <optional>

class QLabel;

namespace dlrm::ui {

class SampleSummary : public QWidget {
    Q_OBJECT
public:
    explicit SampleSummary(QWidget* parent = nullptr);

    struct Reference {
        QString name;  // "row 12", "the original"
        double probability = 0;
        double logit = 0;
    };
    void setRow(const QString& name, std::optional<int> label, bool edited);
    // Nothing: not predicted yet. A logit that is not finite is shown as such.
    void setPrediction(std::optional<double> probability, double logit, const std::optional<Reference>& reference);
    // What differences are from: "pinned", "original".
    void setReferenceKind(const QString& kind);
    // What the last edit was refused for, or why the prediction is not finite; empty clears. The line's room is always
    // kept.
    void setMessage(const QString& text);

private:
    void restyle();

    QLabel* m_probability = nullptr;
    QLabel* m_logit = nullptr;
    QLabel* m_difference = nullptr;
    QLabel* m_differenceCaption = nullptr;
    QLabel* m_label = nullptr;
    QLabel* m_name = nullptr;
    QLabel* m_message = nullptr;
    std::optional<int> m_labelValue;
    bool m_edited = false;
};

}  // namespace dlrm::ui
