// SPDX-License-Identifier: GPL-3.0-or-later
// One line of plain text that gives way: what does not fit is cut with "…" and stands whole in the tool tip.
#pragma once

#include <QLabel>

namespace dlrm::ui {

class ElidedLabel : public QLabel {
    Q_OBJECT
public:
    explicit ElidedLabel(Qt::TextElideMode mode, QWidget* parent = nullptr);
    void setFullText(const QString& text);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void elide();

    Qt::TextElideMode m_mode;
    QString m_full;
};

}  // namespace dlrm::ui
