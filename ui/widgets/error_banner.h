// SPDX-License-Identifier: GPL-3.0-or-later
// An error said in the page, not in a dialog: the sentence, where, what to do, Copy, and Retry when the page can. Stays until closed.
#pragma once

#include <QFrame>

#include <functional>

#include "core/base/result.h"

class QLabel;
class QPushButton;

namespace dlrm::ui {

class ErrorBanner : public QFrame {
    Q_OBJECT
public:
    explicit ErrorBanner(QWidget* parent = nullptr);
    void showError(const Error& error, std::function<void()> retry = {});
    // All of the error, as Copy puts it on the clipboard; empty when nothing is shown.
    QString text() const;

private:
    QLabel* m_icon = nullptr;
    QLabel* m_sentence = nullptr;
    QLabel* m_details = nullptr;
    QPushButton* m_retry = nullptr;
    QPushButton* m_copy = nullptr;
    QString m_text;
    std::function<void()> m_retryAction;
};

}  // namespace dlrm::ui
