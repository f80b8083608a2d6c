// SPDX-License-Identifier: Apache-2.0
// The Overview's reading check: the verdict, applied and taken back, and where it is told; what Verify does first.
#include <QFile>
#include <QTemporaryDir>

#include <cmath>
#include <filesystem>

#include "tests/core/engine/provoked_findings.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/overview/overview_fixture.h"
#include "ui/pages/layers/page.h"
#include "ui/pages/overview/architecture_figure.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/desks/sample_desk.h"
#include "ui/shell/status_bar.h"

namespace tst_overview_checks {

using namespace dlrm;
using namespace dlrm::ui;
using namespace dlrm::ui::test_overview;
namespace fs = std::filesystem;

class TestOverviewChecks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::failOnAnyWarning();
        test::useOwnCache();
    }
    void theRightReadingIsConfirmed();
    void whatIsConfirmedIsAssumedNowhere();
    void aBeatenOrderIsSaidThoughTheNumbersTie();
    void untrainedTablesAreSeenInTheFigure();
    void theFocusComesBackToTheButton();
    void anotherReadingIsAppliedAndTakenBack();
    void readNumbersAndIdsAreRecordedAndEndWithTheDataset();
    void typedNumbersAreFedAsTheReadingMeansThem_data();
    void typedNumbersAreFedAsTheReadingMeansThem();
    void aReadingEndsWithItsDatasetWhateverWaits();
    void underAnAppliedReadingTheStoredRowsAreChecked();
    void withoutRowsOnlyTheWeightsSpeak();
    void everyFindingIsTold();
    void aReasonThatIsAFindingIsToldOnce();
    void theCheckCanBeCancelled();
    void whatWasSaidOfTheFilesStaysWithThem();
    void rowsAreReadTheSameWithAnotherModel();
    void checksumsOfTheFilesAreComparedBeforeARecordIsAskedFor();
};

void TestOverviewChecks::theRightReadingIsConfirmed() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    QVERIFY(test::openDataset(o.session));
    QTRY_VERIFY(textOf(o.reading()).contains(QStringLiteral("Not checked")));
    test::JobSpy ready(&o.session.checks(), &CheckDesk::doctorReady);
    QTest::mouseClick(o.button("checkReading"), Qt::LeftButton);
    QVERIFY(o.button("cancelReading")->isVisibleTo(&o.page));
    QVERIFY(ready.wait(kWaitMs));
    QTRY_VERIFY(o.idle());
    QTRY_VERIFY(textOf(o.reading()).contains(QStringLiteral("The reading as opened is the best of 16 readings tried")));
    const QString text = textOf(o.reading());
    QVERIFY(text.contains(QStringLiteral("whether tables of equal size are exchanged")));
    // Counted are those that were tried, as the command line counts; those of other ids cannot be.
    for (const char* words :
         {"it beats every other one by 5 standard errors or more.", "The best 4 of 16 readings on the first ",
          "with the intercept fitted to its reading. 32 other readings cannot be tried."})
        QVERIFY2(text.contains(QString::fromUtf8(words)), words);
    QVERIFY(text.contains(QStringLiteral("as read now")) && text.contains(QStringLiteral("Δ to best ± SE (paired)")));
    // In words that do not say a thing twice, figures that no line end parts, and the other readings by what they
    // change.
    for (const char* words :
         {"Interaction order: NVIDIA order (bottom first). Next: TensorFlow order (dots first), Δ\u00a00.",
          "Numbers already logged. Next: numbers through ln(x + 2), Δ\u00a00.",
          "Ids as stored. Nothing else can be read: with ids plus 1, row ",
          "Tables in file order. Next: largest tables first, Δ\u00a00.", "\nThe same but numbers through ln(x + 3)\n"})
        QVERIFY2(text.contains(QString::fromUtf8(words)), words);
    QVERIFY(text.contains(QStringLiteral("is a second logarithm.")));  // Samples tells its fields as ln(x + 3)
    // The losses are those that Δ compares.
    const std::vector<Hypothesis>& ranked = ready.last().at(0).value<DoctorReportPtr>()->ranking.hypotheses;
    for (int i = 0; i < 2; ++i)
        QVERIFY(text.contains(QString::number(ranked[static_cast<std::size_t>(i)].fittedLogLoss, 'f', 5)));
    QVERIFY(std::abs(ranked[1].fittedLogLoss - ranked[0].fittedLogLoss - ranked[1].behind) < 1e-9);
    QCOMPARE(text.count(QStringLiteral("NVIDIA order (bottom first) · ")), 1);
    QVERIFY(!o.button("applyReading")->isVisibleTo(&o.page) && !o.button("resetReading")->isVisibleTo(&o.page));
    QVERIFY(o.button("checkReading")->isVisibleTo(&o.page));
    // What is wrong stands above what is right.
    const auto warned = std::make_shared<DoctorReport>(*ready.last().at(0).value<DoctorReportPtr>());
    warned->notFinite = "NaN comes in with cat_3.";
    o.session.checks().takeReport(warned);
    QTRY_VERIFY(textOf(o.reading()).contains(QStringLiteral("The reading as opened is the best")));
    const QString both = textOf(o.reading());
    const qsizetype warning = both.indexOf(QStringLiteral("NaN comes in with cat_3.")),
                    verdict = both.indexOf(QStringLiteral("The reading as opened is the best"));
    QVERIFY2(warning >= 0 && warning < verdict, qPrintable(both));
}

