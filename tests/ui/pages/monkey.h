// SPDX-License-Identifier: Apache-2.0
// Random clicks, keys, wheels, drags and resizes over a page: nothing crashes, warns or blocks. DLRM_MONKEY_EVENTS and
// DLRM_MONKEY_SEEDS ask for more than the events and the one seed of a usual run (10,000 and 10 before a release).
#pragma once

#include <QApplication>
#include <QElapsedTimer>
#include <QMenu>
#include <QTest>
#include <QTimer>
#include <QWheelEvent>

#include <algorithm>
#include <functional>
#include <random>

namespace dlrm::test {

class Monkey : public QObject {
public:
    static int seeds() { return fromEnvironment("DLRM_MONKEY_SEEDS", 1); }

    explicit Monkey(int seed) : m_random(static_cast<unsigned>(seed)) {}
    int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(m_random); }

    // `events` of a usual run; `before` each. Timed only where somebody asks for a run of their own: machines that
    // build are shared.
    void play(QWidget& page, int events, const std::function<void(int event)>& before) {
        QTimer closer;
        connect(&closer, &QTimer::timeout, this, &Monkey::closeWhatWaits);
        closer.start(20);
        events = fromEnvironment("DLRM_MONKEY_EVENTS", events);
        qint64 longest = 0;
        int blocked = 0;
        for (int i = 0; i < events; ++i) {
            before(i);
            QElapsedTimer timer;
            timer.start();
            act(page);
            QCoreApplication::sendPostedEvents();
            const qint64 took = timer.elapsed();
            longest = std::max(longest, took);
            if (took > kBlockedMs) {
                ++blocked;
                qInfo("%lld ms: %s", static_cast<long long>(took), qPrintable(m_what));
            }
            QTest::qWait(1);
        }
        qInfo("%d events, the longest took %lld ms, %d more than %lld ms", events, static_cast<long long>(longest),
              blocked, static_cast<long long>(kBlockedMs));
        if (qEnvironmentVariableIsSet("DLRM_MONKEY_EVENTS")) QCOMPARE(blocked, 0);
    }

private:
    static constexpr qint64 kBlockedMs = 200;

    static int fromEnvironment(const char* name, int usual) {
        bool ok = false;
        const int value = qEnvironmentVariableIntValue(name, &ok);
        return ok && value > 0 ? value : usual;
    }

    std::mt19937 m_random;
    QString m_what;  // the last event, for the report

    // What waits for an answer, a menu or a dialog that a key opened, would keep the monkey for ever.
    static void closeWhatWaits() {
        if (QWidget* dialog = QApplication::activeModalWidget()) dialog->close();
        if (QWidget* popup = QApplication::activePopupWidget()) popup->close();
    }

    // A visible widget of the page that takes input; never one that opens a modal file dialog.
    QWidget* anyWidget(QWidget& page) {
        QList<QWidget*> all;
        for (QWidget* w : page.findChildren<QWidget*>())
            if (w->isVisible() && w->isEnabled() && w->width() > 2 && w->height() > 2 && !asksForAFile(*w)) all << w;
        return all.isEmpty() ? &page : all[below(static_cast<int>(all.size()))];
    }

    static bool asksForAFile(const QWidget& w) {
        return w.toolTip().contains(QStringLiteral("Ctrl+E")) || w.objectName().startsWith(QLatin1String("export"));
    }

    void act(QWidget& page) {
        static constexpr Qt::Key kKeys[] = {Qt::Key_Up,   Qt::Key_Down,   Qt::Key_Left,   Qt::Key_Right,
                                            Qt::Key_Home, Qt::Key_End,    Qt::Key_PageUp, Qt::Key_PageDown,
                                            Qt::Key_Tab,  Qt::Key_Return, Qt::Key_Plus,   Qt::Key_Minus,
                                            Qt::Key_0,    Qt::Key_5,      Qt::Key_Escape, Qt::Key_Space};
        QWidget* w = anyWidget(page);
        m_what = QString::fromLatin1(w->metaObject()->className());
        const QPoint at(below(w->width()), below(w->height()));
        const int action = below(7);
        m_what += QStringLiteral(", action %1").arg(action);
        switch (action) {
            case 0:
                QTest::mouseClick(w, Qt::LeftButton, below(4) == 0 ? Qt::ShiftModifier : Qt::NoModifier, at);
                break;
            case 1:
                QTest::mouseDClick(w, Qt::LeftButton, {}, at);
                break;
            case 2: {
                QWheelEvent wheel(at, w->mapToGlobal(at), QPoint(), QPoint(0, 120 * (below(7) - 3)), Qt::NoButton,
                                  Qt::NoModifier, Qt::NoScrollPhase, false);
                QApplication::sendEvent(w, &wheel);
                break;
            }
            case 3:
            case 4: {
                QWidget* focus = page.focusWidget() ? page.focusWidget() : w;
                QTest::keyClick(focus, kKeys[below(static_cast<int>(std::size(kKeys)))],
                                below(5) == 0   ? Qt::ControlModifier
                                : below(5) == 0 ? Qt::ShiftModifier
                                                : Qt::NoModifier);
                break;
            }
            case 5:
                QTest::mousePress(w, Qt::LeftButton, {}, at);
                for (int i = 0; i < 3; ++i) QTest::mouseMove(w, QPoint(below(w->width()), below(w->height())));
                QTest::mouseRelease(w, Qt::LeftButton, {}, QPoint(below(w->width()), below(w->height())));
                break;
            default:
                if (below(8) == 0) page.resize(500 + below(1200), 350 + below(700));
                else QTest::mouseMove(w, at);
        }
        // What popped up goes away again: a combo box's list or a menu would swallow all further events.
        closeWhatWaits();
    }
};

}  // namespace dlrm::test
