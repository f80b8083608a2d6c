// SPDX-License-Identifier: GPL-3.0-or-later
// An error said in the page, not in a dialog: the sentence, what to do, where and the code; what was expected and
// found, behind Details where that is long; Copy, and Retry when the page can. Stays until closed, over the top of what
// it is laid upon, so that nothing moves under the pointer.
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
    std::function<void()> run = {};
    // Set: before the button stands a line to type in, which is handed over instead; what is wrong with it is said
    // below.
    std::function<Result<void>(const QString& typed)> take = {};
    QString placeholder = {};  // what is typed, for an empty line and for screen readers
    QString typed = {};        // what stands in the line: what was refused, to be mended
};

class ErrorBanner : public QFrame {
    Q_OBJECT
public:
    // under: a sibling, whose top it covers while it is shown.
    explicit ErrorBanner(QWidget* under, QWidget* parent);
    // retryText: of the button that calls `retry`; empty: "Retry".
    void showError(const Error& error, std::function<void()> retry = {}, std::vector<ErrorAction> actions = {},
                   const QString& retryText = {});
    // All of the error, as Copy puts it on the clipboard; empty when nothing is shown.
    QString text() const;

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();
    void addAction(const ErrorAction& action);

    QWidget* m_under = nullptr;
    QLabel* m_sentence = nullptr;
    QLabel* m_remedy = nullptr;
    QLabel* m_where = nullptr;  // file, row, field and the code
    QLabel* m_details = nullptr;
    QWidget* m_actions = nullptr;  // the buttons of what resolves it, in a line of their own
    QHBoxLayout* m_actionRow = nullptr;
    QLabel* m_problem = nullptr;  // with what was typed
    QPushButton* m_retry = nullptr;
    QPushButton* m_more = nullptr;
    QString m_text;
    std::function<void()> m_retryAction;
};

}  // namespace dlrm::ui