void TestOverviewChecks::whatIsConfirmedIsAssumedNowhere() {
    Opened o;
    LayersPage layers(o.session);
    layers.resize(1200, 900);
    layers.show();
    QVERIFY(test::openModel(o.session));
    QVERIFY(test::openDataset(o.session));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle() && layers.isSettled(), kWaitMs);
    const auto everywhere = [&] {
        QString text = textOf(o.page) + textOf(layers);
        for (const QLabel* label : layers.findChildren<QLabel*>())
            text += label->text();  // on a tab that is not in front
        for (const FigurePart& part : o.page.findChild<ArchitectureFigure*>()->figure().parts)
            text += part.secondLines.join(QLatin1Char(' ')) + part.details;
        return text;
    };
    QVERIFY(everywhere().contains(QStringLiteral("assumed")) && everywhere().contains(QStringLiteral("ASSUMPTION")));
    test::JobSpy ready(&o.session.checks(), &CheckDesk::doctorReady), opened(&o.session, &Session::datasetOpened);
    QTest::mouseClick(o.button("checkReading"), Qt::LeftButton);
    QVERIFY(ready.wait(kWaitMs));
    QTRY_VERIFY(o.idle());
    QTRY_VERIFY(everywhere().count(QStringLiteral("confirmed on 10,000 rows")) >= 4);  // once the card is laid out
    QString text = everywhere();
    QVERIFY(!text.contains(QStringLiteral("assumed")) && !text.contains(QStringLiteral("ASSUMPTION")));
    // It was said of these rows only.
    o.session.openDataset(test::demoPath("raw_rows.tsv"), QStringLiteral("test"), test::demoPath("dictionary"));
    QVERIFY(opened.wait(kWaitMs));
    QTRY_VERIFY(o.idle());
    QTRY_VERIFY(everywhere().contains(QStringLiteral("assumed")) &&
                !everywhere().contains(QStringLiteral("confirmed on")));
}

