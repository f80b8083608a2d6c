// SPDX-License-Identifier: Apache-2.0
// What the window does about jobs that run and errors that are shown: Esc, closing, status bar, banner.
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>
#include <utility>

#include "tests/support/test_program.h"
#include "ui/pages/page.h"
#include "ui/pages/samples/field_form.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/desks/interaction_desk.h"
#include "ui/session/table_analysis.h"
#include "ui/shell/main_window.h"
#include "ui/shell/status_bar.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/theme.h"

namespace tst_shell_jobs {

using namespace dlrm;
using namespace dlrm::ui;

namespace {
constexpr int kOpenMs = 60'000;
}

class TestShellJobs : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;

    void openDemo() {
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_window->openDemo();
        QVERIFY(opened.wait(kOpenMs));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
    }

    // Whether running jobs shall end, while it is asked.
    QMessageBox* question() const {
        for (auto* box : m_window->findChildren<QMessageBox*>(QStringLiteral("runningQuestion")))
            if (box->isVisible()) return box;
        return nullptr;
    }
    QAbstractButton* endButton() const {
        const QMessageBox* box = question();
        for (QAbstractButton* button : box->buttons())
            if (box->buttonRole(button) == QMessageBox::DestructiveRole) return button;
        return nullptr;
    }

    // One after the other for longer than any test takes, each to a file of its own.
    void exportForLong(const QString& path) const {
        const auto& tables = m_session->model()->spec.tables;
        const auto largest = std::max_element(tables.begin(), tables.end(),
                                              [](const TableSpec& a, const TableSpec& b) { return a.rows < b.rows; });
        for (int i = 0; i < 3000; ++i)
            m_session->tables().exportRows(static_cast<int>(largest - tables.begin()), nullptr, 0, largest->rows - 1,
                                           path.arg(i));
    }
    void chooseClose() const {
        for (QAction* action : m_window->findChildren<QAction*>())
            if (action->text().remove(QLatin1Char('&')) == QLatin1String("Close")) return action->trigger();
        QFAIL("Close");
    }

    void chooseSplit(const QString& split) const {
        auto* choice = m_window->findChild<QComboBox*>(QStringLiteral("splitChoice"));
        choice->setCurrentText(split);
        Q_EMIT choice->textActivated(split);
    }
    QString checkedOrder() const {
        for (const auto* choice : m_window->findChildren<QRadioButton*>())
            if (choice->isChecked()) return choice->text();
        return {};
    }
    void chooseOtherOrder() const {
        for (auto* choice : m_window->findChildren<QRadioButton*>())
            if (!choice->isChecked()) return choice->click();
    }

    static OpenRequest successor() {
        OpenRequest request;
        request.checkpoint = DLRM_SOURCE_DIR "/resources/demo/checkpoint_next";
        return request;
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", m_home.filePath(QStringLiteral("config")).toUtf8());
        qputenv("XDG_STATE_HOME", m_home.filePath(QStringLiteral("state")).toUtf8());
        Theme::instance().apply(ThemeMode::Dark);
        QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
    }

