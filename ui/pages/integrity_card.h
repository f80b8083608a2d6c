// SPDX-License-Identifier: GPL-3.0-or-later
// Overview's card of integrity: what was checked when the files were opened, and on demand their state now, their values and their hashes.
#pragma once

#include "ui/pages/info_card.h"
#include "ui/session/session.h"

class QProgressBar;
class QPushButton;

namespace dlrm::ui {

class IntegrityCard : public InfoCard {
    Q_OBJECT
public:
    explicit IntegrityCard(Session& session, QWidget* parent = nullptr);

Q_SIGNALS:
    // Which tables hold the rows that were never trained.
    void tablesRequested();

private:
    void forget();
    void fill();
    void fillFiles(const ModelInfo& model);
    void fillValues();
    void fillVerification();
    void showButtons();
    bool isBusy() const;

    Session& m_session;
    FileStatesPtr m_files;
    ValueCheckPtr m_values;
    VerificationPtr m_verification;
    QWidget* m_buttons = nullptr;
    QProgressBar* m_progress = nullptr;
    QPushButton* m_list = nullptr;
    QPushButton* m_check = nullptr;
    QPushButton* m_verify = nullptr;
    QPushButton* m_cancel = nullptr;
    QPushButton* m_started = nullptr;  // the one that was pressed last
};

}  // namespace dlrm::ui
