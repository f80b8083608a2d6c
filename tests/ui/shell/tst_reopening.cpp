// SPDX-License-Identifier: Apache-2.0
// Models in other places: folders of the same name, and files that were replaced while they were open.
#include <QAction>
#include <QApplication>
#include <QDir>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <filesystem>

#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"
#include "tests/ui/shell/window_test.h"
#include "ui/pages/page.h"
#include "ui/session/table_analysis.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/toast.h"

namespace tst_reopening {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

const QString kModel = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/checkpoint");
const QString kOther = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint");
const QString kOthersData = QStringLiteral(DLRM_TEST_DATA "/golden/datasets/tiny/feature_spec.yaml");

}  // namespace

class TestReopening : public test::WindowTest {
    Q_OBJECT

    bool open(const QString& model) {
        QSignalSpy opened(m_session.get(), &Session::modelOpened);
        m_window->open(m_window->requestFor(model));
        return opened.wait(kWaitMs) && settles();
    }

    bool openDemo() {
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_window->openDemo();
        return opened.wait(kWaitMs) && settles();
    }

    // By the menu's "Open dataset…" and its dialog.
    bool chooseDataset(const QString& path) {
        QAction* chosen = nullptr;
        for (QAction* action : m_window->findChildren<QAction*>())
            if (action->text() == QStringLiteral("Open &dataset…")) chosen = action;
        if (!chosen) return false;
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
        chosen->trigger();  // returns once the dialog is closed
        return answered && settles();
    }

private Q_SLOTS:
    void initTestCase() {
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        useHome();
        Theme::instance().apply(ThemeMode::Dark);
    }
    void init() { showWindow(); }
    void cleanup() { closeWindow(); }

    void theTitleTellsModelsOfOneNameApart() {
        const QString one = m_home.filePath(QStringLiteral("one/demo/checkpoint")),
                      other = m_home.filePath(QStringLiteral("other/demo/checkpoint"));
        const auto titled = [this](const char* start) {
            return m_window->windowTitle().startsWith(QLatin1String(start));
        };
        // So does the line at the top of the Overview.
        const auto headed = [this] {
            m_window->showPage(QStringLiteral("overview"));
            const auto* header = m_window->currentPage()->findChild<QWidget*>(QStringLiteral("pageHeader"));
            QStringList lines;
            for (const QLabel* label : header->findChildren<QLabel*>()) lines << label->accessibleName();
            return lines.filter(QStringLiteral(" parameters")).value(0);  // whole, however narrow the window is
        };
        for (const QString& model : {one, other}) {
            test::copyTree(kModel, model);
            QVERIFY(open(model));
        }
        QTRY_VERIFY2(titled("other/demo/checkpoint"), qPrintable(m_window->windowTitle()));
        QTRY_VERIFY2(headed().startsWith(QStringLiteral("other/demo/checkpoint · ")), qPrintable(headed()));
        QVERIFY(open(one));
        QTRY_VERIFY2(titled("one/demo/checkpoint"), qPrintable(m_window->windowTitle()));
        QTRY_VERIFY2(headed().startsWith(QStringLiteral("one/demo/checkpoint · ")), qPrintable(headed()));
    }

