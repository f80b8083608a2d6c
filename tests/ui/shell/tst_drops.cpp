// SPDX-License-Identifier: Apache-2.0
// What is dropped on the window is opened as what it is, what is left is said, and what was refused waits for nothing.
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "tests/support/hdf5_maker.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/page_fixture.h"
#include "tests/ui/shell/window_test.h"
#include "ui/pages/page.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/shell/open_target.h"
#include "ui/widgets/toast.h"

namespace tst_drops {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

const QString kDemo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/");
const QString kRows = kDemo + QStringLiteral("raw_rows.tsv"), kDictionary = kDemo + QStringLiteral("dictionary");
const QString kOther = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint");

}  // namespace

class TestDrops : public test::WindowTest {
    Q_OBJECT

    bool drop(const QStringList& paths) {
        m_window->openPaths(paths);
        return settles();
    }
    bool openDemo(const QString& dictionary = {}) {
        m_window->open(
            m_window->requestFor(kDemo + QStringLiteral("checkpoint"), kDemo + QStringLiteral("dataset"), dictionary));
        return settles() && m_session->dataset();
    }
    QString toast() const {
        const auto* label = m_window->findChild<Toast*>();
        return label->isVisible() ? label->text() : QString();
    }
    bool refusedForItsDictionary() {
        return QTest::qWaitFor(
            [this] { return m_window->currentPage()->errorText().contains(QStringLiteral("E-DICT-001")); }, kWaitMs);
    }
    QString opened() const { return m_session->dataset() ? m_session->dataset()->path : QString(); }

private Q_SLOTS:
    void initTestCase() { useHome(); }
    void init() { showWindow(); }
    void cleanup() { closeWindow(); }

    void anHdf5DatasetIsOpenedAsOne() {
        const QString path = m_home.filePath(QStringLiteral("rows.h5"));
        {
            test::Hdf5Maker make(path.toStdString());
            const std::vector<float> numbers(2 * 13);
            const std::vector<std::int32_t> ids(2 * 26);
            make.dataset("numerical", H5T_NATIVE_FLOAT, {2, 13}, H5T_NATIVE_FLOAT, numbers.data());
            make.dataset("categorical", H5T_NATIVE_INT, {2, 26}, H5T_NATIVE_INT, ids.data());
        }
        QVERIFY(openDemo());
        QVERIFY(drop({path}));
        QVERIFY2(opened() == path, qPrintable(m_window->currentPage()->errorText()));
        QCOMPARE(m_session->dataset()->rows, qint64{2});
    }

    void theFirstOfEachKindIsOpenedAndTheOthersAreNamed() {
        QVERIFY(drop({kDemo + QStringLiteral("checkpoint/feature_0_part0.npy"), kDictionary,
                      kDemo + QStringLiteral("checkpoint_next"), kDemo + QStringLiteral("dataset"),
                      kDemo + QStringLiteral("checkpoint/feature_1_part0.npy"), kRows}));
        QVERIFY(m_session->model());
        QCOMPARE(QString::fromStdString(m_session->model()->path), kDemo + QStringLiteral("checkpoint"));
        QCOMPARE(opened(), kDemo + QStringLiteral("dataset/feature_spec.yaml"));
        QCOMPARE(m_session->dataset()->dictionary, kDictionary);
        QVERIFY2(toast().contains(QStringLiteral("Not opened: checkpoint_next, raw_rows.tsv.")), qPrintable(toast()));
    }

    void aRefusedDatasetIsForgottenWithItsMessage() {
        QVERIFY(openDemo());
        QVERIFY(drop({kRows}) && refusedForItsDictionary());
        m_window->currentPage()->findChild<QToolButton*>(QStringLiteral("closeError"))->click();
        QVERIFY(drop({kDictionary}));
        QCOMPARE(opened(), kDemo + QStringLiteral("dataset/feature_spec.yaml"));
        QVERIFY(m_session->dataset()->hasDictionary);
        // With none open it is the next one's.
        m_session->closeModel();
        QVERIFY(drop({kRows}) && refusedForItsDictionary());
        m_window->currentPage()->findChild<QToolButton*>(QStringLiteral("closeError"))->click();
        QVERIFY(drop({kDictionary}));
        QVERIFY(!m_session->dataset());
        QVERIFY(toast().contains(QStringLiteral("The dictionary will be used with the next dataset")));
        QVERIFY(drop({kRows}));
        QCOMPARE(opened(), kRows);
    }

