// SPDX-License-Identifier: Apache-2.0
// How a session starts: focus and Tab on Welcome, what is recent, what is as it was left.
#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QRegularExpression>
#include <QSet>
#include <QSettings>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/test_program.h"
#include "ui/pages/page.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/storage.h"
#include "ui/widgets/theme.h"

namespace tst_shell_start {

using namespace dlrm;
using namespace dlrm::ui;

namespace {
constexpr int kOpenMs = 60'000;
}

class TestShellStart : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;

    void start() {
        m_window.reset();
        m_session = std::make_unique<Session>();
        m_window = std::make_unique<MainWindow>(*m_session);
        m_window->show();
        m_window->activateWindow();  // shortcuts work in the active window only
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void openDemo() {
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_window->openDemo();
        QVERIFY(opened.wait(kOpenMs));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", m_home.filePath(QStringLiteral("config")).toUtf8());
        qputenv("XDG_STATE_HOME", m_home.filePath(QStringLiteral("state")).toUtf8());
        Theme::instance().apply(ThemeMode::Dark);
        QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
    }

    void init() { start(); }

    void cleanup() {
        m_window.reset();
        m_session.reset();
        QSettings(stateFile(), QSettings::IniFormat).clear();
    }

    void tabGoesFromTheFirstButtonThroughWhatIsSeen() {
        QWidget* first = QApplication::focusWidget();
        QVERIFY(first);
        QCOMPARE(first->objectName(), QStringLiteral("welcome-open-model"));
        QVERIFY(!m_window->findChild<QDockWidget*>(QStringLiteral("inspector"))->isVisible());
        constexpr int kMost = 40;
        for (int i = 0; i < kMost; ++i) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            const QWidget* now = QApplication::focusWidget();
            QVERIFY(now);
            if (now == first) return;
            const auto* button = qobject_cast<const QAbstractButton*>(now);
            QVERIFY2(button && button->isVisible() && !button->text().isEmpty(), now->metaObject()->className());
        }
        QFAIL("Tab does not return");
    }

    // On a screen that is smaller than the window, or that lies elsewhere than where the window was left.
    void theWindowFitsTheScreen() {
        MainWindow window(*m_session, false);
        const QRect small(0, 30, 1366, 738), beside(1920, 0, 1500, 1000), large(0, 0, 3840, 2160),
            tiny(10, 20, 800, 500);
        window.resize(1400, 900);
        window.move(900, 500);
        window.fitInto(large);
        QCOMPARE(QRect(window.pos(), window.size()), QRect(900, 500, 1400, 900));
        window.fitInto(beside);
        QCOMPARE(window.size(), QSize(1400, 900));
        QCOMPARE(window.x(), beside.left());
        QVERIFY(beside.contains(QRect(window.pos(), window.size())));
        window.fitInto(small);
        QCOMPARE(window.width(), small.width());
        QCOMPARE(window.x(), small.left());
        QVERIFY(window.height() < small.height() &&
                window.height() > small.height() - 100);  // the rest is the title bar
        QVERIFY(small.contains(QRect(window.pos(), window.size())));
        // Never below the least size; then its upper left corner is seen.
        window.fitInto(tiny);
        QCOMPARE(window.size(), MainWindow::kLeastSize);
        QCOMPARE(window.pos(), tiny.topLeft());
    }

    // What was restored is the place of the content, not of the frame around it.
    void theWindowDoesNotWander() {
        MainWindow window(*m_session, false);
        const QRect left(120, 140, MainWindow::kLeastSize.width(), MainWindow::kLeastSize.height());
        window.setGeometry(left);
        window.fitInto(QRect(0, 0, 3840, 2160));
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QTRY_COMPARE(window.geometry(), left);
    }

    void afterOpeningTheFocusIsOnThePage() {
        const auto onThePage = [this] {
            const QWidget *held = m_window->focusWidget(), *stack = m_window->currentPage()->parentWidget();
            return held && (held == stack || stack->isAncestorOf(held));
        };
        openDemo();
        QVERIFY(onThePage());
        for (const char* start : {"recentEntry", "rail-welcome"}) {
            m_session->closeModel();
            QCOMPARE(m_window->currentPageId(), QStringLiteral("welcome"));
            QAbstractButton* held = nullptr;
            const auto isSeen = [&] {
                for (auto* button : m_window->findChildren<QAbstractButton*>(QLatin1String(start)))
                    if (button->isVisible()) held = button;
                return held;
            };
            QTRY_VERIFY2(isSeen(), start);  // a layout shows what is added to it when events are handled
            held->setFocus();
            QVERIFY2(held->hasFocus(), start);
            openDemo();
            QCOMPARE(m_window->currentPageId(), QStringLiteral("overview"));
            QVERIFY2(onThePage(), start);
        }
    }

    void theWelcomePageLeadsOnToWhatIsOpen() {
        const auto goOn = [this] { return m_window->findChild<QAbstractButton*>(QStringLiteral("welcome-go-on")); };
        QVERIFY(!goOn()->isVisible());
        openDemo();
        m_window->showPage(QStringLiteral("welcome"));
        QTRY_VERIFY(goOn()->isVisible());
        goOn()->click();
        QCOMPARE(m_window->currentPageId(), QStringLiteral("overview"));
        m_session->closeModel();
        QTRY_COMPARE(m_window->currentPageId(), QStringLiteral("welcome"));
        QTRY_VERIFY(!goOn()->isVisible());
    }

