// SPDX-License-Identifier: GPL-3.0-or-later
// The scenarios of the workspace beside the rows they were made of: kept, stepped through, renamed, deleted.
#pragma once

#include <QWidget>

class QLineEdit;
class QListWidget;
class QToolButton;

namespace dlrm::ui {

class PopupForm;
class ScenarioDesk;

class ScenarioList : public QWidget {
    Q_OBJECT
public:
    explicit ScenarioList(ScenarioDesk& desk, QWidget* parent = nullptr);

    // Whether a row is shown that can be kept, and the name that is proposed for it.
    void offer(bool possible, const QString& name);
    // No scenario is shown any more: choosing the one that was chosen shows it again.
    void leave();

Q_SIGNALS:
    void keepAsked(const QString& name, const QString& note);
    void chosen(int index);
    void presentAsked(int index);  // with the one that is chosen, or the first

private:
    void fill();
    void ask(bool rename);
    void answer();
    int current() const;

    ScenarioDesk& m_desk;
    QListWidget* m_list = nullptr;
    QToolButton* m_keep = nullptr;
    QToolButton* m_rename = nullptr;
    QToolButton* m_remove = nullptr;
    QToolButton* m_present = nullptr;
    PopupForm* m_form = nullptr;  // for name and note
    QLineEdit* m_name = nullptr;
    QLineEdit* m_note = nullptr;
    QString m_proposed;
    int m_renaming = -1;  // which one the form is about; -1: a new one
};

}  // namespace dlrm::ui
