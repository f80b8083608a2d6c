// SPDX-License-Identifier: Apache-2.0
// File -> Export clicked through, and parts of models on every page.
#include <hdf5.h>

#include <QAbstractButton>
#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <functional>

#include "tests/support/job_spy.h"
#include "tests/support/test_program.h"
#include "ui/pages/page.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/desks/layer_desk.h"
#include "ui/session/table_analysis.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/theme.h"

namespace tst_checkpoint_export {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kWaitMs = 60'000;
const QString kCheckpoint = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint");

}  // namespace

class TestCheckpointExport : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;

    bool open(const QString& path) {
        test::JobSpy opened(m_session.get(), &Session::modelOpened);
        m_window->open(m_window->requestFor(path));
        return opened.wait(kWaitMs);
    }

    // Chooses the action of the Export menu and gives the dialog a path.
    void exportTo(const char* action, const QString& path) {
        bool answered = false;
        QTimer look;
        connect(&look, &QTimer::timeout, this, [&] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            if (!dialog || answered) return;
            answered = true;
            auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
            name->setText(path);
            QTest::keyClick(name, Qt::Key_Return);
        });
        look.start(20);
        auto* chosen = m_window->findChild<QAction*>(QLatin1String(action));
        QVERIFY(chosen);
        chosen->trigger();  // returns once the dialog is closed
        QVERIFY(answered);
    }

    // Looks at the dialog that the action opens, and leaves it.
    void lookAtDialog(QAction* action, const std::function<void(QFileDialog&)>& look) {
        QTimer timer;
        bool seen = false;
        connect(&timer, &QTimer::timeout, this, [&] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            if (!dialog || seen) return;
            seen = true;
            look(*dialog);
            dialog->reject();
        });
        timer.start(20);
        QVERIFY(action);
        action->trigger();
        QVERIFY(seen);
    }

