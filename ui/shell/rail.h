// SPDX-License-Identifier: GPL-3.0-or-later
// The navigation at the left: one button a page, icon over word.
#pragma once

#include <QFrame>

class QButtonGroup;

namespace dlrm::ui {

class Rail : public QFrame {
    Q_OBJECT
public:
    explicit Rail(QWidget* parent = nullptr);
    void setCurrent(int page);
    // Pages that need a model are greyed, with the reason, until there is one.
    void setModelOpen(bool open);

Q_SIGNALS:
    void chosen(int page);

private:
    QButtonGroup* m_buttons = nullptr;
};

}  // namespace dlrm::ui
