// SPDX-License-Identifier: GPL-3.0-or-later
// A dialog that asks for something files do not say: sentences, what is asked for, what is wrong with the answer, and
// Open and Cancel.
#pragma once

#include <QDialog>

#include "core/base/result.h"

class QLabel;
class QVBoxLayout;

namespace dlrm::ui {

class QuestionDialog : public QDialog {
protected:
    explicit QuestionDialog(QWidget* parent);
    QVBoxLayout* column() const { return m_column; }
    QLabel* addSentence(const QString& text);
    // Below what is asked for; Open calls accept().
    void addAnswers();
    // Says what is wrong with the answer; the dialog grows to hold all its words.
    void showProblem(const Error& error);

private:
    QVBoxLayout* m_column = nullptr;
    QLabel* m_problem = nullptr;
};

}  // namespace dlrm::ui
