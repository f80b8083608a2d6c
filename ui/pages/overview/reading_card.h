// SPDX-License-Identifier: GPL-3.0-or-later
// Overview's card of the reading: runs the doctor on the open model and dataset, shows its verdict, and applies it or
// takes it back.
#pragma once

#include "ui/pages/info_card.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/plain_words.h"
#include "ui/session/session.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace dlrm::ui {

class ReadingCard : public InfoCard {
    Q_OBJECT
public:
    explicit ReadingCard(Session& session, QWidget* parent = nullptr);

    bool isSettled() const { return !m_session.isRunning(JobKind::Doctor); }

private:
    DoctorReportPtr report() const;  // null: not checked
    void fill();
    void fillVerdict(const DoctorReport& report);
    void fillQuestions(const DoctorReport& report);
    void addUseButton(const QuestionVerdict& verdict, const ReadingAnswer& answer);
    void fillRanking(const DoctorReport& report);
    void showButtons();

    Session& m_session;
    QWidget* m_buttons = nullptr;
    QProgressBar* m_progress = nullptr;
    QPushButton* m_check = nullptr;
    QPushButton* m_cancel = nullptr;
    QPushButton* m_apply = nullptr;
    QPushButton* m_back = nullptr;
};

}  // namespace dlrm::ui