    void onlyTheMessageOfARefusedDatasetOpensItInThePlaceOfAnother() {
        QVERIFY(openDemo());
        QVERIFY(drop({kRows}) && refusedForItsDictionary());
        QVERIFY(drop({kDictionary}));
        QCOMPARE(opened(), kDemo + QStringLiteral("dataset/feature_spec.yaml"));
        QVERIFY(m_window->currentPage()->errorText().isEmpty());
        QVERIFY2(toast().contains(QStringLiteral("raw_rows.tsv was not opened")), qPrintable(toast()));

        QVERIFY(openDemo());
        QVERIFY(drop({kRows}) && refusedForItsDictionary());
        QPushButton* choose = nullptr;
        for (QPushButton* b : m_window->currentPage()->findChildren<QPushButton*>(QStringLiteral("errorAction")))
            if (b->isVisible() && b->text() == QStringLiteral("Open dictionary…")) choose = b;
        QVERIFY(choose);
        test::answerFileDialog(kDictionary);
        choose->click();
        QVERIFY(settles());
        QCOMPARE(opened(), kRows);
        QVERIFY(m_session->dataset()->hasDictionary);
    }

    // A message that still stands may be older than the figures.
    void aMessageAsksBeforeItEndsFiguresToo() {
        QVERIFY(openDemo());
        QVERIFY(drop({kRows}) && refusedForItsDictionary());
        m_session->evaluation().start({});
        for (QPushButton* b : m_window->currentPage()->findChildren<QPushButton*>())
            if (b->isVisible() && b->text() == QStringLiteral("&Retry")) b->click();
        QVERIFY(m_window->findChild<QWidget*>(QStringLiteral("runningQuestion")));
        QVERIFY(!m_session->isRunning(JobKind::OpenDataset));
        m_session->cancelAll();
        QVERIFY(settles());
    }

    void whatWasFoundStandsInViewWhereItIsShort() {
        Page* page = m_window->currentPage();
        const auto* details = page->findChild<QLabel*>(QStringLiteral("errorDetails"));
        const auto* more = page->findChild<QPushButton*>(QStringLiteral("errorMore"));
        const auto outside = [] { return Error("E-HDATA-007", "A category id is outside its embedding table."); };
        page->showError(outside());
        QVERIFY(!details->isVisible() && !more->isVisible());
        page->showError(outside().butExpected("an id 0 … 3").butFound("4"));
        QVERIFY(details->isVisible() && !more->isVisible());
        QCOMPARE(details->text(), QStringLiteral("expected: an id 0 … 3\nfound: 4"));
        page->showError(outside().butExpected("an id 0 … 3").butFound(std::string(200, '4')));
        QVERIFY(!details->isVisible() && more->isVisible());
    }

    void nothingIsSaidOfADatasetInWhosePlaceAnotherWasAskedFor() {
        m_window->open(m_window->requestFor(kOther, QStringLiteral(DLRM_TEST_DATA "/golden/datasets/tiny")));
        QVERIFY(settles() && m_session->dataset());
        QSignalSpy noticed(m_session.get(), &Session::noticed);
        QVERIFY(openDemo());
        for (const QList<QVariant>& said : noticed)
            QVERIFY2(!said[0].toString().contains(QStringLiteral("was closed")), qPrintable(said[0].toString()));
        // Nothing else was asked for: the dataset that was open is closed, and that is said.
        m_window->open(m_window->requestFor(kOther));
        QVERIFY(settles() && !m_session->dataset());
        QVERIFY(noticed.last()[0].toString().startsWith(QStringLiteral("The dataset was closed")));
    }
};

DLRM_TEST(TestDrops);

}  // namespace tst_drops

#include "tst_drops.moc"
