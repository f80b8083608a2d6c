// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for the rows of every embedding table where all tables were saved as one and no file says where each begins.
#pragma once

#include "ui/shell/question_dialog.h"

class QLineEdit;

namespace dlrm::ui {

class CardinalitiesDialog : public QuestionDialog {
    Q_OBJECT
public:
    // now: what stands there; empty: nothing was given. What is typed goes to `use`; closes itself once that is
    // understood.
    CardinalitiesDialog(const QString& checkpoint, const QString& now, Use use, QWidget* parent = nullptr);

    void refuse(const Error& error) override;

private:
    std::optional<QString> answer() const override;
    void chooseFile();

    QLineEdit* m_text = nullptr;
};

}  // namespace dlrm::ui
