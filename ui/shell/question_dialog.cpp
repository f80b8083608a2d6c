// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/question_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "ui/session/window_error.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {

QuestionDialog::QuestionDialog(Use use, QWidget* parent) : QDialog(parent), m_use(std::move(use)) {
    m_column = new QVBoxLayout(this);
    m_column->setSpacing(space::m);
}

QLabel* QuestionDialog::addSentence(const QString& text) {
    auto* label = new QLabel(this);
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    label->setWordWrap(true);
    m_column->addWidget(label);
    return label;
}

void QuestionDialog::addAnswers() {
    m_problem = addSentence({});
    m_problem->setObjectName(QStringLiteral("choiceProblem"));
    m_problem->hide();
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel, this);
    buttons->button(QDialogButtonBox::Open)->setProperty("primary", true);
    m_column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

void QuestionDialog::accept() {
    if (const auto used = m_use(answer()); !used) return refuse(forWindow(used.error()));
    QDialog::accept();
}

void QuestionDialog::refuse(const Error& error) {
    m_problem->setText(QString::fromStdString(error.text()));
    m_problem->show();
    m_column->activate();
    resize(width(), std::max(height(), m_column->totalHeightForWidth(width())));
}

}  // namespace dlrm::ui
