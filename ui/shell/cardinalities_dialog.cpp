// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/cardinalities_dialog.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

#include <utility>

#include "ui/widgets/file_dialog.h"

namespace dlrm::ui {
namespace {
constexpr int kDialogWidth = 520;
}

CardinalitiesDialog::CardinalitiesDialog(const QString& checkpoint, const QString& now, Use use, QWidget* parent)
    : QuestionDialog(std::move(use), parent) {
    setObjectName(QStringLiteral("cardinalitiesDialog"));
    setWindowTitle(tr("Rows of the tables"));
    addSentence(tr("All embedding tables of %1 were saved as one, and nothing says where each begins. Give the rows of "
                   "every table in feature order, or a file that holds them: "
                   "feature_spec.yaml, config.json, or a list of numbers.")
                    .arg(QFileInfo(checkpoint).fileName()));
    auto* row = new QHBoxLayout;
    m_text = new QLineEdit(now, this);
    m_text->selectAll();
    m_text->setPlaceholderText(tr("1000, 7, 300 … or the path of a file"));
    m_text->setAccessibleName(tr("Rows of every table, or a file"));
    auto* file = new QPushButton(tr("&File…"), this);
    file->setAutoDefault(false);
    row->addWidget(m_text, 1);
    row->addWidget(file);
    column()->addLayout(row);
    addAnswers();
    connect(file, &QPushButton::clicked, this, &CardinalitiesDialog::chooseFile);
    setMinimumWidth(kDialogWidth);
}

void CardinalitiesDialog::chooseFile() {
    const QString path =
        askForFile(this, tr("Rows of the tables"), {}, tr("Descriptions (*.yaml *.yml *.json *.txt);;All files (*)"));
    if (!path.isEmpty()) m_text->setText(path);
}

void CardinalitiesDialog::refuse(const Error& error) {
    m_text->selectAll();
    QuestionDialog::refuse(error);
}

std::optional<QString> CardinalitiesDialog::answer() const {
    QString typed = m_text->text().trimmed();
    if (typed.startsWith(QStringLiteral("~/"))) typed.replace(0, 1, QDir::homePath());  // as a shell does
    return typed;
}

}  // namespace dlrm::ui
