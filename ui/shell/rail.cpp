// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/rail.h"

#include <QButtonGroup>
#include <QCoreApplication>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/pages/page.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kRailWidth = 72, kButtonHeight = 56, kIconSize = 22;
}  // namespace

Rail::Rail(QWidget* parent) : QFrame(parent) {
    setObjectName(QStringLiteral("rail"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, space::s, 0, space::s);
    column->setSpacing(space::xs);
    m_buttons = new QButtonGroup(this);
    const auto& table = pageTable();
    for (std::size_t i = 0; i < table.size(); ++i) {
        auto* button = new QToolButton(this);
        button->setObjectName(QStringLiteral("rail-") + QLatin1String(table[i].id));
        button->setText(QCoreApplication::translate("Page", table[i].title));
        button->setIcon(themeIcon(QString::fromLatin1(table[i].icon)));
        button->setIconSize(QSize(kIconSize, kIconSize));
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setCheckable(true);
        button->setFont(Theme::instance().font(font_size::caption));
        m_buttons->addButton(button, static_cast<int>(i));
        column->addWidget(button);
    }
    column->addStretch();
    // Wider than usual where a word needs it.
    int width = kRailWidth - 1;
    for (const QAbstractButton* button : m_buttons->buttons()) {
        button->ensurePolished();
        width = std::max(width, button->sizeHint().width());
    }
    for (QAbstractButton* button : m_buttons->buttons()) button->setFixedSize(width, kButtonHeight);
    setFixedWidth(width + 1);
    connect(m_buttons, &QButtonGroup::idClicked, this, &Rail::chosen);
    setModelOpen(false);
}

void Rail::setCurrent(int page) {
    if (QAbstractButton* button = m_buttons->button(page)) button->setChecked(true);
}

void Rail::setModelOpen(bool open) {
    const auto& table = pageTable();
    for (std::size_t i = 0; i < table.size(); ++i) {
        QAbstractButton* button = m_buttons->button(static_cast<int>(i));
        const bool usable = open || !table[i].needsModel;
        button->setEnabled(usable);
        const QString title = QCoreApplication::translate("Page", table[i].title);
        button->setToolTip(usable ? QStringLiteral("%1 (Ctrl+%2)").arg(title).arg(i + 1)
                                  : tr("%1: open a checkpoint first (Ctrl+O)").arg(title));
    }
}

}  // namespace dlrm::ui