// Raw rows cannot tell ln(x + 2) from ln(x + 3); the order they can.
void TestOverviewChecks::aBeatenOrderIsSaidThoughTheNumbersTie() {
    Opened o;
    test::JobSpy opened(&o.session, &Session::datasetOpened), ready(&o.session.checks(), &CheckDesk::doctorReady);
    QVERIFY(test::openModel(o.session));
    o.session.openDataset(test::demoPath("raw_rows.tsv"), QStringLiteral("test"), test::demoPath("dictionary"));
    QVERIFY(opened.wait(kWaitMs));
    ModelSettings wrong = o.session.settings();
    wrong.chooseOrder(InteractionOrder::Tensorflow);
    o.session.setSettings(wrong);
    QVERIFY(opened.wait(kWaitMs));
    QTest::mouseClick(o.button("checkReading"), Qt::LeftButton);
    QVERIFY(ready.wait(kWaitMs));
    QTRY_VERIFY(o.idle());
    const auto report = ready.last().at(0).value<DoctorReportPtr>();
    QVERIFY(!report->winner());  // the whole is not decided
    QTRY_VERIFY(textOf(o.page).contains(
        QStringLiteral("TensorFlow order (dots first) is contradicted")));  // once the card is laid out
    const QString text = textOf(o.page);
    QVERIFY(
        text.contains(QStringLiteral("Interaction order: TensorFlow order (dots first), as read now, is beaten by "
                                     "NVIDIA order (bottom first) (Δ\u00a00.")));
    const QString two = QStringLiteral("numbers through ln(x + %1) and numbers through ln(x + %2) are not told apart");
    QVERIFY(text.contains(two.arg(3).arg(2)) || text.contains(two.arg(2).arg(3)));
    QVERIFY(text.contains(QStringLiteral(
        "TensorFlow order (dots first) is contradicted on 2,000 rows: the check says NVIDIA order (bottom first).")));
    auto* use = o.button("useOrder");
    QVERIFY(use && !o.button("useNumbers"));
    use->setFocus();
    QTest::mouseClick(use, Qt::LeftButton);
    QVERIFY(opened.wait(kWaitMs));
    QCOMPARE(o.session.model()->spec.interactionOrder, InteractionOrder::CustomCuda);
    QVERIFY(o.session.settings().applied->reading == report->ranking.hypotheses.front().reading ||
            o.session.settings().applied->reading.idShift == 0);
    QCOMPARE(o.page.focusWidget(), o.button("checkReading"));
}

void TestOverviewChecks::untrainedTablesAreSeenInTheFigure() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c"));
    fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    QFile table(path + QStringLiteral("/feature_3_part0.npy"));
    QVERIFY(table.open(QIODevice::ReadWrite) && table.seek(table.size() - 4));
    table.write(QByteArray("\x00\x00\xc0\x7f", 4));  // NaN
    table.close();
    Opened o;
    test::JobSpy opened(&o.session, &Session::modelOpened), values(&o.session.checks(), &CheckDesk::valuesChecked);
    o.session.openModel(path);
    QVERIFY(opened.wait(kWaitMs));
    QTest::mouseClick(o.button("checkValues"), Qt::LeftButton);
    QVERIFY(values.wait(kWaitMs));
    const auto partOf = [&](int t) -> const FigurePart* {
        for (const FigurePart& part : o.page.findChild<ArchitectureFigure*>()->figure().parts)
            if (part.kind == FigurePart::Kind::Table && part.index == t) return &part;
        return nullptr;
    };
    QTRY_VERIFY_WITH_TIMEOUT(o.idle() && partOf(25)->health, kWaitMs);
    QCOMPARE(partOf(3)->health->severity(), TableHealth::Severity::Failure);
    QVERIFY(partOf(3)->details.contains(QStringLiteral("1 value is NaN")));
    QCOMPARE(partOf(4)->health->severity(), TableHealth::Severity::None);
    QVERIFY(partOf(4)->details.contains(QStringLiteral("of its rows were never trained")));
    QVERIFY(!o.page.grab().isNull());
    QSignalSpy asked(&o.page, &Page::pageRequested);
    QVERIFY(o.button("showUntrained"));
    QTest::mouseClick(o.button("showUntrained"), Qt::LeftButton);
    QCOMPARE(asked.at(0).at(0).toString(), QStringLiteral("tables"));
}

void TestOverviewChecks::theFocusComesBackToTheButton() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    QTRY_VERIFY(o.idle());
    for (const auto& [start, cancel] :
         {std::pair("checkReading", "cancelReading"), std::pair("checkValues", "cancelIntegrity")}) {
        o.button(start)->setFocus();
        QTest::keyClick(o.button(start), Qt::Key_Space);
        QCOMPARE(o.page.focusWidget(), o.button(cancel));
        QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
        QCOMPARE(o.page.focusWidget(), o.button(start));
    }
}