    void reopeningReadsTheFilesThatAreThereNow() {
        const QString model = m_home.filePath(QStringLiteral("reopened")),
                      table = model + QStringLiteral("/feature_9_part0.npy");
        test::copyTree(kModel, model);
        QVERIFY(open(model));
        const QByteArray bytes = test::readAll(table);
        QVERIFY(QFile::remove(table));
        test::writeAll(table, bytes);
        auto* reopen = m_window->findChild<QAction*>(QStringLiteral("reopen"));
        QVERIFY(reopen && reopen->isEnabled());
        const QKeySequence keys(Qt::CTRL | Qt::Key_R);  // F5 begins what a page computes
        QCOMPARE(reopen->shortcut(), keys);
        for (const QAction* action : m_window->findChildren<QAction*>())  // no other takes them away
            QVERIFY2(action == reopen || !action->shortcuts().contains(keys), qPrintable(action->text()));
        QSignalSpy again(m_session.get(), &Session::engineReplaced),
            rows(&m_session->tables(), &TableAnalysis::rowsReady);
        reopen->trigger();
        QVERIFY(again.wait(kWaitMs));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWaitMs);
        constexpr quint64 kToken = 1'000'000'000;  // nobody else's
        m_session->tables().requestRows(9, {0}, kToken);
        const auto come = [&] {
            return std::any_of(rows.begin(), rows.end(),
                               [](const QVariantList& of) { return of.at(1).toULongLong() == kToken; });
        };
        QTRY_VERIFY_WITH_TIMEOUT(come(), kWaitMs);
        QCOMPARE(m_window->currentPage()->errorText(), QString());
    }

    // Welcome looks the same with a dataset alone: it is said that there is one.
    void choicesThatEndWithTheirModelAreNamedWhenItComesBack() {
        auto* toast = m_window->findChild<Toast*>();
        const auto said = [toast] { return toast->text(); };
        const QString gone = QStringLiteral("is not in force any more: TensorFlow order");
        QVERIFY(open(kModel));
        const InteractionOrder usual = m_session->model()->spec.interactionOrder;
        QCOMPARE(usual, InteractionOrder::CustomCuda);
        const auto choose = [this] {
            m_session->chooseSettings([](ModelSettings& s) { s.chooseOrder(InteractionOrder::Tensorflow); });
            return settles() && m_session->model()->spec.interactionOrder == InteractionOrder::Tensorflow;
        };
        QVERIFY(choose());
        m_session->closeModel();
        QVERIFY(open(kModel));
        QCOMPARE(m_session->model()->spec.interactionOrder, usual);
        QVERIFY2(said().contains(gone), qPrintable(said()));
        while (!toast->text().isEmpty() && toast->isVisible()) toast->passOldest();
        m_session->closeModel();
        QVERIFY(open(kModel));
        QVERIFY2(!toast->isVisible() || !said().contains(gone), qPrintable(said()));  // it was said
        // Another one took its place.
        QVERIFY(choose() && open(kOther));
        QVERIFY2(!toast->isVisible() || !said().contains(gone), qPrintable(said()));
        QVERIFY(open(kModel));
        QVERIFY2(said().contains(gone), qPrintable(said()));
    }

    void aDatasetAloneIsSaid() {
        m_session->closeModel();
        QVERIFY(chooseDataset(kOthersData));
        QVERIFY(m_session->dataset() && !m_session->model());
        const auto* toast = m_window->findChild<QLabel*>(QStringLiteral("toast"));
        QVERIFY2(toast->isVisible() && toast->text().startsWith(QStringLiteral("tiny is open")),
                 qPrintable(toast->text()));
    }

    // A dictionary that was opened with one model is not held against the next one's datasets.
    void theDictionaryGoesWithItsModel() {
        QVERIFY(openDemo());
        QVERIFY(m_session->dataset()->hasDictionary);
        QVERIFY(open(kOther));
        QVERIFY(!m_session->dataset());
        QVERIFY(chooseDataset(kOthersData));
        QVERIFY2(m_session->dataset(), qPrintable(m_window->currentPage()->errorText()));
        QVERIFY(!m_session->dataset()->hasDictionary);

        QVERIFY(openDemo());
        m_session->closeModel();
        QVERIFY(open(kOther));
        QVERIFY(chooseDataset(kOthersData));
        QVERIFY2(m_session->dataset(), qPrintable(m_window->currentPage()->errorText()));
    }

    // Whatever the part is, the dataset of the whole model is put aside, and nothing of it is said of the part.
    void aPartPutsTheDatasetAside_data() {
        QTest::addColumn<QString>("part");
        QTest::newRow("layers") << QStringLiteral(DLRM_TEST_DATA
                                                  "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras");
        QTest::newRow("a table") << kModel + QStringLiteral("/feature_3_part0.npy");
    }
    void aPartPutsTheDatasetAside() {
        QFETCH(const QString, part);
        QVERIFY(open(part));
        const std::int64_t numericals = m_session->model()->spec.numericalFeatures;
        QVERIFY(openDemo());
        const QString dataset = m_session->dataset()->path;
        QSignalSpy noticed(m_session.get(), &Session::noticed), failed(m_session.get(), &Session::jobFailed);
        const auto saysNothingOfTheDataset = [&](int notices) {
            QTRY_COMPARE_WITH_TIMEOUT(noticed.size(), notices, kWaitMs);
            QVERIFY2(noticed.last().at(0).toString().startsWith(QStringLiteral("The dataset was put aside")),
                     qPrintable(noticed.last().at(0).toString()));
            QVERIFY(!m_session->dataset());
            QVERIFY(!m_session->model()->spec.missing.empty());
            QVERIFY2(!m_window->windowTitle().contains(QStringLiteral("dataset")), qPrintable(m_window->windowTitle()));
            const QList<RecentEntry> recent = RecentFiles::instance().entries();
            QCOMPARE(recent.first().model, part);
            QCOMPARE(recent.first().dataset, QString());
            QCOMPARE(m_session->model()->spec.numericalFeatures, numericals);
        };
        QVERIFY(open(part));
        saysNothingOfTheDataset(1);
        m_window->open(m_window->requestFor({}, dataset));
        saysNothingOfTheDataset(2);
        QCOMPARE(failed.size(), 0);
    }

    // What is missing is named, not the dataset that is read once more with it.
    void aCheckpointThatIsGoneIsNamedItself() {
        QVERIFY(openDemo());
        const QString dataset = m_session->dataset()->path;
        QTemporaryDir dir;
        const QString model = dir.filePath(QStringLiteral("model"));
        std::filesystem::copy(m_session->model()->path, model.toStdString(), std::filesystem::copy_options::recursive);
        QVERIFY(open(model));
        if (!m_session->dataset()) m_window->open(m_window->requestFor({}, dataset));
        QTRY_VERIFY_WITH_TIMEOUT(m_session->dataset() && !m_session->isAnyRunning(), kWaitMs);
        std::vector<Error> errors;
        connect(m_session.get(), &Session::jobFailed, this,
                [&errors](JobKind, const Error& error) { errors.push_back(error); });
        QVERIFY(QDir(model).removeRecursively());
        m_session->reopen();
        QTRY_COMPARE_WITH_TIMEOUT(errors.size(), std::size_t{1}, kWaitMs);
        QVERIFY2(errors[0].code == "E-CKPT-001" && QString::fromStdString(errors[0].file).startsWith(model),
                 errors[0].text().c_str());
        disconnect(m_session.get(), &Session::jobFailed, this, nullptr);
    }

    // Beside the model whose dictionary it is, what does not fit is the dataset.
    void aDatasetOfAnotherModelIsBlamedItself() {
        QVERIFY(openDemo());
        const DatasetInfoPtr before = m_session->dataset();
        std::vector<Error> errors;
        connect(m_session.get(), &Session::jobFailed, this,
                [&errors](JobKind, const Error& error) { errors.push_back(error); });
        QVERIFY(chooseDataset(kOthersData));
        QTRY_COMPARE_WITH_TIMEOUT(errors.size(), std::size_t{1}, kWaitMs);
        QVERIFY2(errors[0].code == "E-ENGINE-011", errors[0].text().c_str());
        QVERIFY2(QString::fromStdString(errors[0].file).contains(QStringLiteral("tiny")), errors[0].file.c_str());
        QCOMPARE(m_session->dataset(), before);
        // Its own dictionary is still there for its own rows.
        QVERIFY(before->hasDictionary);
        disconnect(m_session.get(), &Session::jobFailed, this, nullptr);
    }

    // The dataset that stays open stays the one that a dictionary belongs to.
    void aCancelledOpeningForgetsNoDataset() {
        QVERIFY(openDemo());
        const std::string demo = m_session->model()->path;
        m_window->open(m_window->requestFor(kOther));
        QVERIFY(m_session->isRunning(JobKind::OpenModel));
        m_session->cancelAll();
        QVERIFY(settles());
        QVERIFY(m_session->model()->path == demo && m_session->dataset());
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_window->openPaths({QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/dictionary")});
        QVERIFY(!opened.isEmpty() || opened.wait(kWaitMs));
        QVERIFY(m_session->dataset()->hasDictionary);
    }

    // What was refused is neither the only way on nor taken with the next rows.
    void aRefusedDictionaryIsLetGo() {
        QVERIFY(open(kModel));
        const QString rows = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/raw_rows.tsv");
        QTemporaryDir none;
        const auto says = [this](const char* code) {
            return QTest::qWaitFor([&] { return m_window->currentPage()->errorText().contains(QLatin1String(code)); },
                                   kWaitMs);
        };
        const auto button = [this](const QString& text) -> QPushButton* {
            for (auto* b : m_window->currentPage()->findChildren<QPushButton*>())
                if (b->isVisible() && b->text() == text) return b;
            return nullptr;
        };
        m_window->open(m_window->requestFor({}, rows, none.path()));
        QVERIFY(says("E-DICT-013"));
        QVERIFY(button(QStringLiteral("Open dictionary…")));
        QPushButton* without = button(QStringLiteral("Without this dictionary"));
        QVERIFY(without);
        without->click();
        QVERIFY(says("E-DICT-001"));
        QVERIFY(button(QStringLiteral("Hash categories")));

        m_window->open(m_window->requestFor({}, rows, none.path()));
        QVERIFY(says("E-DICT-013") && settles());
        m_window->open(m_window->requestFor({}, rows));
        QVERIFY(says("E-DICT-001"));
    }
};

DLRM_TEST(TestReopening);

}  // namespace tst_reopening

#include "tst_reopening.moc"