    void init() {
        m_session = std::make_unique<Session>();
        m_window = std::make_unique<MainWindow>(*m_session);
        m_window->show();
        m_window->activateWindow();  // shortcuts work in the active window only
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void cleanup() {
        m_window.reset();
        m_session.reset();
        RecentFiles::instance().clear();
    }

    // Opening something else ends an evaluation, which is asked for by all ways.
    void openingAsksBeforeAnEvaluationIsLost() {
        openDemo();
        const auto trigger = [this](const char* words) {
            for (QAction* action : m_window->findChildren<QAction*>())
                if (action->text().remove(QLatin1Char('&')) == QString::fromLatin1(words)) return action->trigger();
            QFAIL(words);
        };
        const std::pair<const char*, std::function<void()>> ways[] = {
            {"demo", [this] { m_window->openDemo(); }},
            {"checkpoint", [this] { m_window->open(successor()); }},
            {"close", [&] { trigger("Close"); }},
            {"reopen", [&] { trigger("Reopen from files"); }},
            {"split", [this] { chooseSplit(QStringLiteral("train")); }},
            {"order", [this] { chooseOtherOrder(); }},
        };
        m_window->showPage(QStringLiteral("evaluate"));
        m_window->showPage(QStringLiteral("overview"));
        const QString order = checkedOrder();
        for (const auto& [name, act] : ways) {
            m_session->evaluation().start({});
            QTRY_VERIFY2(m_session->isRunning(JobKind::Evaluate), name);
            const ModelInfoPtr before = m_session->model();
            act();
            if (!m_session->isRunning(JobKind::Evaluate)) continue;  // it was done before anybody could ask
            QTRY_VERIFY2(question(), name);
            QVERIFY(m_session->model() == before);
            question()->reject();
            QTRY_VERIFY(!question());
            QVERIFY2(m_session->model() == before, name);
            QCOMPARE(m_window->findChild<QComboBox*>(QStringLiteral("splitChoice"))->currentText(),
                     QStringLiteral("test"));
            QVERIFY2(checkedOrder() == order, name);
            m_session->cancelAll();
            QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        }
        // Chosen, it is opened.
        m_session->evaluation().start({});
        QTRY_VERIFY(m_session->isRunning(JobKind::Evaluate));
        m_window->open(successor());
        if (question()) endButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(
            QString::fromStdString(m_session->model()->path).endsWith(QStringLiteral("checkpoint_next")), kOpenMs);
    }

    // Figures that took long go with what they are of: not before somebody said so, or exported them.
    void openingAsksBeforeFiguresThatTookLongAreLost() {
        openDemo();
        m_window->showPage(QStringLiteral("evaluate"));
        const Page* page = m_window->currentPage();
        auto figures = std::make_shared<Evaluation>();
        figures->final = true;
        figures->report.rows = 200'000;
        figures->totalRows = figures->datasetRows = 200'000;
        figures->seconds = 4;
        m_session->evaluation().take(figures);
        QVERIFY(page->unsaved().isEmpty());  // run again at once
        figures = std::make_shared<Evaluation>(*figures);
        figures->seconds = 107;
        m_session->evaluation().take(figures);
        QCOMPARE(page->unsaved(),
                 QStringLiteral("The evaluation of 200,000 rows, which took 1 min 47 s, was not exported."));
        const ModelInfoPtr before = m_session->model();
        m_window->open(successor());
        QVERIFY(question() && question()->text() == page->unsaved());
        question()->defaultButton()->click();
        chooseSplit(QStringLiteral("train"));
        QVERIFY(question());
        question()->defaultButton()->click();
        for (auto* button : page->findChildren<QPushButton*>())
            if (button->text().remove(QLatin1Char('&')) == QLatin1String("Run again")) button->click();
        QVERIFY(question() && question()->text() == page->unsaved());
        question()->defaultButton()->click();
        QVERIFY(!m_window->close());
        QVERIFY(question());
        question()->defaultButton()->click();
        m_window->openPaths({m_session->dataset()->dictionary});  // once more: all is read anew
        QTRY_VERIFY_WITH_TIMEOUT(question() && question()->text() == page->unsaved(), kOpenMs);
        question()->defaultButton()->click();
        QVERIFY(m_session->model() == before && !m_session->isAnyRunning() && !page->unsaved().isEmpty());
        m_window->open(successor());
        endButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(
            QString::fromStdString(m_session->model()->path).endsWith(QStringLiteral("checkpoint_next")), kOpenMs);
        QVERIFY(page->unsaved().isEmpty());
    }

    // A run beside finished figures: both are lost, and both are named, whatever ends them.
    void theQuestionNamesWhatRunsAndFinishedFigures() {
        openDemo();
        m_window->showPage(QStringLiteral("evaluate"));
        const Page* page = m_window->currentPage();
        auto figures = std::make_shared<Evaluation>();
        figures->final = true;
        figures->report.rows = figures->totalRows = figures->datasetRows = 200'000;
        figures->seconds = 107;
        m_session->evaluation().take(figures);
        const auto trigger = [this](const char* words) {
            for (QAction* action : m_window->findChildren<QAction*>())
                if (action->text().remove(QLatin1Char('&')) == QString::fromLatin1(words)) return action->trigger();
            QFAIL(words);
        };
        const std::pair<const char*, std::function<void()>> ways[] = {
            {"split", [this] { chooseSplit(QStringLiteral("train")); }},
            {"checkpoint", [this] { m_window->open(successor()); }},
            {"close", [&] { trigger("Close"); }},
            {"open", [this] { m_window->open(successor()); }},
            {"quit", [this] { QVERIFY(!m_window->close()); }},
        };
        for (const auto& [name, act] : ways) {
            m_session->evaluation().start({});  // anew each time: it may have ended meanwhile
            QVERIFY2(m_session->isRunning(JobKind::Evaluate), name);
            act();
            QVERIFY2(question(), name);
            QCOMPARE(question()->text(), QStringLiteral("An evaluation is running.\nThe evaluation of 200,000 rows, "
                                                        "which took 1 min 47 s, was not exported."));
            QVERIFY2(question()->informativeText().contains(QStringLiteral("Export… on Evaluate keeps")) &&
                         question()->informativeText().startsWith(QStringLiteral("What runs has done so far is lost")),
                     qPrintable(question()->informativeText()));
            question()->defaultButton()->click();
            QVERIFY2(m_session->isRunning(JobKind::Evaluate) && !page->unsaved().isEmpty(), name);
        }
    }

    // Of two pages both are named, with where each is kept.
    void finishedFiguresOfBothPagesAreNamed() {
        openDemo();
        for (const char* page : {"interactions", "evaluate"}) m_window->showPage(QLatin1String(page));
        auto figures = std::make_shared<Evaluation>();
        figures->final = true;
        figures->report.rows = figures->totalRows = figures->datasetRows = 200'000;
        figures->seconds = 107;
        m_session->evaluation().take(figures);
        auto products = std::make_shared<InteractionFigures>();
        products->found.final = true;
        products->found.matrices.rows = 300'000;
        products->found.provenance.seconds = 11;
        m_session->interactions().take(products);
        m_window->open(successor());
        QVERIFY(question());
        QCOMPARE(question()->text(),
                 QStringLiteral("The evaluation of 200,000 rows, which took 1 min 47 s, was not exported.\n"
                                "The interactions of 300,000 rows, which took 11.0 s, were not exported."));
        QVERIFY2(question()->informativeText().endsWith(QStringLiteral("on Evaluate and on Interactions keeps them.")),
                 qPrintable(question()->informativeText()));
        question()->defaultButton()->click();
    }

    // The same of other jobs that take minutes.
    void anotherOrderAsksWhileTheReadingIsChecked() {
        openDemo();
        m_window->showPage(QStringLiteral("overview"));
        const QString order = checkedOrder();
        m_session->checks().requestDoctor();
        QVERIFY(m_session->isRunning(JobKind::Doctor));
        chooseOtherOrder();
        QVERIFY(question() && question()->text() == QLatin1String("The reading is being checked."));
        question()->defaultButton()->click();
        QCOMPARE(checkedOrder(), order);
        m_session->cancelAll();
        chooseOtherOrder();
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        QVERIFY(!question() && checkedOrder() != order);
    }

    // What was computed for minutes is not lost by one key.
    void escapeAsksBeforeWorkIsLost() {
        openDemo();
        m_session->evaluation().start({});
        QVERIFY(m_session->isRunning(JobKind::Evaluate));
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QVERIFY(m_session->isRunning(JobKind::Evaluate));
        QVERIFY(question() && question()->text() == QLatin1String("An evaluation is running."));
        question()->defaultButton()->click();
        QVERIFY(!question() && m_session->isRunning(JobKind::Evaluate));
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_session->evaluation().start({});  // the first one may have ended meanwhile
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QVERIFY(question());
        QCOMPARE(question()->informativeText(),
                 QStringLiteral("If it is cancelled, its figures so far stay as interim ones, or give way to the last "
                                "finished result where there is one; it "
                                "starts anew when it is run again."));
        endButton()->click();
        QVERIFY(!question() && !m_session->isRunning(JobKind::Evaluate));
    }

    // The same of what reads every file; who quits knows that it ends.
    void escapeAsksBeforeAVerificationIsLost() {
        openDemo();
        QTemporaryDir dir;
        VerifyOptions options;
        options.sidecar = dir.filePath(QStringLiteral("hashes.json")).toStdString();
        m_session->checks().verifyFiles(options);
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QVERIFY(question() && question()->text() == QLatin1String("The files are being verified."));
        QCOMPARE(question()->informativeText(), QStringLiteral("What it has done so far is lost if it is cancelled."));
        QVERIFY(m_session->isRunning(JobKind::Verify));
        endButton()->click();
        QVERIFY(!question() && !m_session->isRunning(JobKind::Verify));
        m_session->checks().verifyFiles(options);
        QVERIFY(m_window->close());
        cleanup();  // the worker ends before its folder
    }

    // Minutes of an export are not lost by one click; what has only just begun is not worth a question.
    void theCrossAsksBeforeALongExportIsLost() {
        openDemo();
        QTemporaryDir dir;
        auto* bar = m_window->findChild<StatusBar*>(QStringLiteral("statusBar"));
        auto* cross = bar->findChild<QToolButton*>(QStringLiteral("cancelJob"));
        bar->setWorthAsking(0);
        exportForLong(dir.filePath(QStringLiteral("rows_%1.csv")));
        QTRY_VERIFY(cross->isVisible());
        cross->click();
        QVERIFY(question() && m_session->isRunning(JobKind::Export));
        const auto running = [this] { return m_session->exporting(JobKind::Export); };
        QCOMPARE(question()->text(), QStringLiteral("An export is running. It writes %1.").arg(running().first()));
        QCOMPARE(question()->informativeText(), QStringLiteral("What it has done so far is lost if it is cancelled."));
        question()->defaultButton()->click();
        QVERIFY(!question() && m_session->isRunning(JobKind::Export));
        // It is named, and those that wait go on.
        const auto* toast = m_window->findChild<QLabel*>(QStringLiteral("toast"));
        QStringList before = running();
        cross->click();
        endButton()->click();
        QVERIFY(!question() && m_session->isRunning(JobKind::Export));
        QCOMPARE(running(), before.mid(1));
        QVERIFY(toast->text().endsWith(QStringLiteral("1 export was cancelled: %1").arg(before.first())));
        constexpr int kAnHour = 3'600'000;
        bar->setWorthAsking(kAnHour);
        before = running();
        cross->click();
        QVERIFY(!question() && m_session->isRunning(JobKind::Export));
        QCOMPARE(running(), before.mid(1));
        QVERIFY(toast->text().endsWith(QStringLiteral("1 export was cancelled: %1").arg(before.first())));
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(dir.filePath(before[1])), kOpenMs);
        // Its question goes with it.
        bar->setWorthAsking(0);
        cross->click();
        QVERIFY(question());
        QTRY_VERIFY(!question());
        QVERIFY(m_session->isRunning(JobKind::Export));
        m_session->cancelAll();
        cleanup();  // the worker ends before its folder
    }