void TestOverviewChecks::anotherReadingIsAppliedAndTakenBack() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    QVERIFY(test::openDataset(o.session));
    StatusBar bar(o.session);
    bar.show();
    ModelSettings wrong = o.session.settings();
    wrong.chooseOrder(InteractionOrder::Tensorflow);
    test::JobSpy opened(&o.session, &Session::datasetOpened), ready(&o.session.checks(), &CheckDesk::doctorReady);
    o.session.setSettings(wrong);
    QVERIFY(opened.wait(kWaitMs));
    QTest::mouseClick(o.button("checkReading"), Qt::LeftButton);
    QVERIFY(ready.wait(kWaitMs));
    QTRY_VERIFY(o.idle());
    QTRY_VERIFY(textOf(o.reading()).contains(QStringLiteral("The winner: NVIDIA order (bottom first)")));
    QVERIFY(textOf(o.reading()).contains(QStringLiteral("Another reading wins: it beats the one as opened by ")));
    QVERIFY(o.button("applyReading")->isVisibleTo(&o.page));
    QTest::mouseClick(o.button("applyReading"), Qt::LeftButton);
    QVERIFY(opened.wait(kWaitMs));
    QCOMPARE(o.session.model()->spec.interactionOrder, InteractionOrder::CustomCuda);
    QCOMPARE(o.session.model()->spec.orderSource, OrderSource::Detected);
    QVERIFY(o.session.settings().applied);
    // The files mean it as well, by default: it is no other reading, and there is no way back.
    QTRY_VERIFY(
        textOf(o.reading())
            .contains(QStringLiteral(
                "In force, and as the files mean it or by default: NVIDIA order (bottom first), numbers already "
                "logged, ids as stored, tables in file order. Every result records it.")));
    QVERIFY(!textOf(bar).contains(QStringLiteral("read otherwise than stored")));
    QVERIFY(!o.button("applyReading")->isVisibleTo(&o.page) && !o.button("resetReading")->isVisibleTo(&o.page));
    // What was applied is right: checked again, it says so.
    QTest::mouseClick(o.button("checkReading"), Qt::LeftButton);
    QVERIFY(ready.wait(kWaitMs));
    QTRY_VERIFY(textOf(o.reading()).contains(QStringLiteral("The reading as opened is the best of 16 readings tried")));
    // Back from another reading is to what the files mean, whatever order was chosen before.
    Hypothesis other;
    other.interaction = InteractionOrder::Tensorflow;
    other.reading = {NumericalReading::Raw, 0};
    o.session.applyReading(other);
    QVERIFY(opened.wait(kWaitMs));
    QTRY_VERIFY(
        textOf(o.reading())
            .contains(QStringLiteral("In force instead of the files' own reading: TensorFlow order (dots first), "
                                     "numbers raw, ")));
    QTRY_VERIFY(textOf(bar).contains(QStringLiteral("read otherwise than stored")));
    QVERIFY(o.button("resetReading")->isVisibleTo(&o.page));
    QTest::mouseClick(o.button("resetReading"), Qt::LeftButton);
    QVERIFY(opened.wait(kWaitMs));
    QCOMPARE(o.session.model()->spec.interactionOrder, InteractionOrder::CustomCuda);
    QCOMPARE(o.session.model()->spec.orderSource, OrderSource::Default);
    QVERIFY(!o.session.settings().applied && !o.session.settings().interactionOrder);
    QCOMPARE(o.session.dataset()->reading.numerical, NumericalReading::AlreadyLogged);
    QVERIFY(!textOf(o.reading()).contains(QStringLiteral("In force")));
    QVERIFY(!textOf(bar).contains(QStringLiteral("read otherwise than stored")));
}

