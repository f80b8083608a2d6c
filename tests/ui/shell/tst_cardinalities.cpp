// SPDX-License-Identifier: Apache-2.0
// What the files do not say the window asks for in place: the rows of tables that were saved as one, typed or in a
// file; how several ids are combined.
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>

#include "core/dataset/cardinalities.h"
#include "tests/support/test_program.h"
#include "ui/pages/page.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/session.h"
#include "ui/shell/cardinalities_dialog.h"
#include "ui/shell/main_window.h"

namespace tst_cardinalities {

using namespace dlrm;
using namespace dlrm::ui;

namespace {
const QString kFused = QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/e_mono_dlrm_fused");
const QString kData = QStringLiteral(DLRM_TEST_DATA "/golden/datasets/tiny/feature_spec.yaml");
const std::vector<std::int64_t> kRows{1000, 7, 300, 3, 50};
constexpr int kWaitMs = 60'000;

OpenRequest withRows(OpenRequest request) {
    request.model.cardinalities = kRows;
    return request;
}
}  // namespace

class TestCardinalities : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void multiHotRowsAreEvaluatedOnceTheirCombinerIsChosen() {
        Session session;
        MainWindow window(session, false);
        window.show();
        QSignalSpy ready(&session, &Session::datasetOpened);
        window.open(window.requestFor(QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/d_dcnv2/checkpoint"),
                                      QStringLiteral(DLRM_TEST_DATA "/golden/datasets/multihot_tfrecords")));
        QVERIFY(ready.wait(kWaitMs));
        window.showPage(QStringLiteral("evaluate"));
        Page* page = window.currentPage();
        session.evaluation().start({});
        QTRY_VERIFY_WITH_TIMEOUT(page->errorText().contains(QStringLiteral("E-ENGINE-018")), kWaitMs);
        QVERIFY2(!page->errorText().contains(QStringLiteral("--")), qPrintable(page->errorText()));
        const auto button = [&](const QString& text) -> QPushButton* {
            for (auto* b : page->findChild<QWidget*>(QStringLiteral("errorBanner"))->findChildren<QPushButton*>())
                if (b->isVisible() && b->text().remove(QLatin1Char('&')) == text) return b;
            return nullptr;
        };
        QTRY_VERIFY_WITH_TIMEOUT(button(QStringLiteral("Combine ids by sum")), kWaitMs);
        QVERIFY(button(QStringLiteral("Combine ids by mean")));
        QSignalSpy opened(&session, &Session::modelOpened);
        button(QStringLiteral("Combine ids by mean"))->click();
        QVERIFY(opened.wait(kWaitMs));
        QTRY_VERIFY_WITH_TIMEOUT(!session.isAnyRunning() && session.dataset(), kWaitMs);
        QVERIFY(session.settings().combiner == Combiner::Mean);
        EvaluationPtr last;
        connect(&session.evaluation(), &EvaluationDesk::updated, this, [&last](const EvaluationPtr& e) { last = e; });
        session.evaluation().start({});
        QTRY_VERIFY_WITH_TIMEOUT(last && last->final, kWaitMs);
        QCOMPARE(last->profile, std::string("unknown, ids combined by mean"));
        QVERIFY(page->errorText().isEmpty());
    }

