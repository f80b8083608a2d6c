// SPDX-License-Identifier: GPL-3.0-or-later
// Messages that appear at the bottom edge of the window, over its status bar, for a few seconds each.
#pragma once

#include <QLabel>
#include <QStringList>

namespace dlrm::ui {

class Toast : public QLabel {
    Q_OBJECT
public:
    explicit Toast(QWidget* window);
    // Below what still stands there; where that is much, as soon as there is room. One that stands there begins anew.
    void showText(const QString& text);
    // The message that has stood longest makes room for the next one that waits.
    void passOldest();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Message {
        quint64 number = 0;  // 0: it waits
        QString text;
    };
    void fill();
    void place();
    QList<Message> m_messages;  // those that stand there, then those that wait
    quint64 m_lastNumber = 0;
};

}  // namespace dlrm::ui
