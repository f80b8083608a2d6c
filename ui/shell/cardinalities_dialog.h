// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for the rows of every embedding table where all tables were saved as one and no file says where each begins.
#pragma once

#include <functional>

#include "ui/shell/question_dialog.h"

class QLineEdit;

namespace dlrm::ui {

class CardinalitiesDialog : public QuestionDialog {
    Q_OBJECT
public:
    // now: what stands there; empty: nothing was given. What is typed goes to `use`; closes itself once that is
    // understood.
    CardinalitiesDialog(const QString& checkpoint, const QString& now, std::function<Result<void>(const QString&)> use,
                        QWidget* parent = nullptr);

    void accept() override;
    // Says what is wrong with what stands there.
    void refuse(const Error& error);

private:
    void chooseFile();

    std::function<Result<void>(const QString&)> m_use;
    QLineEdit* m_text = nullptr;
};

}  // namespace dlrm::ui
