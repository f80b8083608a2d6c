// SPDX-License-Identifier: Apache-2.0
// The reading check's verdicts: each question's own figure and button, the figures of the list, and every place that
// names the confirmed order.
#include <QGridLayout>
#include <QLabel>

#include <algorithm>

#include "core/analysis/reading/questions.h"
#include "tests/core/engine/provoked_findings.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/overview/overview_fixture.h"
#include "ui/pages/info_card.h"
#include "ui/pages/layers/page.h"
#include "ui/pages/overview/architecture_figure.h"
#include "ui/session/desks/check_desk.h"

namespace tst_overview_verdicts {

using namespace dlrm;
using namespace dlrm::ui;
using namespace dlrm::ui::test_overview;

namespace {

// "Δ 0.05000 ± 0.00500", whose spaces end no line.
QString differenceOf(const Hypothesis& h) {
    return QStringLiteral("Δ\u00a0%1\u00a0±\u00a0%2").arg(h.behind, 0, 'f', 5).arg(h.behindStandardError, 0, 'f', 5);
}

// The figures of the list, "log loss|difference to the best", from the top; the headings are the first.
QStringList figuresOf(const ReadingCard& card) {
    for (const QLabel* heading : card.findChildren<QLabel*>()) {
        if (heading->text() != QStringLiteral("Δ to best ± SE (paired)")) continue;
        const auto* grid = qobject_cast<const QGridLayout*>(heading->parentWidget()->layout());
        if (!grid) return {};
        const auto text = [grid](int row, int column) {
            const QLayoutItem* item = grid->itemAtPosition(row, column);
            const auto* label = item ? qobject_cast<const QLabel*>(item->widget()) : nullptr;
            return label ? label->text() : QString();
        };
        QStringList out;
        for (int row = 0; row < grid->rowCount(); ++row)
            if (!grid->itemAtPosition(row, 0)) out << text(row, 1) + QLatin1Char('|') + text(row, 2);
        return out;
    }
    return {};
}

QString figureOf(const Hypothesis& h) {
    return QStringLiteral("%1|%2 ± %3")
        .arg(h.fittedLogLoss, 0, 'f', 5)
        .arg(h.behind, 0, 'f', 5)
        .arg(h.behindStandardError, 0, 'f', 5);
}

// As opened and another start of the ids, of which one is told to be the better one.
DoctorReport reportOfIds(bool ownWins) {
    DoctorReport report = test::reportOfReadings(ownWins);
    Hypothesis& second = report.ranking.hypotheses[1];
    second.interaction = report.ranking.hypotheses[0].interaction;
    second.reading.idShift = 1;
    return report;
}

}  // namespace

class TestOverviewVerdicts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::failOnAnyWarning();
        test::useOwnCache();
    }
    void theConfirmedOrderIsToldWhereverItIsNamed();
    void aBeatenAnswerIsUsedAlone_data();
    void aBeatenAnswerIsUsedAlone();
    void theStartOfTheIdsHasItsDifference();
    void theListHasTheDifferencesOfTheReport();
};

