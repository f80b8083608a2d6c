// SPDX-License-Identifier: Apache-2.0
// What was chosen when something was opened is seen, is named by a refusal that may come from it, and is changed in
// place; opening anew asks anew.
#include <QApplication>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

#include "core/engine/open_options.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/pages/page.h"
#include "ui/session/choices.h"
#include "ui/session/session.h"
#include "ui/shell/cardinalities_dialog.h"
#include "ui/shell/choice_dialog.h"
#include "ui/shell/main_window.h"

namespace tst_changed_choices {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kWaitMs = 60'000;
const QString kGolden = QStringLiteral(DLRM_TEST_DATA "/golden/");
const QString kDemo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/");
const QString kFused = kGolden + QStringLiteral("newer_layouts/e_mono_dlrm_fused");
const QString kLayoutA = kGolden + QStringLiteral("checkpoints/a_tensorflow/checkpoint");
const QString kTiny = kGolden + QStringLiteral("datasets/tiny/feature_spec.yaml");
const QString kCross = kGolden + QStringLiteral("newer_layouts/d_dcnv2/checkpoint");
const QString kMultiHot = kGolden + QStringLiteral("datasets/multihot_tfrecords");
const std::vector<std::int64_t> kRows{1000, 7, 300, 3, 50}, kSwapped{7, 1000, 300, 3, 50};

struct Shown {
    Session session;
    MainWindow window{session, false};
    QSignalSpy models{&session, &Session::modelOpened}, datasets{&session, &Session::datasetOpened};

    Shown() { window.show(); }
    // True once all is open and nothing runs.
    bool open(const OpenRequest& request) {
        window.open(request);
        return settles() && session.model() && (request.data.path.empty() || session.dataset());
    }
    bool openFused(const std::vector<std::int64_t>& rows) {
        OpenRequest request = window.requestFor(kFused);
        request.model.cardinalities = rows;
        return open(request);
    }
    bool settles() {
        return QTest::qWaitFor([&] { return !session.isAnyRunning() && page()->errorText().isEmpty(); }, kWaitMs);
    }
    bool says(const char* code) {
        return QTest::qWaitFor(
            [&] { return !session.isAnyRunning() && page()->errorText().startsWith(QLatin1String(code)); }, kWaitMs);
    }
    Page* page() { return window.currentPage(); }
    QWidget* card() { return window.findChild<QWidget*>(QStringLiteral("choicesCard")); }
    // In the banner, or anywhere on the page by its object's name.
    bool press(const QString& name) {
        for (QPushButton* b : page()->findChildren<QPushButton*>())
            if (b->isVisible() && (b->objectName() == name || b->text() == name)) {
                QTest::mouseClick(b, Qt::LeftButton);
                return true;
            }
        return false;
    }
    template <class T>
    T* dialog() {
        T* out = nullptr;
        static_cast<void>(QTest::qWaitFor([&] { return (out = window.findChild<T*>()) != nullptr; }, kWaitMs));
        return out;
    }
    bool accept(QDialog* dialog) {
        QPointer<QDialog> open = dialog;
        QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Open), Qt::LeftButton);
        return QTest::qWaitFor([&] { return !open; }, kWaitMs);
    }
    std::vector<std::int64_t> rows() const {
        std::vector<std::int64_t> out;
        for (const TableSpec& table : session.model()->spec.tables) out.push_back(table.rows);
        return out;
    }
};

}  // namespace