void TestOverviewChecks::readNumbersAndIdsAreRecordedAndEndWithTheDataset() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    QVERIFY(test::openDataset(o.session));
    test::JobSpy opened(&o.session, &Session::datasetOpened), rows(&o.session.samples(), &SampleDesk::rowsReady);
    o.session.samples().requestRows(0, 1, 1);
    QVERIFY(rows.wait(kWaitMs));
    const auto before = rows.last().at(0).value<PredictionPtr>();
    const QString hexBefore = o.session.hexOf(9, before->rows[0].input.ids[9]);
    const EditableRow typedBefore =
        *o.session.samples().withNumerical(o.session.samples().editable(before->rows[0]), 0, QStringLiteral("12"));
    Hypothesis h;
    h.reading = {NumericalReading::Raw, 1};
    o.session.applyReading(h);
    QVERIFY(opened.wait(kWaitMs));
    QCOMPARE(o.session.dataset()->profile, QStringLiteral("nvidia_spark, numbers raw, ids +1"));
    o.session.samples().requestRows(0, 1, 2);
    QVERIFY(rows.wait(kWaitMs));
    const auto after = rows.last().at(0).value<PredictionPtr>();
    QCOMPARE(after->profile, std::string("nvidia_spark, numbers raw, ids +1"));
    QCOMPARE(after->rows[0].input.ids[0], before->rows[0].input.ids[0] + 1);
    // A row that is edited is read in the same way as the others, never in both.
    const EditableRow row = o.session.samples().editable(after->rows[0]);
    const auto typed = o.session.samples().withNumerical(row, 0, QStringLiteral("12"));
    QVERIFY(typed);
    QCOMPARE(typed->input.numerical[0], 12.0F);
    QVERIFY(std::fabs(typedBefore.input.numerical[0] - std::log(15.0F)) < 1e-2F);
    const QString hex = o.session.hexOf(9, after->rows[0].input.ids[9]);
    // The dictionary is of the model's rows, and so these keep their names.
    QCOMPARE(o.session.hexOf(9, before->rows[0].input.ids[9]), hexBefore);
    if (!hex.isEmpty())
        QCOMPARE(o.session.samples().withCategorical(row, 9, hex)->input.ids[9], after->rows[0].input.ids[9]);
    QCOMPARE(o.session.samples().withCategorical(row, 9, QStringLiteral("id:3"))->input.ids[9], 3);
    // The same dataset again keeps it, also where it was named by its folder; another one ends it, and that is said.
    QVERIFY(o.session.dataset()->asked.path != o.session.dataset()->path.toStdString());
    QSignalSpy noticed(&o.session, &Session::noticed);
    o.session.reopen();
    QVERIFY(opened.wait(kWaitMs));
    QVERIFY(o.session.settings().applied);
    for (const char* split : {"train", "test"}) {
        o.session.chooseSplit(QLatin1String(split));
        QVERIFY(opened.wait(kWaitMs));
        QVERIFY2(o.session.settings().applied, split);
    }
    o.session.openDataset(o.session.dataset()->path, QStringLiteral("test"), test::demoPath("dictionary"));
    QVERIFY(opened.wait(kWaitMs));
    QVERIFY(o.session.settings().applied);
    o.session.openDataset(test::demoPath("raw_rows.tsv"), QStringLiteral("test"), test::demoPath("dictionary"));
    QVERIFY(opened.wait(kWaitMs));
    QVERIFY(!o.session.settings().applied);
    QCOMPARE(noticed.size(), 1);
    QVERIFY(noticed[0][0].toString().startsWith(QStringLiteral("The reading that was applied ended with its dataset")));
    QCOMPARE(o.session.dataset()->profile, QStringLiteral("nvidia_spark"));
}

void TestOverviewChecks::typedNumbersAreFedAsTheReadingMeansThem_data() {
    QTest::addColumn<QString>("data");
    QTest::addColumn<int>("reading");
    QTest::addColumn<QString>("token");
    QTest::addColumn<double>("fed");
    // Stored numbers that a logarithm is taken of are raw ones, as typed ones are: one logarithm, wherever the data was
    // transformed.
    for (const char* data : {"dataset", "raw_rows.tsv"}) {
        const QString name = QString::fromLatin1(data);
        const auto add = [&](NumericalReading reading, const char* token, double fed) {
            QTest::newRow(qPrintable(name + QLatin1Char(' ') +
                                     QString::fromStdString(std::string(dlrm::name(reading))) + QLatin1Char(' ') +
                                     QLatin1String(token)))
                << name << static_cast<int>(reading) << QString::fromLatin1(token) << fed;
        };
        add(NumericalReading::LnPlus3, "5", std::log(8));
        add(NumericalReading::LnPlus2, "5", std::log(7));
        add(NumericalReading::LnPlus3, "0", std::log(3));
        add(NumericalReading::LnPlus2, "-1", 0);  // ln 1
        add(NumericalReading::LnPlus2, "-2", 0);  // no logarithm
        add(NumericalReading::Raw, "5", 5);
        for (const auto reading : {NumericalReading::LnPlus3, NumericalReading::LnPlus2, NumericalReading::Raw})
            add(reading, "", 0);
    }
}