void TestOverviewVerdicts::theConfirmedOrderIsToldWhereverItIsNamed() {
    Opened o;
    LayersPage layers(o.session);
    layers.resize(1200, 900);
    layers.show();
    QVERIFY(test::openModel(o.session));
    QVERIFY(test::openDataset(o.session));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle() && layers.isSettled(), kWaitMs);
    const auto card = [&](const char* name) {
        const auto* found = o.page.findChild<InfoCard*>(QLatin1String(name));
        return found && found->isVisibleTo(&o.page) ? textOf(*found) : QString();
    };
    const auto drawn = [&] {
        QString text;
        for (const FigurePart& part : o.page.findChild<ArchitectureFigure*>()->figure().parts)
            if (part.kind == FigurePart::Kind::Interaction)
                text += part.secondLines.value(0) + QLatin1Char('\n') + part.details;
        return text;
    };
    const auto* words = layers.findChild<QLabel*>(QStringLiteral("importanceWords"));
    QVERIFY(words);
    const auto say = [&](const QString& standing) {
        const QString order = QStringLiteral("NVIDIA order (bottom first), ") + standing;
        const QString figure = drawn();
        return figure.startsWith(order) && figure.count(order) == 2 && words->text().contains(order);
    };
    QTRY_VERIFY_WITH_TIMEOUT(say(QStringLiteral("assumed")), kWaitMs);
    QTRY_VERIFY(card("interactionCard").contains(QStringLiteral("ASSUMPTION: NVIDIA order (bottom first)")));
    QTRY_VERIFY(card("notesCard").contains(QStringLiteral(" is assumed ")));

    QTest::mouseClick(o.button("checkReading"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(o.session.checks().results().doctor && o.idle(), kWaitMs);
    QTRY_VERIFY2(say(QStringLiteral("confirmed on 10,000 rows")), qPrintable(drawn() + words->text()));
    QTRY_VERIFY2(card("interactionCard")
                     .contains(QStringLiteral("NVIDIA order (bottom first), confirmed on 10,000 rows. The files do not "
                                              "record it.")),
                 qPrintable(card("interactionCard")));
    QTRY_VERIFY2(
        card("notesCard")
            .contains(QStringLiteral("Interaction order: NVIDIA order (bottom first), confirmed on 10,000 rows.")),
        qPrintable(card("notesCard")));
}

// Each row reads two questions wrongly: both are offered, and the one that is used leaves the other as it is.
void TestOverviewVerdicts::aBeatenAnswerIsUsedAlone_data() {
    QTest::addColumn<AppliedReading>("wrong");
    QTest::addColumn<AppliedReading>("used");
    QTest::addColumn<QStringList>("buttons");  // the one that is pressed first
    QTest::addColumn<QString>("sentence");
    constexpr auto kCuda = InteractionOrder::CustomCuda, kTensorflow = InteractionOrder::Tensorflow;
    constexpr auto kFile = TableOrder::AsIs, kLargest = TableOrder::ByCardinality;
    constexpr auto kLogged = NumericalReading::AlreadyLogged, kRaw = NumericalReading::Raw;
    QTest::newRow("order")
        << AppliedReading{kTensorflow, kLargest, {kLogged, 0}} << AppliedReading{kCuda, kLargest, {kLogged, 0}}
        << QStringList{QStringLiteral("useOrder"), QStringLiteral("useTables")}
        << QStringLiteral(
               "Interaction order: TensorFlow order (dots first), as read now, is beaten by NVIDIA order (bottom "
               "first) (%1");
    QTest::newRow("numbers") << AppliedReading{kCuda, kLargest, {kRaw, 0}}
                             << AppliedReading{kCuda, kLargest, {kLogged, 0}}
                             << QStringList{QStringLiteral("useNumbers"), QStringLiteral("useTables")}
                             << QStringLiteral(
                                    "Numbers: numbers raw, as read now, is beaten by numbers already logged (%1");
    QTest::newRow("ids") << AppliedReading{kCuda, kLargest, {kLogged, 1}}
                         << AppliedReading{kCuda, kLargest, {kLogged, 0}}
                         << QStringList{QStringLiteral("useIds"), QStringLiteral("useTables")}
                         << QStringLiteral("Start of the ids: ids plus 1, as read now, is beaten by ids as stored (%1");
    QTest::newRow("tables")
        << AppliedReading{kCuda, kLargest, {kRaw, 0}} << AppliedReading{kCuda, kFile, {kRaw, 0}}
        << QStringList{QStringLiteral("useTables"), QStringLiteral("useNumbers")}
        << QStringLiteral(
               "Order of the tables: largest tables first, as read now, is beaten by tables in file order (%1");
}

void TestOverviewVerdicts::aBeatenAnswerIsUsedAlone() {
    QFETCH(AppliedReading, wrong);
    QFETCH(AppliedReading, used);
    QFETCH(QStringList, buttons);
    QFETCH(QString, sentence);
    Opened o;
    QVERIFY(test::openModel(o.session));
    QVERIFY(test::openDataset(o.session));
    test::JobSpy opened(&o.session, &Session::datasetOpened), ready(&o.session.checks(), &CheckDesk::doctorReady);
    Hypothesis h;
    h.interaction = *wrong.interactionOrder;
    h.reading = wrong.reading;
    h.tableOrder = wrong.tables;
    o.session.applyReading(h);
    QVERIFY(opened.wait(kWaitMs));
    QVERIFY(o.session.settings().applied == wrong);
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    QTest::mouseClick(o.button("checkReading"), Qt::LeftButton);
    QVERIFY(ready.wait(kWaitMs));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);

    // The verdict with the figure of the best reading that has this answer.
    const auto report = ready.last().at(0).value<DoctorReportPtr>();
    const QStringList names{QStringLiteral("useOrder"), QStringLiteral("useNumbers"), QStringLiteral("useIds"),
                            QStringLiteral("useTables")};
    const auto verdicts = questionVerdicts(report->ranking);
    const auto asked = std::find_if(verdicts.begin(), verdicts.end(), [&](const QuestionVerdict& v) {
        return names[static_cast<qsizetype>(v.question)] == buttons.first();
    });
    QVERIFY(asked != verdicts.end() && asked->asOpened());
    const Hypothesis& own = asked->asOpened()->best;
    const QString told =
        sentence.arg(own.impossible.empty() ? differenceOf(own) : QStringLiteral("cannot be read this way: row "));
    QTRY_VERIFY2(textOf(o.reading()).contains(told), qPrintable(told + QLatin1Char('\n') + textOf(o.reading())));
    QCOMPARE(own.impossible.empty(), wrong.reading.idShift == 0 || buttons.first() != QStringLiteral("useIds"));

    for (const QString& name : names) {
        const auto* button = o.reading().findChild<QAbstractButton*>(name);
        QVERIFY2((button != nullptr) == buttons.contains(name), qPrintable(name));
    }
    QTest::mouseClick(o.button(qPrintable(buttons.first())), Qt::LeftButton);
    QVERIFY(opened.wait(kWaitMs));
    QVERIFY(o.session.settings().applied);
    QVERIFY2(o.session.settings().applied == used, qPrintable(o.session.settings().applied->sentence()));
    QCOMPARE(o.session.model()->spec.interactionOrder, *used.interactionOrder);
    QVERIFY(o.session.dataset()->reading == used.reading);
    QTRY_VERIFY(!o.button(qPrintable(buttons.first())));  // what was said of the reading before went with it
}

