// SPDX-License-Identifier: GPL-3.0-or-later
// The diverging colour map with the values at its ends, in one line.
#pragma once

#include <QWidget>

namespace dlrm::ui {

class ScaleLegend : public QWidget {
    Q_OBJECT
public:
    explicit ScaleLegend(QWidget* parent = nullptr);
    // 0: not known yet, nothing is drawn.
    void setScale(float scale);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override {
        return {0, sizeHint().height()};
    }  // narrower than the hint: nothing is drawn

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    float m_scale = 0;
};

}  // namespace dlrm::ui
