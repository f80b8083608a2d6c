// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/cardinalities_dialog.h"

#include <QDialogButtonBox>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "ui/session/window_error.h"
#include "ui/widgets/file_dialog.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kDialogWidth = 520;
}

CardinalitiesDialog::CardinalitiesDialog(const QString& checkpoint, const QString& now,
                                         std::function<Result<void>(const QString&)> use, QWidget* parent)
    : QDialog(parent), m_use(std::move(use)) {
    setObjectName(QStringLiteral("cardinalitiesDialog"));
    setWindowTitle(tr("Rows of the tables"));
    auto* column = new QVBoxLayout(this);
    column->setSpacing(space::m);
    const auto sentence = [&](const QString& text) {
        auto* label = new QLabel(this);
        label->setTextFormat(Qt::PlainText);
        label->setText(text);
        label->setWordWrap(true);
        column->addWidget(label);
        return label;
    };
    sentence(tr("All embedding tables of %1 were saved as one, and nothing says where each begins. Give the rows of "
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
    column->addLayout(row);
    m_problem = sentence({});
    m_problem->hide();
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel, this);
    buttons->button(QDialogButtonBox::Open)->setProperty("primary", true);
    column->addWidget(buttons);
    connect(file, &QPushButton::clicked, this, &CardinalitiesDialog::chooseFile);
    connect(buttons, &QDialogButtonBox::accepted, this, &CardinalitiesDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    setMinimumWidth(kDialogWidth);
}

void CardinalitiesDialog::chooseFile() {
    const QString path =
        askForFile(this, tr("Rows of the tables"), {}, tr("Descriptions (*.yaml *.yml *.json *.txt);;All files (*)"));
    if (!path.isEmpty()) m_text->setText(path);
}

void CardinalitiesDialog::refuse(const Error& error) {
    m_text->selectAll();
    m_problem->setText(QString::fromStdString(error.text()));
    m_problem->show();
    layout()->activate();
    resize(width(), std::max(height(), layout()->totalHeightForWidth(width())));  // of all its words
}

void CardinalitiesDialog::accept() {
    QString typed = m_text->text().trimmed();
    if (typed.startsWith(QStringLiteral("~/"))) typed.replace(0, 1, QDir::homePath());  // as a shell does
    if (const auto used = m_use(typed); !used) return refuse(forWindow(used.error()));
    QDialog::accept();
}

}  // namespace dlrm::ui
