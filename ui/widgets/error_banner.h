// SPDX-License-Identifier: GPL-3.0-or-later
// An error said in the page, not in a dialog: the sentence, where, what to do, Copy, and Retry when the page can. Stays until closed.
#pragma once

#include <QFrame>

#include <functional>
#include <vector>

#include "core/base/result.h"

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace dlrm::ui {

// A button beside an error, for what resolves it.
struct ErrorAction {
    QString text;
    std::function<void()> run;
};

class ErrorBanner : public QFrame {
    Q_OBJECT
public:
    explicit ErrorBanner(QWidget* parent = nullptr);
    void showError(const Error& error, std::function<void()> retry = {}, std::vector<ErrorAction> actions = {});
    // All of the error, as Copy puts it on the clipboard; empty when nothing is shown.
    QString text() const;

private:
    QLabel* m_icon = nullptr;
    QLabel* m_sentence = nullptr;
    QLabel* m_details = nullptr;
    QWidget* m_actions = nullptr;  // the buttons of what resolves it, in a line of their own
    QHBoxLayout* m_actionRow = nullptr;
    QPushButton* m_retry = nullptr;
    QPushButton* m_copy = nullptr;
    QString m_text;
    std::function<void()> m_retryAction;
};

}  // namespace dlrm::ui
