// SPDX-License-Identifier: Apache-2.0
// The window, clicked through with the bundled demo.
#include <QAction>
#include <QClipboard>
#include <QDialog>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUrl>

#include "tests/support/test_program.h"
#include "ui/pages/page.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/shell/main_window.h"
#include "ui/shell/status_bar.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/storage.h"
#include "ui/widgets/theme.h"

namespace tst_shell {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kOpenMs = 60'000;
const QString kDemo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo");

void drop(QWidget& window, const QStringList& paths) {
    QMimeData mime;
    QList<QUrl> urls;
    for (const QString& path : paths) urls << QUrl::fromLocalFile(path);
    mime.setUrls(urls);
    QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &event);
}

}  // namespace

class TestShell : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;

    QToolButton* railButton(const char* id) const {
        return m_window->findChild<QToolButton*>(QStringLiteral("rail-") + QLatin1String(id));
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

    void init() {
        m_session = std::make_unique<Session>();
        m_window = std::make_unique<MainWindow>(*m_session);
        m_window->show();
        m_window->activateWindow();  // shortcuts work in the active window only; without a window manager nobody else
                                     // activates it
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void cleanup() {
        m_window.reset();
        m_session.reset();
        RecentFiles::instance().clear();
    }

    void pagesThatNeedAModelAreGreyUntilOneIsOpen() {
        QVERIFY(railButton("welcome")->isEnabled());
        QVERIFY(!railButton("tables")->isEnabled());
        QVERIFY(railButton("tables")->toolTip().contains(QStringLiteral("open a checkpoint first")));
        QVERIFY(!m_window->showPage(QStringLiteral("tables")));
        openDemo();
        QVERIFY(railButton("tables")->isEnabled());
        QCOMPARE(m_window->currentPageId(), QStringLiteral("overview"));
    }

    void everyPageOpensFromTheRail() {
        openDemo();
        for (const QString& id : MainWindow::pageIds()) {
            QTest::mouseClick(railButton(id.toLatin1().constData()), Qt::LeftButton);
            QCOMPARE(m_window->currentPageId(), id);
            QVERIFY(m_window->currentPage()->isVisible());
            QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
            QCOMPARE(m_window->currentPage()->errorText(), QString());
        }
    }

    void keysSwitchPages() {
        openDemo();
        QTest::keyClick(m_window.get(), Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(m_window->currentPageId(), QStringLiteral("welcome"));
        QTest::keyClick(m_window.get(), Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(m_window->currentPageId(), MainWindow::pageIds().at(2));
    }

    void backReturnsToPageAndSelection() {
        openDemo();
        m_window->showPage(QStringLiteral("samples"));
        QTRY_COMPARE(m_session->selection().kind, Selection::Kind::Sample);  // the page chooses its first row
        QTRY_VERIFY(!m_session->isAnyRunning());
        QTest::qWait(200);
        Selection table;
        table.kind = Selection::Kind::Table;
        table.table = 2;
        m_session->setSelection(table);
        m_window->showPage(QStringLiteral("evaluate"));
        QTest::qWait(200);
        QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(m_window->currentPageId(), QStringLiteral("samples"));
        // Where selection and page came too far apart for a jump, on a busy machine, they are two places.
        if (m_session->selection() == table) QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(m_window->currentPageId(), QStringLiteral("samples"));
        QTRY_VERIFY(m_session->selection() != table);
    }

    void movingInAListIsOnePlace() {
        openDemo();
        m_window->showPage(QStringLiteral("layers"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        QTest::qWait(200);
        m_window->showPage(QStringLiteral("tables"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        Selection row;
        row.kind = Selection::Kind::TableRow;
        row.table = 0;
        for (row.row = 1; row.row <= 3; ++row.row) {  // at reading speed
            QTest::qWait(200);
            m_session->setSelection(row);
        }
        QTest::qWait(200);
        row.row = 40;
        m_session->jumpTo(row);
        auto* forward = m_window->findChild<QAction*>(QStringLiteral("goForward"));
        QVERIFY(!forward->isEnabled());
        const auto press = [&](Qt::Key key) { QTest::keyClick(m_window.get(), key, Qt::AltModifier); };
        press(Qt::Key_Left);
        QCOMPARE(m_window->currentPageId(), QStringLiteral("tables"));
        QCOMPARE(m_session->selection().row, std::int64_t{3});  // before the jump
        press(Qt::Key_Left);
        QCOMPARE(m_window->currentPageId(), QStringLiteral("layers"));
        while (forward->isEnabled()) press(Qt::Key_Right);
        QCOMPARE(m_window->currentPageId(), QStringLiteral("tables"));
        QCOMPARE(m_session->selection().row, std::int64_t{40});
    }

    // Wherever the pointer is, files are the window's or the page's own, never refused and never text in a field.
    void filesCanBeDroppedAnywhere() {
        openDemo();
        for (const QString& id : MainWindow::pageIds()) {
            m_window->showPage(id);
            QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
            for (QWidget* w : m_window->currentPage()->findChildren<QWidget*>()) {
                if (!w->isVisible()) continue;
                const QWidget* taker = w;
                while (taker && !taker->acceptDrops()) taker = taker->parentWidget();
                const bool ours =
                    taker == m_window.get() || qobject_cast<const Page*>(taker) ||
                    (taker && taker->inherits("dlrm::ui::SamplePasteBox")) ||
                    (taker && taker->parentWidget() && taker->parentWidget()->inherits("dlrm::ui::SamplePasteBox"));
                QVERIFY2(ours,
                         qPrintable(id + QStringLiteral(": ") + QString::fromLatin1(w->metaObject()->className()) +
                                    QLatin1Char(' ') + w->objectName()));
            }
        }
        QMimeData mime;
        mime.setUrls({QUrl::fromLocalFile(kDemo)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &enter);
        auto* frame = m_window->findChild<QWidget*>(QStringLiteral("dropFrame"));
        QVERIFY(frame->isVisible());
        QDragLeaveEvent leave;
        QCoreApplication::sendEvent(m_window.get(), &leave);
        QVERIFY(!frame->isVisible());
    }

    void aFileThatIsNoCheckpointIsNamedItself() {
        QFile readme(m_home.filePath(QStringLiteral("README.md")));
        QVERIFY(readme.open(QIODevice::WriteOnly));
        readme.write("hello");
        readme.close();
        QSignalSpy failed(m_session.get(), &Session::jobFailed);
        drop(*m_window, {readme.fileName()});
        QVERIFY(failed.wait(kOpenMs));
        QTRY_VERIFY(m_window->currentPage()->errorText().contains(readme.fileName()));
    }

    void theParentFolderOffersWhatIsInIt() {
        QSignalSpy failed(m_session.get(), &Session::jobFailed), opened(m_session.get(), &Session::datasetOpened);
        drop(*m_window, {kDemo});
        QVERIFY(failed.wait(kOpenMs));
        QPushButton* open = nullptr;
        QTRY_VERIFY((open = m_window->currentPage()->findChild<QPushButton*>(QStringLiteral("errorAction"))) &&
                    open->isVisible());
        QCOMPARE(open->text(), QStringLiteral("Open checkpoint with dataset"));
        QTest::mouseClick(open, Qt::LeftButton);
        QVERIFY(opened.wait(kOpenMs));
        QVERIFY(m_session->model() && m_session->dataset()->hasDictionary);
        QTRY_VERIFY(m_window->currentPage()->errorText().isEmpty());
    }

    void errorsCarryTheButtonsThatResolveThem() {
        QSignalSpy model(m_session.get(), &Session::modelOpened);
        drop(*m_window, {kDemo + QStringLiteral("/checkpoint")});  // without its dictionary
        QVERIFY(model.wait(kOpenMs));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        QSignalSpy failed(m_session.get(), &Session::jobFailed), opened(m_session.get(), &Session::datasetOpened);
        drop(*m_window, {kDemo + QStringLiteral("/raw_rows.tsv")});
        QVERIFY(failed.wait(kOpenMs));
        Page* page = m_window->currentPage();
        QTRY_VERIFY(page->errorText().contains(QStringLiteral("E-DICT-001")));
        QVERIFY2(!page->errorText().contains(QStringLiteral("--")), qPrintable(page->errorText()));
        QStringList offered;
        QPushButton* row0 = nullptr;
        for (QPushButton* b : page->findChildren<QPushButton*>(QStringLiteral("errorAction"))) {
            if (!b->isVisible()) continue;
            offered << b->text();
            if (b->text().contains(QStringLiteral("missing"))) row0 = b;
        }
        QCOMPARE(offered, (QStringList{QStringLiteral("Open dictionary…"), QStringLiteral("Read categories as missing"),
                                       QStringLiteral("Hash categories")}));
        QTest::mouseClick(row0, Qt::LeftButton);
        QVERIFY(opened.wait(kOpenMs));
        QCOMPARE(m_session->dataset()->asked.missingDictionary, MissingDictionary::Row0);
        QTRY_VERIFY(page->errorText().isEmpty());
    }

    // A number in text that is none stops the reading; one button reads it as missing, and the result says so.
    void numbersThatAreNoneAreCountedAsMissingOnRequest() {
        openDemo();
        QFile rows(kDemo + QStringLiteral("/raw_rows.tsv"));
        QVERIFY(rows.open(QIODevice::ReadOnly));
        QList<QByteArray> lines = rows.readAll().split('\n');
        QList<QByteArray> fields = lines[0].split('\t');
        fields[1] = "47.0";
        lines[0] = fields.join('\t');
        const QString path = m_home.filePath(QStringLiteral("floats.tsv"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(lines.join('\n')) > 0);
        file.close();
        QSignalSpy failed(m_session.get(), &Session::jobFailed), opened(m_session.get(), &Session::datasetOpened);
        m_window->open(m_window->requestFor({}, path, kDemo + QStringLiteral("/dictionary")));
        m_window->showPage(QStringLiteral("samples"));
        QVERIFY(failed.wait(kOpenMs));
        Page* page = m_window->currentPage();
        QPushButton* missing = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT(
            (missing = [page]() -> QPushButton* {
                for (QPushButton* b : page->findChildren<QPushButton*>(QStringLiteral("errorAction")))
                    if (b->isVisible() && b->text() == QLatin1String("Count as missing")) return b;
                return nullptr;
            }()) != nullptr,
            kOpenMs);
        opened.clear();
        QTest::mouseClick(missing, Qt::LeftButton);
        QVERIFY(opened.wait(kOpenMs));
        QCOMPARE(m_session->dataset()->asked.textNumbers, TextNumbers::Lenient);
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning() && page->errorText().isEmpty(), kOpenMs);
        QSignalSpy evaluated(&m_session->evaluation(), &EvaluationDesk::updated);
        m_session->evaluation().start({});
        QTRY_VERIFY_WITH_TIMEOUT(!evaluated.isEmpty() && evaluated.last().first().value<EvaluationPtr>()->final,
                                 kOpenMs);
        QString notes;
        for (const std::string& note : evaluated.last().first().value<EvaluationPtr>()->notes)
            notes += QString::fromStdString(note);
        QVERIFY2(notes.contains(QStringLiteral("missing")), qPrintable(notes));
    }

    void aModelThatVanishedIsWhatIsReported() {
        QSignalSpy failed(m_session.get(), &Session::jobFailed);
        m_window->open(m_window->requestFor(m_home.filePath(QStringLiteral("gone")),
                                            m_home.filePath(QStringLiteral("gone_dataset"))));
        QVERIFY(failed.wait(kOpenMs));
        QTRY_VERIFY(!m_session->isAnyRunning());
        QTest::qWait(50);
        QCOMPARE(failed.count(), 1);
        QVERIFY(m_window->currentPage()->errorText().contains(QStringLiteral("/gone\n")) ||
                m_window->currentPage()->errorText().contains(QStringLiteral("gone")));
        QVERIFY(!m_window->currentPage()->errorText().contains(QStringLiteral("gone_dataset")));
    }

    void paletteFindsPagesTablesAndRows() {
        openDemo();
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        CommandPalette* palette = m_window->palette();
        QVERIFY(palette->isVisible());
        auto* field = palette->findChild<QLineEdit*>();
        field->setText(QStringLiteral("evalu"));
        QCOMPARE(palette->titles().value(0), QStringLiteral("Evaluate"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(m_window->currentPageId(), QStringLiteral("evaluate"));
        QVERIFY(!palette->isVisible());

        const QString name = QString::fromStdString(m_session->model()->spec.tables[4].name);
        palette->open(name + QStringLiteral(" 12"));
        QVERIFY(palette->titles().value(0).contains(QStringLiteral("row 12")));
        const QString wanted = palette->titles().value(0);
        for (const QString& words : {wanted, QStringLiteral("row 12 ") + name, QStringLiteral("Row 12 of ") + name}) {
            palette->open(words);
            QVERIFY2(palette->titles().contains(wanted), qPrintable(words));
        }
        palette->open(name + QStringLiteral(" 12"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(m_session->selection().table, 4);
        QCOMPARE(m_session->selection().row, std::int64_t{12});
        QCOMPARE(m_window->currentPageId(), QStringLiteral("tables"));

        palette->open(QStringLiteral("table 7"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(m_session->selection().table, 7);

        palette->open(QStringLiteral("light"));
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(!Theme::instance().isDark());
        Theme::instance().apply(ThemeMode::Dark);

        palette->open(QStringLiteral("no such thing at all"));
        QVERIFY(palette->titles().isEmpty());
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!palette->isVisible());
    }

    void paletteOffersWhatCanBeDoneNow() {
        CommandPalette* palette = m_window->palette();
        palette->open(QStringLiteral("Close"));
        QVERIFY(!palette->titles().contains(QStringLiteral("Close")));
        palette->open(QStringLiteral("Checkpoint as HDF5"));
        QVERIFY(!palette->titles().contains(QStringLiteral("Export: Checkpoint as HDF5…")));
        palette->open(QStringLiteral("no such thing at all"));
        QVERIFY(palette->findChild<QLabel*>(QStringLiteral("nothingFound"))->isVisible());
        palette->hide();
        openDemo();
        palette->open(QStringLiteral("Close"));
        QVERIFY(palette->titles().contains(QStringLiteral("Close")));
        palette->open(QStringLiteral("Checkpoint as HDF5"));
        QVERIFY(palette->titles().contains(QStringLiteral("Export: Checkpoint as HDF5…")));
        // The page's own buttons too, while they are in view.
        for (const char* id : {"overview", "layers"}) {
            palette->hide();
            m_window->showPage(QString::fromLatin1(id));
            palette->open(QStringLiteral("check val"));
            QCOMPARE(palette->titles().value(0), QStringLiteral("Check values"));  // its button, or where that is
        }
        palette->open(QStringLiteral("Checkpoint as HDF5"));
        QVERIFY(!palette->findChild<QLabel*>(QStringLiteral("nothingFound"))->isVisible());
        // A raw value leads to the rows it is read as.
        const QString value = m_session->hexOf(19, 77);
        palette->open(value);
        QVERIFY2(palette->titles().contains(QStringLiteral("cat_19, row 77")),
                 qPrintable(palette->titles().join(QLatin1Char('|'))));
        palette->hide();
    }

    // The Edit menu shows what the page in view can do, and does it.
    void editMenuActsOnThePage() {
        openDemo();
        const auto entry = [this](const QString& title) -> QAction* {
            for (QAction* top : m_window->menuBar()->actions())
                if (top->menu() && QString(top->text()).remove(QLatin1Char('&')) == QLatin1String("Edit")) {
                    Q_EMIT top->menu()->aboutToShow();
                    for (QAction* action : top->menu()->actions())
                        if (QString(action->text()).remove(QLatin1Char('&')).startsWith(title)) return action;
                }
            return nullptr;
        };
        m_window->showPage(QStringLiteral("tables"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        QVERIFY(entry(QStringLiteral("Find"))->isEnabled() && !entry(QStringLiteral("Undo"))->isEnabled());
        entry(QStringLiteral("Copy"))->trigger();
        QTRY_VERIFY(!QGuiApplication::clipboard()->text().isEmpty());
        m_window->showPage(QStringLiteral("samples"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning() && m_window->currentPage()->isSettled(), kOpenMs);
        QVERIFY(!entry(QStringLiteral("Find"))->isEnabled() && !entry(QStringLiteral("Undo"))->isEnabled());
        auto* field = m_window->currentPage()->findChild<QLineEdit*>(QStringLiteral("field_num_1"));
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("4000"));
        QTRY_VERIFY(entry(QStringLiteral("Undo"))->isEnabled());
        entry(QStringLiteral("Undo"))->trigger();
        QVERIFY(field->text() != QStringLiteral("4000"));
        m_window->showPage(QStringLiteral("evaluate"));
        QVERIFY(!entry(QStringLiteral("Copy"))->isEnabled());
    }

    void droppingACheckpointAndItsDatasetOpensBoth() {
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        drop(*m_window, {kDemo + QStringLiteral("/dataset"), kDemo + QStringLiteral("/dictionary"),
                         kDemo + QStringLiteral("/checkpoint")});
        QVERIFY(opened.wait(kOpenMs));
        QVERIFY(m_session->model());
        QVERIFY(m_session->dataset()->hasDictionary);
    }

    // Keras' layers: no table, nothing to predict. Every page is shown, and one that can do nothing says why.
    void aFileOfLayersAloneIsDroppedAndBrowsed() {
        QSignalSpy opened(m_session.get(), &Session::modelOpened);
        const QString file = QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras");
        drop(*m_window, {file});
        QVERIFY(opened.wait(kOpenMs));
        QCOMPARE(m_session->model()->path, file.toStdString());
        QCOMPARE(m_session->model()->spec.topMlp.size(), std::size_t{3});
        for (const QString& id : MainWindow::pageIds()) {
            if (!railButton(id.toLatin1().constData())->isEnabled()) continue;
            QTest::mouseClick(railButton(id.toLatin1().constData()), Qt::LeftButton);
            QCOMPARE(m_window->currentPageId(), id);
            QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        }
        m_window->showPage(QStringLiteral("layers"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kOpenMs);
        QCOMPARE(m_window->currentPage()->errorText(), QString());
    }

    void whatWasOpenedIsRecentAndOpensAgain() {
        openDemo();
        const QList<RecentEntry> entries = RecentFiles::instance().entries();
        QCOMPARE(entries.size(), 1);
        QVERIFY(entries[0].dataset.contains(QStringLiteral("dataset")));
        m_session->closeModel();
        QCOMPARE(m_window->currentPageId(), QStringLiteral("welcome"));
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_window->openRecent(0);
        QVERIFY(opened.wait(kOpenMs));
        QVERIFY(m_session->dataset()->hasDictionary);
    }

    void anOpenThatFailsStaysAsABannerWithCopyAndRetry() {
        openDemo();
        QTemporaryDir empty;
        QSignalSpy failed(m_session.get(), &Session::jobFailed);
        drop(*m_window, {empty.path()});
        QVERIFY(failed.wait(kOpenMs));
        Page* page = m_window->currentPage();
        QTRY_VERIFY(!page->errorText().isEmpty());
        QVERIFY(page->errorText().startsWith(QStringLiteral("E-")));
        auto* copy = page->findChild<QPushButton*>(QStringLiteral("copyError"));
        QVERIFY(copy && copy->isVisible());
        QTest::mouseClick(copy, Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), page->errorText());
        QVERIFY(m_session->model());
        QPushButton* retry = nullptr;
        for (QPushButton* button : page->findChildren<QPushButton*>())
            if (button->text().contains(QStringLiteral("Retry"))) retry = button;
        QTRY_VERIFY(retry && retry->isVisible());
        failed.clear();
        QTest::mouseClick(retry, Qt::LeftButton);
        QVERIFY(failed.wait(kOpenMs));
        QTest::qWait(50);
        QTest::mouseClick(page->findChild<QToolButton*>(QStringLiteral("closeError")), Qt::LeftButton);
        QVERIFY(page->errorText().isEmpty());
    }

    void fileNamesAreShownAsTextNeverAsMarkup() {
        QSignalSpy failed(m_session.get(), &Session::jobFailed);
        m_window->open(m_window->requestFor(m_home.filePath(QStringLiteral("<b>bold</b>"))));
        QVERIFY(failed.wait(kOpenMs));
        QTRY_VERIFY(m_window->currentPage()->errorText().contains(QStringLiteral("<b>bold</b>")));
        for (QLabel* label : m_window->currentPage()->findChildren<QLabel*>())
            if (label->text().contains(QStringLiteral("<b>"))) QCOMPARE(label->textFormat(), Qt::PlainText);
    }

    void layoutIsRememberedAndReset() {
        m_window->resize(1600, 1000);
        openDemo();
        auto* inspector = m_window->findChild<QDockWidget*>(QStringLiteral("inspector"));
        QVERIFY(inspector->isVisible());
        m_window->findChild<QAction*>(QStringLiteral("toggleInspector"))->trigger();
        QVERIFY(!inspector->isVisible());
        m_window->close();
        m_window = std::make_unique<MainWindow>(*m_session);
        m_window->show();
        m_window->resize(1600, 1000);
        m_window->showPage(QStringLiteral("overview"));
        inspector = m_window->findChild<QDockWidget*>(QStringLiteral("inspector"));
        QVERIFY(!inspector->isVisible());
        m_window->findChild<QAction*>(QStringLiteral("toggleInspector"))->trigger();
        QVERIFY(inspector->isVisible());
        QSettings(stateFile(), QSettings::IniFormat).clear();
    }

    // Pages it has nothing to say about and narrow windows get its room; Ctrl+I brings it there all the same.
    void theInspectorGivesItsRoomToThePage() {
        m_window->resize(1600, 1000);
        openDemo();
        auto* inspector = m_window->findChild<QDockWidget*>(QStringLiteral("inspector"));
        auto* toggle = m_window->findChild<QAction*>(QStringLiteral("toggleInspector"));
        for (const char* id : {"welcome", "samples", "evaluate"}) {
            m_window->showPage(QLatin1String(id));
            QVERIFY2(!inspector->isVisible() && !toggle->isEnabled(), id);
        }
        m_window->showPage(QStringLiteral("tables"));
        QVERIFY(inspector->isVisible() && toggle->isChecked());
        m_window->resize(1100, 700);
        QTRY_VERIFY(!inspector->isVisible());
        toggle->trigger();
        QVERIFY(inspector->isVisible());
        m_window->resize(1600, 1000);
        QTRY_VERIFY(inspector->isVisible());
        m_window->resize(1100, 700);
        QTRY_VERIFY(!inspector->isVisible());
    }

    void helpAndGoToIdAnswerOnEveryPage() {
        openDemo();
        for (const QString& id : MainWindow::pageIds()) {
            m_window->showPage(id);
            QVERIFY2(!m_window->currentPage()->helpText().isEmpty(), qPrintable(id));
            QTest::keyClick(m_window.get(), Qt::Key_F1);
            // One explanation at a time, that of this page.
            QStringList shown;
            for (const QDialog* help : m_window->findChildren<QDialog*>(QStringLiteral("help")))
                if (help->isVisible()) shown << help->windowTitle();
            QCOMPARE(shown.size(), 1);
            QCOMPARE(shown.first().toLower(), id);
            m_window->activateWindow();
        }
        m_window->showPage(QStringLiteral("evaluate"));
        QTest::keyClick(m_window.get(), Qt::Key_G, Qt::ControlModifier);
        QCOMPARE(m_window->currentPageId(), QStringLiteral("tables"));
    }

    void statusBarNamesBackendAndMemory() {
        openDemo();
        auto* backend = m_window->findChild<QToolButton*>(QStringLiteral("backendButton"));
        QVERIFY(backend->text().contains(QStringLiteral("CPU")));
        QVERIFY(!backend->toolTip().isEmpty());
        QVERIFY(ownBytes() > 1'000'000);
    }

    // As on a machine without a driver, which is where the tests run; on one with a GPU there is nothing to disable.
    void theBackendMenuSaysWhatCannotBeHad() {
        openDemo();
        QMenu* menu = m_window->findChild<QToolButton*>(QStringLiteral("backendButton"))->menu();
        Q_EMIT menu->aboutToShow();
        QTRY_VERIFY(!m_session->backends().empty());
        Q_EMIT menu->aboutToShow();
        const auto entry = [menu](const QString& start) -> QAction* {
            for (QAction* action : menu->actions())
                if (action->text().startsWith(start)) return action;
            return nullptr;
        };
        QVERIFY(entry(QStringLiteral("Automatic"))->isEnabled() && entry(QStringLiteral("fp32"))->isEnabled() &&
                entry(QStringLiteral("bf16"))->isEnabled());
        const QString unavailable = m_session->backends().front().unavailable;
        QCOMPARE(m_session->backends().front().name, QStringLiteral("cuda"));
        if (unavailable.isEmpty()) QSKIP("there is a GPU");
        QCOMPARE(entry(QStringLiteral("CUDA"))->text(), QStringLiteral("CUDA — ") + unavailable);
        QVERIFY(!entry(QStringLiteral("CUDA"))->isEnabled());
        for (const char* precision : {"tf32", "fp16"}) {
            QVERIFY(!entry(QLatin1String(precision))->isEnabled());
            QVERIFY(entry(QLatin1String(precision))->text().endsWith(QStringLiteral("not on the CPU")));
        }
    }

    void buttonsHaveNamesForScreenReaders() {
        openDemo();
        for (const QString& id : MainWindow::pageIds()) {
            m_window->showPage(id);
            for (QToolButton* button : m_window->currentPage()->findChildren<QToolButton*>())
                if (button->text().isEmpty() && button->isVisible())
                    QVERIFY2(!button->accessibleName().isEmpty() || !button->toolTip().isEmpty(),
                             qPrintable(id + QLatin1Char(' ') + button->objectName()));
        }
    }
};

DLRM_TEST(TestShell);

}  // namespace tst_shell

#include "tst_shell.moc"
