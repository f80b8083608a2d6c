// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/toast.h"

#include <QEvent>
#include <QTimer>

#include <algorithm>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kShownMs = 5000, kMostWidth = 960;
constexpr qsizetype kMostAtOnce = 3;
}  // namespace

Toast::Toast(QWidget* window) : QLabel(window) {
    setObjectName(QStringLiteral("toast"));
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    setMargin(space::xs);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    window->installEventFilter(this);
    hide();
}

void Toast::showText(const QString& words) {
    m_messages.removeIf([&words](const Message& message) { return message.text == words; });
    m_messages.append({0, words});
    fill();
}

void Toast::passOldest() {
    if (!m_messages.isEmpty()) m_messages.removeFirst();
    fill();
}

// As many as there is room for stand there, each for its own time.
void Toast::fill() {
    const qsizetype shown = std::min(kMostAtOnce, m_messages.size());
    QStringList lines;
    for (qsizetype i = 0; i < shown; ++i) {
        Message& message = m_messages[i];
        lines << message.text;
        if (message.number != 0) continue;
        const quint64 number = message.number = ++m_lastNumber;
        QTimer::singleShot(kShownMs, this, [this, number] {
            if (!m_messages.isEmpty() && m_messages.first().number == number) passOldest();
        });
    }
    setText(lines.join(QLatin1Char('\n')));
    setAccessibleName(text());
    setVisible(shown > 0);
    if (shown == 0) return;
    place();
    raise();
}

void Toast::place() {
    const int most = std::min(kMostWidth, parentWidget()->width() - 2 * space::xl);
    const int wanted = fontMetrics().size(0, text()).width() + 2 * (margin() + space::s);
    const int width = std::min(wanted, most);
    setFixedSize(width, heightForWidth(width));
    move((parentWidget()->width() - width) / 2, parentWidget()->height() - height());
}

bool Toast::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && isVisible()) place();
    return QLabel::eventFilter(watched, event);
}

}  // namespace dlrm::ui