void TestOverviewChecks::typedNumbersAreFedAsTheReadingMeansThem() {
    QFETCH(QString, data);
    QFETCH(int, reading);
    QFETCH(QString, token);
    QFETCH(double, fed);
    Session session;
    QVERIFY(test::openModel(session));
    test::JobSpy opened(&session, &Session::datasetOpened), rows(&session.samples(), &SampleDesk::rowsReady);
    session.openDataset(test::demoPath(qPrintable(data)), QStringLiteral("test"), test::demoPath("dictionary"));
    QVERIFY(opened.wait(kWaitMs));
    Hypothesis h;
    h.reading.numerical = static_cast<NumericalReading>(reading);
    session.applyReading(h);
    QVERIFY(opened.wait(kWaitMs));
    session.samples().requestRows(0, 1, 1);
    QVERIFY(rows.wait(kWaitMs));
    const auto typed = session.samples().withNumerical(
        session.samples().editable(rows.last().at(0).value<PredictionPtr>()->rows[0]), 0, token);
    QVERIFY(typed);
    constexpr double kHalf = 0x1p-10;  // logarithms below 4 are rounded to float16: half a unit in their last place
    QVERIFY2(std::fabs(static_cast<double>(typed->input.numerical[0]) - fed) <= kHalf,
             qPrintable(QString::number(static_cast<double>(typed->input.numerical[0]))));
    QStringList line{QStringLiteral("1"), token};
    while (line.size() < 40) line << QString();
    const auto pasted = session.samples().parseLines(line.join(QLatin1Char('\t')));
    QVERIFY(pasted);
    QCOMPARE(pasted->front().input.numerical[0], typed->input.numerical[0]);
}

void TestOverviewChecks::aReadingEndsWithItsDatasetWhateverWaits() {
    Session session;
    QVERIFY(test::openModel(session));
    QVERIFY(test::openDataset(session));
    test::JobSpy opened(&session, &Session::datasetOpened);
    Hypothesis h;
    h.reading = {NumericalReading::Raw, 1};
    session.applyReading(h);
    QVERIFY(opened.wait(kWaitMs));
    // A setting that is changed while the same dataset opens again keeps the reading.
    ModelSettings settings = session.settings();
    settings.backend.threads = 1;
    session.openDataset(session.dataset()->path, QStringLiteral("test"), test::demoPath("dictionary"));
    session.setSettings(settings);
    QTRY_VERIFY_WITH_TIMEOUT(!session.isAnyRunning(), kWaitMs);
    QCOMPARE(session.settings().backend.threads, 1);
    QVERIFY(session.settings().applied);
    // While another one opens it does not, neither the reading in force nor one that was found for the old dataset.
    settings.backend.threads = 2;
    session.openDataset(test::demoPath("raw_rows.tsv"), QStringLiteral("test"), test::demoPath("dictionary"));
    session.setSettings(settings);
    QTRY_VERIFY_WITH_TIMEOUT(!session.isAnyRunning(), kWaitMs);
    QCOMPARE(session.settings().backend.threads, 2);
    QVERIFY(!session.settings().applied);
    QCOMPARE(session.dataset()->profile, QStringLiteral("nvidia_spark"));
}