    void escapeNamesTheExportsThatItCancelled() {
        openDemo();
        QTemporaryDir dir;
        const auto* toast = m_window->findChild<QLabel*>(QStringLiteral("toast"));
        const auto escape = [this] {
            m_window->activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
            QTest::keyClick(m_window.get(), Qt::Key_Escape);
            QVERIFY(question());
            endButton()->click();
            QVERIFY(!question() && !m_session->isRunning(JobKind::Export));
        };
        exportForLong(dir.filePath(QStringLiteral("rows_%1.csv")));
        m_session->exportCheckpoint(dir.filePath(QStringLiteral("b.h5")));
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QVERIFY(question());
        QStringList named = m_session->exporting(JobKind::Export) + m_session->exporting(JobKind::ExportCheckpoint);
        endButton()->click();
        QVERIFY(!m_session->isRunning(JobKind::Export) && !m_session->isRunning(JobKind::ExportCheckpoint));
        QVERIFY(named.size() > 2000 && named.last() == QLatin1String("b.h5"));
        QCOMPARE(toast->text(), QStringLiteral("%1 were cancelled: %2 and %3 more")
                                    .arg(countedText(named.size(), "export"),
                                         named.mid(0, 5).join(QStringLiteral(", ")), formatCount(named.size() - 5)));
        const int table = 3;
        for (const char* name : {"a.csv", "c.csv"})
            m_session->tables().exportRows(table, nullptr, 0, 2, dir.filePath(QLatin1String(name)));
        escape();
        QVERIFY(toast->text().endsWith(QStringLiteral("\n2 exports were cancelled: a.csv, c.csv")));
        cleanup();  // the worker ends before its folder
    }

