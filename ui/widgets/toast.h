// SPDX-License-Identifier: GPL-3.0-or-later
// A line that appears over the bottom of the window for a few seconds.
#pragma once

#include <QLabel>

class QTimer;

namespace dlrm::ui {

class Toast : public QLabel {
    Q_OBJECT
public:
    explicit Toast(QWidget* window);
    void showText(const QString& text);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();
    QTimer* m_timer = nullptr;
};

}  // namespace dlrm::ui