void TestOverviewChecks::underAnAppliedReadingTheStoredRowsAreChecked() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    QVERIFY(test::openDataset(o.session));
    test::JobSpy opened(&o.session, &Session::datasetOpened), ready(&o.session.checks(), &CheckDesk::doctorReady);
    o.session.checks().requestDoctor();
    QVERIFY(ready.wait(kWaitMs));
    const auto before = ready.last().at(0).value<DoctorReportPtr>();
    Hypothesis wrong;
    wrong.interaction = o.session.model()->spec.interactionOrder;
    wrong.reading = {NumericalReading::Raw, 0};
    o.session.applyReading(wrong);
    QVERIFY(opened.wait(kWaitMs));
    o.session.checks().requestDoctor();
    QVERIFY(ready.wait(kWaitMs));
    const auto after = ready.last().at(0).value<DoctorReportPtr>();
    // The same readings with the same figures; only which one is in force differs.
    QCOMPARE(after->ranking.hypotheses.size(), before->ranking.hypotheses.size());
    int now = 0;
    for (std::size_t i = 0; i < before->ranking.hypotheses.size(); ++i) {
        const Hypothesis &a = before->ranking.hypotheses[i], &b = after->ranking.hypotheses[i];
        QVERIFY(a.reading == b.reading && a.interaction == b.interaction && a.tableOrder == b.tableOrder);
        QCOMPARE(b.logLoss, a.logLoss);
        if (!b.asOpened) continue;
        ++now;
        QVERIFY(b.reading == wrong.reading);
    }
    QCOMPARE(now, 1);
    QVERIFY(after->winner() && !after->winner()->asOpened && after->disagrees());
    QTRY_VERIFY(textOf(o.reading())
                    .contains(QStringLiteral("The winner: NVIDIA order (bottom first) · numbers already logged")));
    QTRY_VERIFY(
        textOf(o.reading())
            .contains(QStringLiteral(
                "NVIDIA order (bottom first) · numbers raw · ids as stored · tables in file order (as read now)")));
}

void TestOverviewChecks::withoutRowsOnlyTheWeightsSpeak() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    test::JobSpy ready(&o.session.checks(), &CheckDesk::doctorReady);
    QTest::mouseClick(o.button("checkReading"), Qt::LeftButton);
    QVERIFY(ready.wait(kWaitMs));
    QTRY_VERIFY(textOf(o.reading()).contains(QStringLiteral("The weights agree with NVIDIA order (bottom first)")));
    o.session.closeModel();
    QTRY_VERIFY(textOf(o.reading()).contains(QStringLiteral("Not checked")));
}

// Whatever `dlrm-cli doctor` finds, with rows and without.
void TestOverviewChecks::everyFindingIsTold() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    const std::string& layout = o.session.model()->spec.layout;
    for (const DoctorReport& report : test::provokedFindings()) {
        o.session.checks().takeReport(std::make_shared<DoctorReport>(report));
        for (const std::string& sentence : report.findings(layout))
            QTRY_VERIFY2(textOf(o.reading()).contains(inWords(sentence)), sentence.c_str());
    }
}

void TestOverviewChecks::aReasonThatIsAFindingIsToldOnce() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    DoctorReport report = test::reportOfReadings(true);
    report.ranking.decided = false;
    report.ranking.reason = "Undecided: two readings are not told apart.";
    for (const bool predicts : {true, false}) {
        report.ranking.predicts = predicts;
        o.session.checks().takeReport(std::make_shared<DoctorReport>(report));
        const std::vector<std::string> found = report.findings({});
        QCOMPARE(found.size(), predicts ? std::size_t{0} : std::size_t{1});
        QTRY_COMPARE(textOf(o.reading()).count(inWords(report.ranking.reason)), 1);
    }
}

void TestOverviewChecks::theCheckCanBeCancelled() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    QVERIFY(test::openDataset(o.session));
    test::JobSpy ready(&o.session.checks(), &CheckDesk::doctorReady);
    QTest::mouseClick(o.button("checkReading"), Qt::LeftButton);
    QVERIFY(o.session.isRunning(JobKind::Doctor));
    QTest::mouseClick(o.button("cancelReading"), Qt::LeftButton);
    QVERIFY(!o.session.isRunning(JobKind::Doctor));
    QVERIFY(!o.button("cancelReading")->isVisibleTo(&o.page));
    QVERIFY(!ready.wait(500));
    QTRY_VERIFY(textOf(o.reading()).contains(QStringLiteral("Not checked")));
}