    void recentEntriesTellDateAndSize() {
        openDemo();
        const qint64 bytes = m_session->model()->spec.bytes();
        m_session->closeModel();
        const RecentEntry entry = RecentFiles::instance().entries().value(0);
        QCOMPARE(entry.opened, QDate::currentDate());
        QCOMPARE(entry.bytes, bytes);
        QVERIFY(entry.dateAndSize().endsWith(QStringLiteral(" · ") + formatBytes(bytes)));
        const auto shown = [this] {
            QStringList texts;
            for (const auto* label : m_window->currentPage()->findChildren<QLabel*>())
                if (label->isVisible()) texts << label->text();
            return texts;
        };
        QTRY_VERIFY2(shown().contains(entry.dateAndSize()),
                     qPrintable(shown().join(QLatin1Char('\n'))));  // once laid out
        QString link;
        for (const auto* button :
             m_window->currentPage()->findChildren<QAbstractButton*>(QStringLiteral("recentEntry")))
            if (button->isVisible()) link = button->text();
        QVERIFY2(link.startsWith(QStringLiteral("Reopen last: ")), qPrintable(link));
        QMenu* recent = nullptr;
        for (auto* menu : m_window->findChildren<QMenu*>())
            if (menu->title() == QLatin1String("&Recent")) recent = menu;
        QVERIFY(recent);
        Q_EMIT recent->aboutToShow();
        const QString text = recent->actions().first()->text();
        QVERIFY2(
            text.startsWith(QStringLiteral("Reopen last: ")) && text.endsWith(QLatin1Char('\t') + entry.dateAndSize()),
            qPrintable(text));
    }

    void themeChoiceIsRemembered() {
        auto* light = m_window->findChild<QAction*>(QStringLiteral("theme-light"));
        light->trigger();
        QVERIFY(!Theme::instance().isDark());
        QCOMPARE(QSettings(configFile(), QSettings::IniFormat).value(QStringLiteral("theme")).toString(),
                 QStringLiteral("light"));
        m_window->findChild<QAction*>(QStringLiteral("theme-dark"))->trigger();
        QVERIFY(Theme::instance().isDark());
    }

    // The next start opens a checkpoint on the page and at the table where it was left.
    void aCheckpointOpensWhereItWasLeft() {
        openDemo();
        QCOMPARE(m_window->currentPageId(), QStringLiteral("overview"));
        m_window->showPage(QStringLiteral("tables"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        Selection table;
        table.kind = Selection::Kind::Table;
        table.table = 7;
        m_session->setSelection(table);
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        const auto tabs = [this] { return m_window->currentPage()->findChild<QTabBar*>(); };
        QVERIFY(tabs());
        tabs()->setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        QVERIFY(m_window->close());
        start();
        QCOMPARE(m_window->currentPageId(), QStringLiteral("welcome"));
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_window->openRecent(0);
        QVERIFY(opened.wait(kOpenMs));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        QCOMPARE(m_window->currentPageId(), QStringLiteral("tables"));
        QCOMPARE(m_session->selection().table, 7);
        QCOMPARE(tabs()->currentIndex(), 1);
    }

    void theEditMenuActsOnTheFieldThatHasTheFocus() {
        QMenu* menu = nullptr;
        for (auto* candidate : m_window->findChildren<QMenu*>())
            if (candidate->title() == QLatin1String("&Edit")) menu = candidate;
        QVERIFY(menu);
        auto* cut = m_window->findChild<QAction*>(QStringLiteral("cutText"));
        auto* paste = m_window->findChild<QAction*>(QStringLiteral("pasteText"));
        QGuiApplication::clipboard()->setText(QStringLiteral("xyz"));
        Q_EMIT menu->aboutToShow();
        QVERIFY(!cut->isEnabled() && !paste->isEnabled());  // a button has the focus
        QLineEdit field(m_window->currentPage());
        field.setText(QStringLiteral("abc"));
        field.show();
        field.setFocus();
        Q_EMIT menu->aboutToShow();
        QVERIFY(!cut->isEnabled() && paste->isEnabled());
        field.selectAll();
        Q_EMIT menu->aboutToShow();
        QVERIFY(cut->isEnabled());
        cut->trigger();
        QCOMPARE(field.text(), QString());
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("abc"));
        paste->trigger();
        QCOMPARE(field.text(), QStringLiteral("abc"));
    }

    void tipsOfTheStatusBarTellPathsAndSplit() {
        openDemo();
        const QLabel* data = nullptr;
        for (const auto* label : m_window->statusBar()->findChildren<QLabel*>())
            if (label->text().contains(QStringLiteral("data:"))) data = label;
        QVERIFY(data);
        QVERIFY(data->toolTip().contains(m_session->dataset()->path) &&
                data->toolTip().contains(QStringLiteral("split: test")));
    }

    // Two entries with one key: it would choose and run neither.
    void everyKeyOfAMenuLeadsToOneEntry() {
        const auto check = [](const auto& self, const QMenu* menu) -> void {
            QSet<QString> keys;
            for (const QAction* action : menu->actions()) {
                const QString key = QKeySequence::mnemonic(action->text()).toString();
                QVERIFY2(key.isEmpty() || !keys.contains(key),
                         qPrintable(menu->title() + QLatin1Char(' ') + action->text()));
                keys.insert(key);
                if (action->menu()) self(self, action->menu());
            }
        };
        QSet<QString> keys;
        for (const QAction* top : m_window->menuBar()->actions()) {
            const QString key = QKeySequence::mnemonic(top->text()).toString();
            QVERIFY2(!keys.contains(key), qPrintable(top->text()));
            keys.insert(key);
            if (top->menu()) check(check, top->menu());
        }
    }
};

DLRM_TEST(TestShellStart);

}  // namespace tst_shell_start

#include "tst_shell_start.moc"
