// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_state.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kTextWidth = 420;
}

EmptyState::EmptyState(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::xl, space::xl, space::xl);
    column->setSpacing(space::l);
    column->addStretch(2);
    m_sentence = new QLabel(this);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setProperty("muted", true);
    m_sentence->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setFixedWidth(kTextWidth);
    column->addWidget(m_sentence, 0, Qt::AlignHCenter);
    m_button = new QPushButton(this);
    m_button->setProperty("primary", true);
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (m_action) m_action();
    });
    column->addWidget(m_button, 0, Qt::AlignHCenter);
    column->addStretch(3);
}

void EmptyState::setText(const QString& sentence, const QString& buttonText, std::function<void()> action) {
    m_sentence->setText(sentence);
    m_sentence->setMinimumHeight(m_sentence->heightForWidth(kTextWidth));
    m_button->setText(buttonText);
    m_button->setVisible(!buttonText.isEmpty());
    m_action = std::move(action);
}

}  // namespace dlrm::ui
