// SPDX-License-Identifier: GPL-3.0-or-later
// Which rows of the open dataset a page works on: a button that says so, and under it a form in which they are typed.
#pragma once

#include <QStringList>
#include <QToolButton>

#include <functional>
#include <optional>

#include "ui/session/session.h"

class QFormLayout;
class QLabel;
class QLineEdit;

namespace dlrm::ui {

class PopupForm;

class RowsChoice : public QToolButton {
    Q_OBJECT
public:
    // done: what the page does with the rows, for sentences: "evaluated".
    RowsChoice(Session& session, const QString& done, QWidget* parent);

    // Below the rows, for what else can be chosen; setMore() tells the button of it.
    QFormLayout* form() const;
    void setMore(const QStringList& words);
    // Whether that is right as well: Enter closes the form only then.
    void setMoreReady(const std::function<bool()>& ready);
    // Empty: all rows. Nothing: what is typed is no range of the open dataset.
    std::optional<RowRange> rows() const;
    // Model or dataset may be others now: the rows of one say nothing about another; the same ones read otherwise keep
    // theirs.
    void reopen();

Q_SIGNALS:
    void changed();  // other rows are typed
    void left();     // the form was closed, with rows that exist
    void noticed(const QString& text);

private:
    bool all() const;
    QString usual() const;
    void check();
    void leave();
    void showChosen();

    Session& m_session;
    const QString m_done;
    PopupForm* m_form = nullptr;
    QLineEdit* m_range = nullptr;
    QLabel* m_hint = nullptr;  // what a range looks like; red where the one typed does not
    QStringList m_more;
    QString m_accepted;  // as the form was left the last time
    QString m_of;        // model, dataset and split that the range was typed for
};

}  // namespace dlrm::ui