private Q_SLOTS:
    void initTestCase() {
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        qputenv("XDG_CONFIG_HOME", m_home.filePath(QStringLiteral("config")).toUtf8());
        qputenv("XDG_STATE_HOME", m_home.filePath(QStringLiteral("state")).toUtf8());
        Theme::instance().apply(ThemeMode::Dark);
    }
    void init() {
        m_session = std::make_unique<Session>();
        m_window = std::make_unique<MainWindow>(*m_session, false);
        m_window->show();
    }
    void cleanup() {
        m_window.reset();
        m_session.reset();
    }

    void exportDialogsOpenWhereTheLastOneWas() {
        QTemporaryDir dir;
        QVERIFY(open(kCheckpoint));
        test::JobSpy noticed(m_session.get(), &Session::noticed);
        exportTo("exportHdf5", dir.filePath(QStringLiteral("a.h5")));
        QVERIFY(noticed.wait(kWaitMs));
        QString folder;
        lookAtDialog(m_window->findChild<QAction*>(QStringLiteral("exportDirectory")),
                     [&](QFileDialog& dialog) { folder = dialog.directory().canonicalPath(); });
        QCOMPARE(folder, QDir(dir.path()).canonicalPath());
    }

    void dialogsForFoldersShowTheFilesInThem() {
        for (const char* title : {"&Open checkpoint…", "Open d&ictionary…"}) {
            QAction* action = nullptr;
            for (auto* candidate : m_window->findChildren<QAction*>())
                if (candidate->text() == QString::fromUtf8(title)) action = candidate;
            bool foldersOnly = true;
            lookAtDialog(action,
                         [&](QFileDialog& dialog) { foldersOnly = dialog.testOption(QFileDialog::ShowDirsOnly); });
            QVERIFY2(!foldersOnly, title);
        }
    }

    void exportedCheckpointsOpenAgain_data() {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("written");
        QTest::newRow("HDF5") << QStringLiteral("exportHdf5") << QStringLiteral("model.h5")
                              << QStringLiteral("model.h5");
        QTest::newRow("HDF5 without an extension")
            << QStringLiteral("exportHdf5") << QStringLiteral("model") << QStringLiteral("model.h5");
        QTest::newRow("HDF5 with a dot in its name")
            << QStringLiteral("exportHdf5") << QStringLiteral("model.w1") << QStringLiteral("model.w1.h5");
        QTest::newRow("HDF5 with its other extension")
            << QStringLiteral("exportHdf5") << QStringLiteral("model.hdf5") << QStringLiteral("model.hdf5");
        QTest::newRow("directory") << QStringLiteral("exportDirectory") << QStringLiteral("model")
                                   << QStringLiteral("model");
    }
    void exportedCheckpointsOpenAgain() {
        QFETCH(QString, action);
        QFETCH(QString, given);
        QFETCH(QString, written);
        QTemporaryDir dir;
        QVERIFY(open(kCheckpoint));
        const ModelInfoPtr before = m_session->model();
        test::JobSpy noticed(m_session.get(), &Session::noticed);
        QSignalSpy started(m_session.get(), &Session::jobStarted), progressed(m_session.get(), &Session::jobProgressed);
        exportTo(qPrintable(action), dir.filePath(given));
        QVERIFY(noticed.wait(kWaitMs));
        QVERIFY2(noticed[0][0].toString().contains(dir.filePath(written)), qPrintable(noticed[0][0].toString()));
        QCOMPARE(started[0][0].value<JobKind>(), JobKind::ExportCheckpoint);
        QVERIFY(QFileInfo::exists(dir.filePath(written)));
        QVERIFY(open(dir.filePath(written)));
        QCOMPARE(m_session->model()->spec.layout,
                 written == QLatin1String("model") ? std::string("C") : std::string("H5"));
        QCOMPARE(m_session->model()->spec.parameters(), before->spec.parameters());
    }

    // The extension is added before it is asked whether something stands there.
    void anExistingExportIsAskedAbout() {
        QTemporaryDir dir;
        QVERIFY(open(kCheckpoint));
        QFile old(dir.filePath(QStringLiteral("model.w1.h5")));
        QVERIFY(old.open(QIODevice::WriteOnly) && old.write("mine") == 4);
        old.close();
        QStringList asked;
        QTimer boxes, again;
        connect(&boxes, &QTimer::timeout, this, [&] {
            auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
            if (!box) return;
            asked << box->text();
            box->reject();
        });
        connect(&again, &QTimer::timeout, this, [&] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            if (dialog && !asked.isEmpty()) dialog->reject();
        });
        boxes.start(20);
        again.start(20);
        exportTo("exportHdf5", dir.filePath(QStringLiteral("model.w1")));
        QCOMPARE(asked, QStringList{old.fileName() + QStringLiteral(" exists already. Replace it?")});
        QVERIFY(!m_session->isRunning(JobKind::ExportCheckpoint));
        QCOMPARE(old.size(), 4);
    }

    // Two exports to one file: the second one is refused while it is asked for.
    void whereAnExportWritesTheWindowRefusesAnother() {
        QTemporaryDir dir;
        QVERIFY(open(kCheckpoint));
        const QString path = dir.filePath(QStringLiteral("same.h5"));
        test::JobSpy noticed(m_session.get(), &Session::noticed);
        m_session->exportCheckpoint(path);
        QVERIFY(m_window->exportRefusal(path).contains(QStringLiteral("E-EXPORT-013")));
        QVERIFY(noticed.wait(kWaitMs));
        QCOMPARE(m_window->exportRefusal(path), QString());
    }

    void anExportCanBeCancelled() {
        QTemporaryDir dir;
        QVERIFY(open(kCheckpoint));
        QSignalSpy failed(m_session.get(), &Session::jobFailed), noticed(m_session.get(), &Session::noticed);
        m_session->exportCheckpoint(dir.filePath(QStringLiteral("model.h5")));
        QVERIFY(m_session->isRunning(JobKind::ExportCheckpoint));
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        auto* question = m_window->findChild<QMessageBox*>(QStringLiteral("runningQuestion"));
        QVERIFY(question && question->text() == QLatin1String("The checkpoint is being exported.") &&
                m_session->isRunning(JobKind::ExportCheckpoint));
        for (QAbstractButton* button : question->buttons())
            if (question->buttonRole(button) == QMessageBox::DestructiveRole) button->click();
        QVERIFY(!m_session->isRunning(JobKind::ExportCheckpoint));
        QTest::qWait(300);
        QVERIFY(failed.isEmpty() && noticed.isEmpty());
        for (const QString& name : QDir(dir.path()).entryList(QDir::Files))
            QCOMPARE(name, QStringLiteral("model.h5"));  // whole, if it was faster
    }

    void anExportGoesOnWhenItsModelIsClosed() {
        QTemporaryDir dir;
        QVERIFY(open(kCheckpoint));
        test::JobSpy noticed(m_session.get(), &Session::noticed);
        const QString path = dir.filePath(QStringLiteral("model.h5"));
        m_session->exportCheckpoint(path);
        m_session->closeModel();
        QVERIFY(m_session->isRunning(JobKind::ExportCheckpoint));
        QVERIFY(noticed.wait(kWaitMs));
        QVERIFY2(noticed[0][0].toString().contains(path), qPrintable(noticed[0][0].toString()));
        QVERIFY(open(path));
    }

    void aFailedExportIsShown() {
        QTemporaryDir dir;
        QVERIFY(open(kCheckpoint));
        QSignalSpy failed(m_session.get(), &Session::jobFailed);
        QVERIFY(QDir(dir.path()).mkdir(QStringLiteral("x")));
        m_session->exportCheckpoint(dir.path());  // a directory that is not empty
        QTRY_VERIFY_WITH_TIMEOUT(!failed.isEmpty(), kWaitMs);
        QCOMPARE(failed.last()[1].value<Error>().code, std::string("E-FILE-014"));
        QTRY_VERIFY(m_window->currentPage()->errorText().contains(QLatin1String("E-FILE-014")));
        // It goes when another try succeeds.
        QTemporaryDir other;
        m_session->exportCheckpoint(other.filePath(QStringLiteral("model.h5")));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->currentPage()->errorText().isEmpty(), kWaitMs);
    }

    void aFailedExportOfRowsGoesWithItsSuccess() {
        QTemporaryDir dir;
        QVERIFY(open(kCheckpoint));
        m_window->showPage(QStringLiteral("tables"));
        m_session->tables().exportRows(0, nullptr, 0, 1, dir.filePath(QStringLiteral("rows.docx")));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->currentPage()->errorText().contains(QLatin1String("E-EXPORT-")), kWaitMs);
        m_session->tables().exportRows(0, nullptr, 0, 1, dir.filePath(QStringLiteral("rows.csv")));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->currentPage()->errorText().isEmpty(), kWaitMs);
    }

    void withoutAModelNothingIsAsked() {
        m_window->findChild<QAction*>(QStringLiteral("exportHdf5"))->trigger();
        QVERIFY(!QApplication::activeModalWidget());
    }

    void partsOfModelsOnEveryPage_data() {
        QTest::addColumn<QString>("part");
        for (const char* part : {"table", "kernel", "without tables"}) QTest::newRow(part) << QString::fromLatin1(part);
    }
    void partsOfModelsOnEveryPage() {
        QFETCH(QString, part);
        QTemporaryDir dir;
        QString path =
            kCheckpoint + (part == QLatin1String("table") ? QLatin1String("/feature_0_part0.npy")
                                                          : QLatin1String("/top_mlp_layer_0_kernel_part0.npy"));
        if (part == QLatin1String("without tables")) {
            QVERIFY(open(kCheckpoint));
            test::JobSpy noticed(m_session.get(), &Session::noticed);
            path = dir.filePath(QStringLiteral("model.h5"));
            m_session->exportCheckpoint(path);
            QVERIFY(noticed.wait(kWaitMs));
            const hid_t file = H5Fopen(qPrintable(path), H5F_ACC_RDWR, H5P_DEFAULT);
            QVERIFY(H5Adelete(file, "table_order") >= 0);
            H5Fclose(file);
        }
        QVERIFY(open(path));
        QVERIFY(!m_session->model()->spec.missing.empty());
        QCOMPARE(m_session->model()->spec.tables.size(),
                 part == QLatin1String("without tables") ? std::size_t{0} : std::size_t{1});
        for (const QString& page : MainWindow::pageIds()) {
            m_window->showPage(page);
            QTest::qWait(200);
            if (page == QLatin1String("tables") && part != QLatin1String("without tables")) {
                Selection selection;
                selection.kind = Selection::Kind::TableRow;
                selection.table = 0;
                selection.row = 3;
                m_session->setSelection(selection);
                QTest::qWait(200);
            }
            if (page == QLatin1String("layers") && part == QLatin1String("without tables")) {
                Selection selection;
                selection.kind = Selection::Kind::Layer;
                selection.layer = 0;
                selection.row = 1;
                m_session->setSelection(selection);
                QTest::qWait(200);
            }
            QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWaitMs);
        }
        // A dataset beside it is refused or cannot be used, with a word.
        m_window->open(m_window->requestFor({}, QStringLiteral(DLRM_TEST_DATA "/golden/datasets/tiny")));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWaitMs);
        for (const QString& page : MainWindow::pageIds()) {
            m_window->showPage(page);
            QTest::qWait(100);
        }
        EvaluateOptions options;
        m_session->evaluation().start(options);
        m_session->layers().startUnitAtlas(100);
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWaitMs);
    }
};

DLRM_TEST(TestCheckpointExport);

}  // namespace tst_checkpoint_export

#include "tst_checkpoint_export.moc"
