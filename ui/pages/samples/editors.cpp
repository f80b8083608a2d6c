// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/editors.h"

#include <QPainter>
#include <QStyle>
#include <QStyleOptionFrame>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kTextMargin = 2;  // of QLineEdit, inside its contents
constexpr int kRing = 2, kRingRadius = 4;
}  // namespace

void FactEdit::setFact(const QString& fact) {
    if (fact == m_fact) return;
    m_fact = fact;
    setAccessibleDescription(fact);
    update();
}

// The style draws a placeholder at half its opacity, which is too faint for what is known of the row.
void FactEdit::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    if (!text().isEmpty()) return;
    QStyleOptionFrame option;
    initStyleOption(&option);
    const QRect contents = style()->subElementRect(QStyle::SE_LineEditContents, &option, this);
    const QRect room = contents.adjusted(kTextMargin, 0, -kTextMargin, 0);
    const ThemeColors& colors = Theme::instance().colors();
    QPainter painter(this);
    painter.setFont(font());
    painter.setPen(isEnabled() ? colors.muted : colors.disabled);
    painter.drawText(room, static_cast<int>(alignment() & Qt::AlignHorizontal_Mask) | Qt::AlignVCenter, m_fact);
}

void FocusSlider::paintEvent(QPaintEvent* event) {
    QSlider::paintEvent(event);
    if (!hasFocus()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Theme::instance().colors().accent, kRing));
    painter.drawRoundedRect(rect().adjusted(1, 1, -1, -1), kRingRadius, kRingRadius);
}

}  // namespace dlrm::ui