class TestChangedChoices : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyChoiceIsAnOptionThatCanBeTakenBack() {
        QVERIFY(choiceTable().size() > 5);
        for (const ChoiceEntry& choice : choiceTable()) {
            const OpenOption* option = openOption(choice.option);
            QVERIFY2(option, choice.option);
            OpenRequest request;
            QVERIFY(choice.value(request).isEmpty());
            const std::string value = option->argument.empty()  ? ""
                                      : option->choices.empty() ? "3"
                                                                : option->choices[1];
            QVERIFY2(applyOption(request, choice.option, value), choice.option);
            QVERIFY2(!words(choice, request).isEmpty(), choice.option);
            choice.takeBack(request);
            QVERIFY2(request == OpenRequest(), choice.option);
        }
    }

    void aRemedyStaysReadableWhereManyRowsWereGiven() {
        OpenRequest request;
        request.model.cardinalities.assign(1000, 12345);
        const Error error("E-ENGINE-013", "x");
        const auto behind = choicesBehind(error, request);
        QCOMPARE(behind.size(), std::size_t{1});
        const QString remedy = QString::fromStdString(withChoices(error, behind, request).remedy);
        QVERIFY2(remedy.contains(QStringLiteral("12345, 12345")) && remedy.size() < 300, qPrintable(remedy));
        QVERIFY(choicesBehind(error, OpenRequest()).empty());
    }

    void aRefusedDatasetNamesTheRowsThatWereGivenAndMaySayThem() {
        Shown shown;
        QVERIFY(shown.openFused(kSwapped));
        QCOMPARE(shown.rows(), kSwapped);
        shown.window.open(shown.window.requestFor({}, kTiny));
        QVERIFY(shown.says("E-ENGINE-013"));
        const QString said = shown.page()->errorText();
        QVERIFY2(said.contains(QStringLiteral("Rows of the tables: 7, 1000, 300, 3, 50")), qPrintable(said));
        QVERIFY2(!said.contains(QStringLiteral("Open the dataset this model was trained on")), qPrintable(said));
        QVERIFY(shown.press(QStringLiteral("Rows of the tables: as the dataset says")));
        QVERIFY(shown.datasets.wait(kWaitMs));
        QVERIFY(shown.settles());
        QCOMPARE(shown.rows(), kRows);
        QVERIFY(shown.session.settings().cardinalities.empty());
        QCOMPARE(shown.session.dataset()->path, kTiny);
    }

    void theRowsAreChangedBesideTheRefusal() {
        Shown shown;
        QVERIFY(shown.openFused(kSwapped));
        shown.window.open(shown.window.requestFor({}, kTiny));
        QVERIFY(shown.says("E-ENGINE-013"));
        QVERIFY(shown.press(QStringLiteral("Change: Rows of the tables…")));
        auto* dialog = shown.dialog<CardinalitiesDialog>();
        QVERIFY(dialog);
        QCOMPARE(dialog->findChild<QLineEdit*>()->text(), QStringLiteral("7, 1000, 300, 3, 50"));
        dialog->findChild<QLineEdit*>()->setText(QStringLiteral("1000, 7, 300, 3, 50"));
        QVERIFY(shown.accept(dialog));
        QTRY_VERIFY_WITH_TIMEOUT(shown.session.dataset(), kWaitMs);
        QVERIFY(shown.settles());
        QCOMPARE(shown.rows(), kRows);
    }

    void theRowsAreSeenOnOverviewAndChangedThere() {
        Shown shown;
        QVERIFY(shown.openFused(kSwapped));
        QVERIFY(shown.window.showPage(QStringLiteral("overview")));
        QVERIFY(shown.card()->isVisible());
        QTRY_VERIFY(test::textOf(*shown.card()).contains(QStringLiteral("7, 1000, 300, 3, 50")));
        QVERIFY(shown.press(QStringLiteral("change-cardinalities")));
        auto* dialog = shown.dialog<CardinalitiesDialog>();
        QVERIFY(dialog);
        QCOMPARE(dialog->findChild<QLineEdit*>()->text(), QStringLiteral("7, 1000, 300, 3, 50"));
        dialog->findChild<QLineEdit*>()->setText(QStringLiteral("1000, 7, 300, 3, 50"));
        QVERIFY(shown.accept(dialog));
        QTRY_COMPARE_WITH_TIMEOUT(shown.rows(), kRows, kWaitMs);
        QVERIFY(shown.settles());
        QTRY_VERIFY(test::textOf(*shown.card()).contains(QStringLiteral("1000, 7, 300, 3, 50")));
    }

    void whatTheFilesSayIsNoChoice() {
        Shown shown;
        QVERIFY(shown.open(shown.window.requestFor(kCross)));
        QVERIFY(shown.window.showPage(QStringLiteral("overview")));
        QVERIFY(!shown.card()->isVisible());
    }

    void openingTheCheckpointAgainAsksAnew() {
        Shown shown;
        QVERIFY(shown.openFused(kSwapped));
        shown.window.open(shown.window.requestFor(kFused));
        QVERIFY(shown.says("E-FUSED-001"));
        QCOMPARE(shown.rows(), kSwapped);  // what was open stays until the answer
        auto* dialog = shown.dialog<CardinalitiesDialog>();
        QVERIFY(dialog);
        QCOMPARE(dialog->findChild<QLineEdit*>()->text(),
                 QStringLiteral("7, 1000, 300, 3, 50"));  // to be taken or changed
        dialog->findChild<QLineEdit*>()->setText(QStringLiteral("1000, 7, 300, 3, 50"));
        QVERIFY(shown.accept(dialog));
        QTRY_COMPARE_WITH_TIMEOUT(shown.rows(), kRows, kWaitMs);
        QVERIFY(shown.settles());
    }

    void retryTakesBackWhatMayBeToBlame() {
        Shown shown;
        OpenRequest request = shown.window.requestFor(kFused);
        request.model.cardinalities = {500, 500, 7, 300, 3, 50};  // the sum is right, the number of tables is not
        shown.window.open(request);
        QVERIFY(shown.says("E-CKPT-019"));
        QVERIFY2(shown.page()->errorText().contains(QStringLiteral("Rows of the tables: 500, 500, 7, 300, 3, 50")),
                 qPrintable(shown.page()->errorText()));
        QVERIFY(shown.press(QStringLiteral("&Retry")));
        QVERIFY(shown.says("E-FUSED-001"));
    }

    void aWrongOrderOfTablesIsNamedAndTakenBack() {
        Shown shown;
        OpenRequest request = shown.window.requestFor(kLayoutA);
        request.model.tableOrder = {2, 0, 4, 1, 3};
        QVERIFY(shown.open(request));
        QVERIFY(shown.window.showPage(QStringLiteral("overview")));
        QTRY_VERIFY(test::textOf(*shown.card()).contains(QStringLiteral("2, 0, 4, 1, 3")));
        shown.window.open(shown.window.requestFor({}, kTiny));
        QVERIFY(shown.says("E-ENGINE-013"));
        QVERIFY2(shown.page()->errorText().contains(QStringLiteral("Order of the tables: 2, 0, 4, 1, 3")),
                 qPrintable(shown.page()->errorText()));
        QVERIFY(shown.press(QStringLiteral("Order of the tables: as the dataset says")));
        QVERIFY(shown.datasets.wait(kWaitMs));
        QVERIFY(shown.settles());
        QCOMPARE(shown.rows(), kRows);
        QVERIFY(!shown.card()->isVisible());
    }

    void anOrderIsChangedInTheDialogAndWhatIsWrongWithItSaidThere() {
        Shown shown;
        OpenRequest request = shown.window.requestFor(kLayoutA);
        request.model.tableOrder = {2, 0, 4, 1, 3};
        QVERIFY(shown.open(request));
        QVERIFY(shown.window.showPage(QStringLiteral("overview")));
        QVERIFY(shown.press(QStringLiteral("change-table-order")));
        auto* dialog = shown.dialog<ChoiceDialog>();
        QVERIFY(dialog);
        auto* line = dialog->findChild<QLineEdit*>();
        QCOMPARE(line->text(), QStringLiteral("2, 0, 4, 1, 3"));
        line->setText(QStringLiteral("first"));
        dialog->accept();
        const auto* problem = dialog->findChild<QLabel*>(QStringLiteral("choiceProblem"));
        QVERIFY(problem->isVisible());
        QVERIFY2(problem->text().contains(QStringLiteral("whole numbers")) &&
                     !problem->text().contains(QStringLiteral("option out")) &&
                     !problem->text().contains(QStringLiteral("--")),
                 qPrintable(problem->text()));
        line->setText(QStringLiteral("0,2,4,1,3"));
        QVERIFY(shown.accept(dialog));
        QTRY_COMPARE_WITH_TIMEOUT(shown.session.settings().tableOrder, (std::vector<int>{0, 2, 4, 1, 3}), kWaitMs);
    }

    void theDatasetIsOpenedTogetherWithTheCheckpointThatNeedsIt_data() {
        QTest::addColumn<bool>("another");
        QTest::newRow("nothing open") << false;
        QTest::newRow("another model open") << true;
    }
    void theDatasetIsOpenedTogetherWithTheCheckpointThatNeedsIt() {
        QFETCH(bool, another);
        Shown shown;
        if (another) QVERIFY(shown.open(shown.window.requestFor(kDemo + QStringLiteral("checkpoint"))));
        shown.window.open(shown.window.requestFor(kFused));
        QVERIFY(shown.says("E-FUSED-001"));
        shown.dialog<CardinalitiesDialog>()->reject();
        // One that does not say its rows: the message stays, and says why.
        test::answerFileDialog(kDemo + QStringLiteral("dataset/feature_spec.yaml"));
        QVERIFY(shown.press(QStringLiteral("Open dataset…")));
        QTRY_VERIFY_WITH_TIMEOUT(shown.page()->errorText().contains(QStringLiteral("The dataset was refused")),
                                 kWaitMs);
        QVERIFY(shown.says("E-FUSED-001"));
        QVERIFY(!shown.session.dataset());
        QCOMPARE(shown.session.model() != nullptr, another);
        auto* dialog = shown.dialog<CardinalitiesDialog>();
        QVERIFY(test::textOf(*dialog).contains(QStringLiteral("The dataset was refused")));
        dialog->reject();
        QTRY_VERIFY(!shown.window.findChild<CardinalitiesDialog*>());
        test::answerFileDialog(kTiny);
        QVERIFY(shown.press(QStringLiteral("Open dataset…")));
        QTRY_VERIFY_WITH_TIMEOUT(shown.session.dataset(), kWaitMs);
        QVERIFY(shown.settles());
        QCOMPARE(QString::fromStdString(shown.session.model()->path), kFused);
        QCOMPARE(shown.session.dataset()->path, kTiny);
        QCOMPARE(shown.rows(), kRows);
    }

    void theCombinerIsSeenWhereResultsAreAndChangedInPlace() {
        Shown shown;
        QVERIFY(shown.open(shown.window.requestFor(kCross, kMultiHot)));
        QVERIFY(shown.window.showPage(QStringLiteral("overview")));
        QTRY_VERIFY(test::textOf(*shown.card()).contains(QStringLiteral("nothing can be predicted")));
        for (const auto& [button, words] :
             {std::pair(1, "ids combined by sum"), std::pair(2, "ids combined by mean")}) {
            QVERIFY(shown.window.showPage(QStringLiteral("overview")));
            QVERIFY(shown.press(QStringLiteral("change-combiner")));
            auto* dialog = shown.dialog<ChoiceDialog>();
            QVERIFY(dialog);
            const auto buttons = dialog->findChildren<QRadioButton*>();
            QCOMPARE(buttons.size(), 3);  // as the files say, sum, mean
            buttons[button]->setChecked(true);
            QVERIFY(shown.accept(dialog));
            const Combiner combiner = button == 1 ? Combiner::Sum : Combiner::Mean;
            QTRY_VERIFY_WITH_TIMEOUT(shown.session.settings().combiner == combiner && !shown.session.isAnyRunning(),
                                     kWaitMs);
            QTRY_VERIFY(test::textOf(*shown.card()).contains(QLatin1String(words).mid(4)));  // "combined by sum"
            for (const char* page : {"evaluate", "samples"}) {
                QVERIFY(shown.window.showPage(QLatin1String(page)));
                QTRY_VERIFY2(test::textOf(*shown.page()).contains(QLatin1String(words)), page);
            }
        }
    }

    void theReadingOfRawRowsIsChangedInPlace() {
        Shown shown;
        OpenRequest request =
            shown.window.requestFor(kDemo + QStringLiteral("checkpoint"), kDemo + QStringLiteral("raw_rows.tsv"));
        request.data.missingDictionary = MissingDictionary::Hash;
        QVERIFY(shown.open(request));
        QVERIFY(shown.window.showPage(QStringLiteral("overview")));
        QTRY_VERIFY(test::textOf(*shown.card()).contains(QStringLiteral("hashed")));
        QVERIFY(shown.press(QStringLiteral("change-missing-dictionary")));
        auto* dialog = shown.dialog<ChoiceDialog>();
        QVERIFY(dialog);
        const auto buttons = dialog->findChildren<QRadioButton*>();
        QCOMPARE(buttons.size(), 3);
        QVERIFY(buttons[2]->isChecked());
        buttons[1]->setChecked(true);
        QVERIFY(shown.accept(dialog));
        QTRY_VERIFY_WITH_TIMEOUT(shown.session.dataset()->asked.missingDictionary == MissingDictionary::Row0, kWaitMs);
        QTRY_VERIFY(test::textOf(*shown.card()).contains(QStringLiteral("row 0")));
    }

    void aPathFromTheHomeFolderIsAFileAndTheDialogSpeaksNoCommandLine() {
        QTemporaryDir home;
        QFile list(home.filePath(QStringLiteral("rows.txt")));
        QVERIFY(list.open(QIODevice::WriteOnly));
        list.write("1000\n7\n300\n3\n50\n");
        list.close();
        const QByteArray before = qgetenv("HOME");
        qputenv("HOME", home.path().toUtf8());
        Shown shown;
        shown.window.open(shown.window.requestFor(kFused));
        auto* dialog = shown.dialog<CardinalitiesDialog>();
        QVERIFY(dialog);
        dialog->findChild<QLineEdit*>()->setText(QStringLiteral("seven"));
        dialog->accept();
        const QString said = test::textOf(*dialog);
        QVERIFY2(said.contains(QStringLiteral("E-OPTION-002")) && !said.contains(QStringLiteral("option out")) &&
                     !said.contains(QStringLiteral("--")),
                 qPrintable(said));
        dialog->findChild<QLineEdit*>()->setText(QStringLiteral("~/rows.txt"));
        QVERIFY(shown.accept(dialog));
        qputenv("HOME", before);
        QTRY_VERIFY_WITH_TIMEOUT(shown.session.model(), kWaitMs);
        QCOMPARE(shown.rows(), kRows);
    }

    void theDictionaryThatWasDroppedIsStillThereWhenTheRowsAreDroppedAgain() {
        Shown shown;
        const QString rows = kDemo + QStringLiteral("raw_rows.tsv"), dictionary = kDemo + QStringLiteral("dictionary");
        QVERIFY(shown.open(shown.window.requestFor(kDemo + QStringLiteral("checkpoint"))));
        shown.window.openPaths({rows});
        QVERIFY(shown.says("E-DICT-001"));
        shown.window.openPaths({dictionary});
        QVERIFY(shown.datasets.wait(kWaitMs));
        QVERIFY(shown.settles());
        shown.window.openPaths({rows});
        QVERIFY(shown.datasets.wait(kWaitMs));
        QVERIFY(shown.settles());
        QCOMPARE(shown.session.dataset()->dictionary, dictionary);
    }
};

DLRM_TEST(TestChangedChoices);

}  // namespace tst_changed_choices

#include "tst_changed_choices.moc"