void TestOverviewVerdicts::theStartOfTheIdsHasItsDifference() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    const QString difference = QStringLiteral("Δ\u00a00.05000\u00a0±\u00a00.00500, 10.0\u00a0SE");
    o.session.checks().takeReport(std::make_shared<DoctorReport>(reportOfIds(true)));
    QTRY_VERIFY2(textOf(o.reading()).contains(QStringLiteral("Ids as stored. Next: ids plus 1, %1.").arg(difference)),
                 qPrintable(textOf(o.reading())));
    QVERIFY(!o.button("useIds"));
    o.session.checks().takeReport(std::make_shared<DoctorReport>(reportOfIds(false)));
    QTRY_VERIFY2(
        textOf(o.reading())
            .contains(QStringLiteral("Start of the ids: ids plus 1, as read now, is beaten by ids as stored (%1).")
                          .arg(difference)),
        qPrintable(textOf(o.reading())));
    QVERIFY(o.button("useIds"));
}

void TestOverviewVerdicts::theListHasTheDifferencesOfTheReport() {
    Opened o;
    QVERIFY(test::openModel(o.session));
    QVERIFY(test::openDataset(o.session));
    test::JobSpy ready(&o.session.checks(), &CheckDesk::doctorReady);
    QTest::mouseClick(o.button("checkReading"), Qt::LeftButton);
    QVERIFY(ready.wait(kWaitMs));
    const auto report = ready.last().at(0).value<DoctorReportPtr>();
    const std::vector<Hypothesis>& all = report->ranking.hypotheses;
    QVERIFY(all.size() > 9 && all[9].impossible.empty() && all[3].behind > all[1].behind && all[1].behind > 0);
    QStringList expected{QStringLiteral("log loss|Δ to best ± SE (paired)"),
                         QStringLiteral("%1|best").arg(all[0].fittedLogLoss, 0, 'f', 5)};
    for (std::size_t i = 1; i < 4; ++i) expected << figureOf(all[i]);
    QTRY_COMPARE(figuresOf(o.reading()), expected);
    // The reading as opened is a line of its own where it is none of the best.
    const auto beaten = std::make_shared<DoctorReport>(*report);
    beaten->ranking.hypotheses[0].asOpened = false;
    beaten->ranking.hypotheses[9].asOpened = true;
    o.session.checks().takeReport(beaten);
    QTRY_COMPARE(figuresOf(o.reading()), expected + QStringList{figureOf(all[9])});
}

DLRM_TEST(TestOverviewVerdicts);

}  // namespace tst_overview_verdicts

#include "tst_overview_verdicts.moc"
