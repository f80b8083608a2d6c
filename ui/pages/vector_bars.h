// SPDX-License-Identifier: GPL-3.0-or-later
// One embedding vector as signed bars around zero, with the value under the pointer.
#pragma once

#include <QWidget>

#include <span>
#include <vector>

namespace dlrm::ui {

// Of those that are finite; 0: there is none.
float largestMagnitude(std::span<const float> values);

class VectorBars : public QWidget {
    Q_OBJECT
public:
    explicit VectorBars(QWidget* parent = nullptr);
    // `scale`: the value at the upper edge; values beyond it are cut there, with a mark at the cut. Empty: nothing is
    // drawn.
    void setValues(std::vector<float> values, float scale);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void hovered(QString text);  // empty when the pointer left

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    int valueAt(double x) const;

    std::vector<float> m_values;
    float m_scale = 1;
    int m_hovered = -1;
};

}  // namespace dlrm::ui