// Another reading of the same bytes ends what was said of the reading alone.
void TestOverviewChecks::whatWasSaidOfTheFilesStaysWithThem() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c"));
    fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    Opened o;
    o.session.openModel(path);
    QTRY_VERIFY_WITH_TIMEOUT(o.session.model() && o.idle(), kWaitMs);
    CheckDesk& checks = o.session.checks();
    for (const auto ask : {&CheckDesk::requestDoctor, &CheckDesk::requestFiles, &CheckDesk::checkValues}) {
        (checks.*ask)();
        QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    }
    checks.verifyFiles();
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    const CheckDesk::Results before = checks.results();
    QVERIFY(before.doctor && before.files && before.values && before.verification);
    ModelSettings other = o.session.settings();
    other.chooseOrder(InteractionOrder::Tensorflow);
    o.session.setSettings(other);
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    QVERIFY(!checks.results().doctor);
    QVERIFY(checks.results().values == before.values && checks.results().verification == before.verification &&
            checks.results().files == before.files);
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("were recorded")));
    o.session.reopen();  // whatever the files hold now
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    QVERIFY(!checks.results().verification && !checks.results().values);
}

// Numbers and ids are of the dataset, which stays open; the order is of the model.
void TestOverviewChecks::rowsAreReadTheSameWithAnotherModel() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    QVERIFY(test::openDataset(o.session));
    Hypothesis h;
    h.interaction = InteractionOrder::Tensorflow;
    h.reading = {NumericalReading::Raw, 0};
    o.session.applyReading(h);
    QTRY_VERIFY_WITH_TIMEOUT(o.idle() && o.session.settings().applied, kWaitMs);
    QSignalSpy noticed(&o.session, &Session::noticed);
    o.session.openModel(test::demoPath("checkpoint_next"));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    QVERIFY(o.session.model()->path.ends_with("checkpoint_next"));
    QVERIFY(o.session.dataset());
    QVERIFY(o.session.dataset()->reading == h.reading);
    QCOMPARE(o.session.model()->spec.interactionOrder, InteractionOrder::CustomCuda);
    QVERIFY(o.session.settings().applied && o.session.settings().applied->reading == h.reading);
    QCOMPARE(noticed.size(), 1);
    QVERIFY2(noticed[0][0].toString().startsWith(QStringLiteral("The dataset is read as before: ")),
             qPrintable(noticed[0][0].toString()));
    o.session.resetReading();  // and there is a way back
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    QVERIFY(o.session.dataset()->reading == Reading());
}

void TestOverviewChecks::checksumsOfTheFilesAreComparedBeforeARecordIsAskedFor() {
    QTemporaryDir dir;
    const QString path = dir.filePath(QStringLiteral("model.h5")),
                  agree = QStringLiteral("that the files hold themselves agree");
    Opened o;
    QVERIFY(test::openModel(o.session));
    test::JobSpy opened(&o.session, &Session::modelOpened), written(&o.session, &Session::checkpointExported);
    o.session.exportCheckpoint(path);
    QVERIFY(written.wait(kWaitMs));
    o.session.openModel(path);
    QVERIFY(opened.wait(kWaitMs));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    QTest::mouseClick(o.button("verifyFiles"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(o.button("recordBeside")->isVisibleTo(&o.page), kWaitMs);
    QVERIFY2(textOf(o.integrity()).contains(agree), qPrintable(textOf(o.integrity())));
    QTest::mouseClick(o.button("recordNot"), Qt::LeftButton);
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("Bytes were not compared")));
    QVERIFY(textOf(o.integrity()).contains(agree));

    QFile table(test::demoPath("checkpoint/feature_3_part0.npy")), file(path);
    QVERIFY(table.open(QIODevice::ReadOnly) && file.open(QIODevice::ReadWrite));
    const qsizetype at = file.readAll().indexOf(table.readAll().mid(128, 64));
    QVERIFY(at > 0 && file.seek(at));
    file.write("\x01", 1);
    file.close();
    o.session.reopen();
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    QVERIFY(!textOf(o.integrity()).contains(agree));
    QTest::mouseClick(o.button("verifyFiles"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(textOf(o.integrity()).contains(QStringLiteral("Damaged: ")), kWaitMs);
    QTRY_VERIFY(o.idle());
    QVERIFY(!o.button("recordBeside")->isVisibleTo(&o.page));
}

DLRM_TEST(TestOverviewChecks);

}  // namespace tst_overview_checks

#include "tst_overview_checks.moc"
