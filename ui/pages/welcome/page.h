// SPDX-License-Identifier: GPL-3.0-or-later
// Where one starts: open a checkpoint, open the demo, go on with a recent one, or drop files anywhere.
#pragma once

#include "ui/pages/page.h"

class QPushButton;
class QVBoxLayout;

namespace dlrm::ui {

class WelcomePage : public Page {
    Q_OBJECT
public:
    explicit WelcomePage(Session& session, QWidget* parent = nullptr);
    bool usesInspector() const override { return false; }
    QString helpText() const override;

private:
    void listRecent();
    QVBoxLayout* m_recent = nullptr;
    QWidget* m_recentBox = nullptr;
    QPushButton* m_goOn = nullptr;  // seen while a model is open
};

}  // namespace dlrm::ui