    void theWindowAsksAndOpens() {
        Session session;
        MainWindow window(session, false);
        window.show();
        window.open(window.requestFor(kFused));
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<CardinalitiesDialog*>(), kWaitMs);
        auto* dialog = window.findChild<CardinalitiesDialog*>();
        QVERIFY(dialog->isVisible());
        auto* text = dialog->findChild<QLineEdit*>();
        auto* open = dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Open);
        text->setText(QStringLiteral("1000, 7, many"));
        QTest::mouseClick(open, Qt::LeftButton);
        QVERIFY(dialog->isVisible());
        bool said = false;
        for (const QLabel* label : dialog->findChildren<QLabel*>())
            said = said || label->text().contains(QStringLiteral("many"));
        QVERIFY(said);
        for (const QLabel* label : dialog->findChildren<QLabel*>())
            if (label->isVisible())
                QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(label->text()));
        QVERIFY(!session.model());
        // A file that is not there is told as such.
        const auto* problem = dialog->findChild<QLabel*>(QStringLiteral("choiceProblem"));
        for (const char* missing : {"/no/such/rows.txt", "no_such_rows.yaml"}) {
            text->setText(QLatin1String(missing));
            QTest::mouseClick(open, Qt::LeftButton);
            QVERIFY(dialog->isVisible() && problem->isVisible());
            QVERIFY2(problem->text().contains(QStringLiteral("E-FILE-001")) &&
                         problem->text().contains(QLatin1String(missing)),
                     qPrintable(problem->text()));
        }
        text->setText(QStringLiteral("1000, 7, 300, 3, 50"));
        QSignalSpy opened(&session, &Session::modelOpened);
        QTest::mouseClick(open, Qt::LeftButton);
        QVERIFY(opened.wait(kWaitMs));
        QCOMPARE(session.model()->spec.tables.size(), std::size_t{5});
        QCOMPARE(session.model()->spec.tables[2].rows, std::int64_t{300});
        // Settings that change later keep them.
        ModelSettings settings = session.settings();
        settings.backend.threads = 1;
        QSignalSpy changed(&session, &Session::settingsChanged);
        session.setSettings(settings);
        QVERIFY(changed.wait(kWaitMs));
        QCOMPARE(session.settings().cardinalities, kRows);
        QTRY_VERIFY(!window.findChild<CardinalitiesDialog*>());
    }

    // By the command line, a drop of both or a recent entry.
    void aDatasetThatIsOpenedWithItSaysThem() {
        Session session;
        MainWindow window(session, false);
        window.show();
        QSignalSpy opened(&session, &Session::modelOpened), data(&session, &Session::datasetOpened),
            failed(&session, &Session::jobFailed);
        window.open(window.requestFor(kFused, kData));
        QTRY_VERIFY_WITH_TIMEOUT(session.dataset() && !session.isAnyRunning(), kWaitMs);
        QVERIFY(session.model());
        std::vector<std::int64_t> rows;
        for (const TableSpec& table : session.model()->spec.tables) rows.push_back(table.rows);
        QCOMPARE(rows, kRows);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(data.size(), 1);
        QCOMPARE(failed.size(), 0);
        QVERIFY(!window.findChild<CardinalitiesDialog*>());
        // Settings that change later still have it from there.
        ModelSettings settings = session.settings();
        settings.backend.threads = 1;
        session.setSettings(settings);
        QTRY_COMPARE_WITH_TIMEOUT(session.settings().backend.threads, 1, kWaitMs);
        QVERIFY(session.dataset());
    }

    // One that does not say them is not forgotten while they are asked for.
    void afterTheAnswerTheDatasetIsOpenedToo() {
        QTemporaryDir temporary;
        const QString later = temporary.filePath(QStringLiteral("tiny"));
        Session session;
        MainWindow window(session, false);
        window.show();
        QSignalSpy failed(&session, &Session::jobFailed);
        window.open(window.requestFor(kFused, later + QStringLiteral("/feature_spec.yaml")));
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<CardinalitiesDialog*>(), kWaitMs);
        QCOMPARE(failed.size(), 1);
        std::filesystem::copy(std::filesystem::path(kData.toStdString()).parent_path(), later.toStdString(),
                              std::filesystem::copy_options::recursive);
        auto* dialog = window.findChild<CardinalitiesDialog*>();
        dialog->findChild<QLineEdit*>()->setText(QStringLiteral("1000, 7, 300, 3, 50"));
        QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Open), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(session.model() && session.dataset() && !session.isAnyRunning(), kWaitMs);
        QCOMPARE(session.dataset()->path, later + QStringLiteral("/feature_spec.yaml"));
        QCOMPARE(session.settings().cardinalities, kRows);
        QCOMPARE(failed.size(), 1);
    }

    // A list that is understood and is not this model's is asked for again, with what is wrong with it.
    void rowsOfAnotherModelStandThereAgain() {
        Session session;
        MainWindow window(session, false);
        window.show();
        window.open(window.requestFor(kFused));
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<CardinalitiesDialog*>(), kWaitMs);
        QPointer<CardinalitiesDialog> first = window.findChild<CardinalitiesDialog*>();
        first->findChild<QLineEdit*>()->setText(QStringLiteral("1000, 7, 300, 3, 51"));
        QTest::mouseClick(first->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Open), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!first && window.findChild<CardinalitiesDialog*>(), kWaitMs);
        auto* again = window.findChild<CardinalitiesDialog*>();
        QVERIFY(again->isVisible());
        QCOMPARE(again->findChild<QLineEdit*>()->text(), QStringLiteral("1000, 7, 300, 3, 51"));
        bool said = false;
        for (const QLabel* label : again->findChildren<QLabel*>())
            said = said || (label->isVisible() && label->text().contains(QStringLiteral("E-FUSED-002")));
        QVERIFY(said);
        again->findChild<QLineEdit*>()->setText(QStringLiteral("1000, 7, 300, 3, 50"));
        QTest::mouseClick(again->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Open), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(session.model(), kWaitMs);
    }

    void theStartMayNameThem() {
        Session session;
        MainWindow window(session, false);
        QSignalSpy opened(&session, &Session::modelOpened);
        window.open(withRows(window.requestFor(kFused)));
        QVERIFY(opened.wait(kWaitMs));
        QVERIFY(!window.findChild<CardinalitiesDialog*>());
    }

    void retryKeepsThem() {
        QTemporaryDir temporary;
        const QString later = temporary.filePath(QStringLiteral("model"));
        Session session;
        MainWindow window(session, false);
        window.show();
        QSignalSpy failed(&session, &Session::jobFailed), opened(&session, &Session::modelOpened);
        window.open(withRows(window.requestFor(later)));
        QVERIFY(failed.wait(kWaitMs));
        QPushButton* retry = nullptr;
        const auto shown = [&] {
            for (QPushButton* b : window.findChildren<QPushButton*>())
                if (b->text() == QStringLiteral("&Retry") && b->isVisible()) retry = b;
            return retry != nullptr;
        };
        QTRY_VERIFY_WITH_TIMEOUT(shown(), kWaitMs);
        std::filesystem::copy(kFused.toStdString(), later.toStdString(), std::filesystem::copy_options::recursive);
        QTest::mouseClick(retry, Qt::LeftButton);
        QVERIFY(opened.wait(kWaitMs));
        QCOMPARE(session.model()->spec.tables.size(), kRows.size());
        QVERIFY(!window.findChild<CardinalitiesDialog*>());
    }

    void textsAndFilesAreUnderstood() {
        const auto numbers = [](const std::string& text) {
            const auto r = parseCardinalities(text);
            return r ? *r : std::vector<std::int64_t>{};
        };
        QCOMPARE(numbers("1000,7,300,3,50"), kRows);
        QCOMPARE(numbers(" 1000 7;300\n3,\t50 "), kRows);
        const auto code = [](const auto& r) { return r ? std::string() : r.error().code; };
        for (const char* text : {"", " , ", "0", "-1", "1.5", "2147483648", "99999999999999999999", "1e3", "x"})
            QCOMPARE(code(parseCardinalities(text)), std::string("E-CARD-001"));
        const auto file = readCardinalities(
            DLRM_TEST_DATA "/golden/newer_layouts/d_dlrm_dot_tensorflow/checkpoint/sparse/config.json");
        QVERIFY(file);
        QCOMPARE(*file, kRows);
        const auto spec = readCardinalities(DLRM_TEST_DATA "/golden/datasets/multihot_tfrecords/feature_spec.yaml");
        QVERIFY(spec);
        QCOMPARE(*spec, kRows);
        QTemporaryDir temporary;
        const auto written = [&](const char* name, const std::string& text) {
            const std::string path = temporary.filePath(QLatin1String(name)).toStdString();
            std::ofstream(path) << text;
            return readCardinalities(path);
        };
        QCOMPARE(*written("list.txt", "1000\n7\n300\n3\n50\n"), kRows);
        QCOMPARE(code(written("list.json", "{\"a\": 1}")), std::string("E-CARD-001"));
        QCOMPARE(code(written("zero.json", "{\"categorical_cardinalities\": [0]}")), std::string("E-CARD-001"));
        QCOMPARE(code(written("none.json", "{\"categorical_cardinalities\": []}")), std::string("E-CARD-001"));
        QCOMPARE(code(written("large.txt", std::string(2 << 20, '1'))), std::string("E-CARD-002"));
        QCOMPARE(code(readCardinalities(temporary.filePath(QStringLiteral("none")).toStdString())),
                 std::string("E-FILE-001"));
    }
};

DLRM_TEST(TestCardinalities);

}  // namespace tst_cardinalities

#include "tst_cardinalities.moc"