    // What is asked names all that runs: what is lost, and what goes on.
    void closingTheModelSaysWhatBecomesOfAnExport() {
        openDemo();
        QTemporaryDir dir;
        exportForLong(dir.filePath(QStringLiteral("rows_%1.csv")));
        m_session->evaluation().start({});
        chooseClose();
        QVERIFY(question());
        QCOMPARE(question()->text(), QStringLiteral("An evaluation is running."));
        QVERIFY2(
            question()->informativeText().endsWith(QStringLiteral("\nAn export is running. It goes on to its end.")),
            qPrintable(question()->informativeText()));
        endButton()->click();
        QVERIFY(!m_session->model() && !m_session->isRunning(JobKind::Evaluate));
        QVERIFY(m_session->isRunning(JobKind::Export));
        // Also where nothing had to be asked.
        const auto* toast = m_window->findChild<QLabel*>(QStringLiteral("toast"));
        QVERIFY(toast->isVisible() && toast->text() == QLatin1String("An export is running. It goes on to its end."));
        cleanup();  // the worker ends before its folder
    }

    // A question is about what runs: it goes with it, and nothing is done that nobody has chosen.
    void aQuestionGoesWhenWhatItNamesHasEnded() {
        openDemo();
        QSignalSpy declined(m_session.get(), &Session::declined);
        const ModelInfoPtr before = m_session->model();
        const std::pair<const char*, std::function<void()>> ways[] = {
            {"quit", [this] { QVERIFY(!m_window->close()); }},
            {"Esc", [this] { QTest::keyClick(m_window.get(), Qt::Key_Escape); }},
        };
        for (const auto& [name, act] : ways) {
            declined.clear();
            m_session->evaluation().start({});
            act();
            QVERIFY2(question() && question()->text() == QLatin1String("An evaluation is running."), name);
            QTRY_VERIFY2_WITH_TIMEOUT(!m_session->isRunning(JobKind::Evaluate) && !question(), name, kOpenMs);
            QCOMPARE(declined.size(), 1);
            QVERIFY2(m_session->model() == before && !m_session->isRunning(JobKind::OpenModel), name);
            QVERIFY2(m_window->isVisible(), name);
            const auto* toast = m_window->findChild<QLabel*>(QStringLiteral("toast"));
            QVERIFY2(toast->isVisible() && toast->text().contains(QStringLiteral("What was asked about has ended")),
                     name);
            m_window->activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        }
    }

