// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/choice_dialog.h"

#include <QLineEdit>
#include <QRadioButton>
#include <QVBoxLayout>

#include <utility>

namespace dlrm::ui {
namespace {
constexpr int kChoiceWidth = 460;
}

ChoiceDialog::ChoiceDialog(const ChoiceEntry& choice, const OpenRequest& now, Use use, QWidget* parent)
    : QuestionDialog(std::move(use), parent), m_values(valuesOf(choice)) {
    setObjectName(QStringLiteral("choiceDialog"));
    setWindowTitle(title(choice));
    addSentence(question(choice));
    const QString value = choice.value(now), asFiles = tr("As the files say");
    if (m_values.empty()) {
        m_text = new QLineEdit(value, this);
        m_text->setPlaceholderText(asFiles);
        m_text->setAccessibleName(title(choice));
        m_text->selectAll();
        column()->addWidget(m_text);
    } else {
        const QString chosen = words(choice, now);
        const auto add = [&](const QString& text, bool checked) {
            auto* button = new QRadioButton(text, this);
            button->setChecked(checked);
            column()->addWidget(button);
            return button;
        };
        add(asFiles, chosen.isEmpty());
        for (const ChoiceValue& v : m_values) m_buttons.push_back(add(v.words, v.words == chosen));
    }
    addAnswers();
    setMinimumWidth(kChoiceWidth);
}

std::optional<QString> ChoiceDialog::answer() const {
    if (m_text) {
        const QString text = m_text->text().trimmed();
        return text.isEmpty() ? std::nullopt : std::optional(text);
    }
    for (std::size_t i = 0; i < m_buttons.size(); ++i)
        if (m_buttons[i]->isChecked()) return m_values[i].value;
    return std::nullopt;
}

}  // namespace dlrm::ui
