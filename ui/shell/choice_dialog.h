// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for what files do not say, of an entry of the table of choices: one of several values, or a line that is typed.
#pragma once

#include "ui/session/choices.h"
#include "ui/shell/question_dialog.h"

class QLineEdit;
class QRadioButton;

namespace dlrm::ui {

class ChoiceDialog : public QuestionDialog {
    Q_OBJECT
public:
    // now: what holds.
    ChoiceDialog(const ChoiceEntry& choice, const OpenRequest& now, Use use, QWidget* parent = nullptr);

private:
    std::optional<QString> answer() const override;

    std::vector<ChoiceValue> m_values;
    std::vector<QRadioButton*> m_buttons;  // of m_values
    QLineEdit* m_text = nullptr;           // null where there are values
};

}  // namespace dlrm::ui
