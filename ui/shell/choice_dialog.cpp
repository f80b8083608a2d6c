// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/choice_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "ui/session/window_error.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kChoiceWidth = 460;
}

ChoiceDialog::ChoiceDialog(const ChoiceEntry& choice, const OpenRequest& now, Use use, QWidget* parent)
    : QDialog(parent), m_use(std::move(use)), m_values(valuesOf(choice)) {
    setObjectName(QStringLiteral("choiceDialog"));
    setWindowTitle(title(choice));
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
    sentence(question(choice));
    const QString value = choice.value(now), asFiles = tr("As the files say");
    if (m_values.empty()) {
        m_text = new QLineEdit(value, this);
        m_text->setPlaceholderText(asFiles);
        m_text->setAccessibleName(title(choice));
        m_text->selectAll();
        column->addWidget(m_text);
    } else {
        const QString chosen = words(choice, now);
        const auto add = [&](const QString& text, bool checked) {
            auto* button = new QRadioButton(text, this);
            button->setChecked(checked);
            column->addWidget(button);
            return button;
        };
        add(asFiles, chosen.isEmpty());
        for (const ChoiceValue& v : m_values) m_buttons.push_back(add(v.words, v.words == chosen));
    }
    m_problem = sentence({});
    m_problem->setObjectName(QStringLiteral("choiceProblem"));
    m_problem->hide();
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel, this);
    buttons->button(QDialogButtonBox::Open)->setProperty("primary", true);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &ChoiceDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    setMinimumWidth(kChoiceWidth);
}

std::optional<QString> ChoiceDialog::chosen() const {
    if (m_text) {
        const QString text = m_text->text().trimmed();
        return text.isEmpty() ? std::nullopt : std::optional(text);
    }
    for (std::size_t i = 0; i < m_buttons.size(); ++i)
        if (m_buttons[i]->isChecked()) return m_values[i].value;
    return std::nullopt;
}

void ChoiceDialog::accept() {
    if (const auto used = m_use(chosen()); !used) {
        m_problem->setText(QString::fromStdString(forWindow(used.error()).text()));
        m_problem->show();
        layout()->activate();
        resize(width(), std::max(height(), layout()->totalHeightForWidth(width())));  // of all its words
        return;
    }
    QDialog::accept();
}

}  // namespace dlrm::ui