    void aQuestionNamesWhatIsLeftOnceOneJobHasEnded() {
        openDemo();
        m_session->evaluation().start({});
        m_session->checks().requestDoctor();
        m_window->open(successor());
        QVERIFY(question());
        QCOMPARE(question()->text(), QStringLiteral("An evaluation is running.\nThe reading is being checked."));
        m_session->cancel(JobKind::Evaluate);
        QTRY_COMPARE(question() ? question()->text() : QString(), QStringLiteral("The reading is being checked."));
        m_session->cancel(JobKind::Doctor);
        QTRY_VERIFY(!question());
    }

    void escapeSaysWhatItCancelled() {
        auto* bar = m_window->findChild<StatusBar*>(QStringLiteral("statusBar"));
        Q_EMIT m_session->jobStarted(JobKind::TableStatistics, QStringLiteral("Statistics of 26 tables"));
        QTRY_COMPARE(bar->jobText(), QStringLiteral("Statistics of 26 tables"));
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        auto* toast = m_window->findChild<QLabel*>(QStringLiteral("toast"));
        QVERIFY(toast->isVisible());
        QCOMPARE(toast->text(), QStringLiteral("Cancelled: Statistics of 26 tables"));
        Q_EMIT m_session->jobFinished(JobKind::TableStatistics);
    }

    void closingAsksWhileAnEvaluationRuns() {
        openDemo();
        m_session->evaluation().start({});
        QVERIFY(m_session->isRunning(JobKind::Evaluate));
        QVERIFY(!m_window->close());
        QVERIFY(m_window->isVisible() && question());
        question()->defaultButton()->click();
        QVERIFY(m_window->isVisible() && m_session->isRunning(JobKind::Evaluate));
        QVERIFY(!m_window->close());
        endButton()->click();
        QVERIFY(!m_window->isVisible() && !m_session->isRunning(JobKind::Evaluate));
    }

