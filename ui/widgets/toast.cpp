// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/toast.h"

#include <QEvent>
#include <QTimer>

#include <algorithm>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kShownMs = 5000, kAboveBottom = 48, kMostWidth = 640;
}

Toast::Toast(QWidget* window) : QLabel(window) {
    setObjectName(QStringLiteral("toast"));
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    setMargin(space::m);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    m_timer = new QTimer(this);
    m_timer->setSingleShot(true);
    m_timer->setInterval(kShownMs);
    connect(m_timer, &QTimer::timeout, this, &QWidget::hide);
    window->installEventFilter(this);
    hide();
}

void Toast::showText(const QString& words) {
    setText(words);
    setAccessibleName(words);
    place();
    show();
    raise();
    m_timer->start();
}

void Toast::place() {
    const int most = std::min(kMostWidth, parentWidget()->width() - 2 * space::xl);
    const int wanted = fontMetrics().horizontalAdvance(text()) + 2 * margin() + space::xs;
    const int width = std::min(wanted, most);
    setFixedSize(width, heightForWidth(width));
    move((parentWidget()->width() - width) / 2, parentWidget()->height() - height() - kAboveBottom);
}

bool Toast::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && isVisible()) place();
    return QLabel::eventFilter(watched, event);
}

}  // namespace dlrm::ui
