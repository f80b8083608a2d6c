// SPDX-License-Identifier: GPL-3.0-or-later
// A dialog that asks for something files do not say: sentences, what is asked for, what is wrong with the answer, and
// Open and Cancel.
#pragma once

#include <QDialog>

#include <functional>
#include <optional>

#include "core/base/result.h"

class QLabel;
class QVBoxLayout;

namespace dlrm::ui {

class QuestionDialog : public QDialog {
public:
    // What was answered, as the option takes it; nothing: the choice is taken back. An error of it is shown, and the
    // dialog stays open.
    using Use = std::function<Result<void>(const std::optional<QString>& value)>;

    void accept() override;
    // Says what is wrong with the answer; the dialog grows to hold all its words.
    virtual void refuse(const Error& error);

protected:
    QuestionDialog(Use use, QWidget* parent);
    virtual std::optional<QString> answer() const = 0;
    QVBoxLayout* column() const { return m_column; }
    QLabel* addSentence(const QString& text);
    // Below what is asked for; Open calls accept().
    void addAnswers();

private:
    Use m_use;
    QVBoxLayout* m_column = nullptr;
    QLabel* m_problem = nullptr;
};

}  // namespace dlrm::ui