    // Rows that were edited are kept nowhere else, also those of a dataset that is closed.
    void closingAsksWhileRowsAreEdited() {
        openDemo();
        m_window->showPage(QStringLiteral("samples"));
        Page* page = m_window->currentPage();
        auto* form = page->findChild<SampleFieldForm*>();
        QTRY_VERIFY_WITH_TIMEOUT(page->isSettled() && form->isEnabled() && form->fieldCount() > 0, kOpenMs);
        QVERIFY(page->unsaved().isEmpty());
        QLineEdit* field = form->editor(0);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("77"));
        QTRY_VERIFY(page->unsaved().startsWith(QStringLiteral("1 row that was edited")));
        QVERIFY(!m_window->close());
        QVERIFY(question() && question()->text() == page->unsaved());
        QCOMPARE(question()->defaultButton()->text(), QStringLiteral("&Stay"));
        question()->defaultButton()->click();
        QVERIFY(m_window->isVisible());
        m_session->closeModel();
        QTRY_VERIFY(!m_session->model());
        QVERIFY(page->unsaved().startsWith(QStringLiteral("1 row that was edited")));
        QVERIFY(!m_window->close());
        endButton()->click();
        QVERIFY(!m_window->isVisible());
    }

    // Over the page, which stays where it is under the pointer; what happened first, the code last.
    void anErrorMovesNothingAndEscapeClosesIt() {
        openDemo();
        Page* page = m_window->currentPage();
        const auto* card = page->findChild<QWidget*>(QStringLiteral("integrityCard"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning() && page->isSettled(), kOpenMs);
        QPoint before(-1, -1);  // once the cards have their heights, also on a busy machine
        const auto rests = [&] {
            QTest::qWait(200);
            const QPoint now = card->mapToGlobal(QPoint());
            return std::exchange(before, now) == now;
        };
        QTRY_VERIFY_WITH_TIMEOUT(rests(), kOpenMs);
        QTemporaryDir other;
        QFile file(other.filePath(QStringLiteral("x.txt")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        QSignalSpy failed(m_session.get(), &Session::jobFailed);
        m_window->open(m_window->requestFor(other.path()));
        QVERIFY(failed.wait(kOpenMs));
        QTRY_VERIFY(!page->errorText().isEmpty());
        QTest::qWait(50);
        QCOMPARE(card->mapToGlobal(QPoint()), before);
        auto* banner = page->findChild<QWidget*>(QStringLiteral("errorBanner"));
        QVERIFY(banner->isVisible());
        QVERIFY(page->findChild<QLabel*>(QStringLiteral("errorWhere"))->text().endsWith(QStringLiteral("E-CKPT-005")));
        auto* details = page->findChild<QLabel*>(QStringLiteral("errorDetails"));
        QVERIFY(!details->isVisible() && details->text().contains(QStringLiteral("expected: ")));
        const int height = banner->height();
        page->findChild<QPushButton*>(QStringLiteral("errorMore"))->click();
        QVERIFY(details->isVisible());
        QTRY_VERIFY(banner->height() > height);
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QVERIFY(page->errorText().isEmpty() && !banner->isVisible());
    }

    void exportsThatWaitAreCounted() {
        auto* bar = m_window->findChild<StatusBar*>(QStringLiteral("statusBar"));
        Q_EMIT m_session->jobStarted(JobKind::ExportCheckpoint, QStringLiteral("Exporting"));
        Q_EMIT m_session->jobProgressed(JobKind::ExportCheckpoint, 1, 4, QStringLiteral("25 %"));
        QTRY_COMPARE(bar->jobText(), QStringLiteral("Exporting 25 %"));
        Q_EMIT m_session->jobsWaiting(JobKind::ExportCheckpoint, 2);
        QCOMPARE(bar->jobText(), QStringLiteral("Exporting (2 more waiting) 25 %"));
        Q_EMIT m_session->jobsWaiting(JobKind::ExportCheckpoint, 1);  // the next one has begun
        QCOMPARE(bar->jobText(), QStringLiteral("Exporting (1 more waiting)"));
        Q_EMIT m_session->jobsWaiting(JobKind::ExportCheckpoint, 0);
        QCOMPARE(bar->jobText(), QStringLiteral("Exporting"));
        Q_EMIT m_session->jobFinished(JobKind::ExportCheckpoint);
        QCOMPARE(bar->jobText(), QString());
    }

    void twoJobsAtOnceAreSaid() {
        auto* bar = m_window->findChild<StatusBar*>(QStringLiteral("statusBar"));
        Q_EMIT m_session->jobStarted(JobKind::Evaluate, QStringLiteral("Evaluate"));
        QTRY_COMPARE(bar->jobText(), QStringLiteral("Evaluate"));
        Q_EMIT m_session->jobStarted(JobKind::Export, QStringLiteral("Export"));
        QTRY_COMPARE(bar->jobText(), QStringLiteral("Evaluate  (+1)"));
        Q_EMIT m_session->jobFinished(JobKind::Evaluate);
        QCOMPARE(bar->jobText(), QStringLiteral("Export"));
        Q_EMIT m_session->jobProgressed(JobKind::Export, 1, 4, QStringLiteral("25 %"));
        const auto* progress = bar->findChild<QProgressBar*>(QStringLiteral("jobProgress"));
        QVERIFY(progress->isVisible());
        QCOMPARE(progress->value() * 4, progress->maximum());
        Q_EMIT m_session->jobFinished(JobKind::Export);
        QVERIFY(!progress->isVisible());
    }
};

DLRM_TEST(TestShellJobs);

}  // namespace tst_shell_jobs

#include "tst_shell_jobs.moc"
