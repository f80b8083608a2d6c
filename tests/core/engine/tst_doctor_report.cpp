// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF FINDINGS: each of its lines finds what it is to find, nothing else, and stands in JSON.
#include <QTest>

#include <nlohmann/json.hpp>

#include "core/report/json.h"
#include "tests/core/engine/provoked_findings.h"
#include "tests/support/test_program.h"

namespace tst_doctor_report {

using namespace dlrm;

namespace {

const std::string kLayout = "A";

std::vector<std::string> inJson(const DoctorReport& report) {
    return nlohmann::json::parse(doctorJson(report, kLayout))["findings"].get<std::vector<std::string>>();
}

}  // namespace

class TestDoctorReport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whereNothingIsWrongNothingIsFound() {
        for (const DoctorReport& report : {test::reportWithoutFindings(), test::reportOfReadings(true)}) {
            QVERIFY(report.findings(kLayout).empty());
            QVERIFY(inJson(report).empty());
        }
    }

    void eachFindingIsToldAlone() {
        const std::vector<DoctorReport> reports = test::provokedFindings();
        QCOMPARE(reports.size(), findingTable().size());
        for (std::size_t i = 0; i < reports.size(); ++i) {
            const std::vector<std::string> told = reports[i].findings(kLayout);
            QVERIFY2(!told.empty(), findingTable()[i].help);
            QVERIFY2(told == findingTable()[i].sentences(reports[i], kLayout), findingTable()[i].help);
            QVERIFY2(told == inJson(reports[i]), findingTable()[i].help);
        }
    }

    // Three ways in which the readings as a whole are a finding; a tie of the best ones is none by itself.
    void readingsOfWhichNoneFitsAreFound() {
        const std::string reason = "What the ranking says.";
        const auto finds = [&](const char* what, const DoctorReport& report) {
            QVERIFY2(report.findings(kLayout) == std::vector<std::string>{reason}, what);
            QVERIFY2(inJson(report) == std::vector<std::string>{reason}, what);
            QVERIFY2(report.undecided(), what);
        };
        DoctorReport tie = test::reportOfReadings(true);
        tie.ranking.reason = reason;
        tie.ranking.decided = false;
        QVERIFY(tie.findings(kLayout).empty() && inJson(tie).empty() && tie.undecided());

        DoctorReport none = tie;
        for (Hypothesis& h : none.ranking.hypotheses) h.impossible = "the prediction of row 0 is not finite";
        none.ranking.possible = none.ranking.predicts = false;
        none.ranking.normalizedEntropy.reset();
        none.ranking.ownBehind.reset();
        finds("none is possible", none);

        DoctorReport nothing = tie;
        nothing.ranking.predicts = false;
        nothing.ranking.normalizedEntropy = 1.2;
        finds("nothing predicts", nothing);

        DoctorReport beaten = tie;
        beaten.ranking.ownBehind = 7;
        finds("the one as opened is beaten by others that tie", beaten);
    }

    void ofSeveralTheGravestIsToldFirst() {
        DoctorReport all = test::reportOfReadings(true);
        std::vector<std::string> expected;
        for (const DoctorReport& one : test::provokedFindings()) {
            if (!one.foreignDictionary.empty()) all.foreignDictionary = one.foreignDictionary;
            if (!one.notFinite.empty()) all.notFinite = one.notFinite;
            if (!one.tables.tables.empty()) all.tables = one.tables;
            if (one.padding.contradicts) all.padding = one.padding;
            if (!one.harmfulTables.empty()) all.harmfulTables = one.harmfulTables;
            else if (!one.ranking.hypotheses.empty()) continue;
            for (const std::string& sentence : one.findings(kLayout)) expected.push_back(sentence);
        }
        QCOMPARE(expected.size(), std::size_t{6});
        QVERIFY(all.findings(kLayout) == expected);
    }

    void theWinnerIsToldByHowItLeads() {
        const auto told = [](const DoctorReport& report) { return report.findings(kLayout).at(0); };
        DoctorReport other = test::reportOfReadings(false);
        QCOMPARE(told(other), std::string("Another reading wins: it beats the one as opened by 10.0 standard errors."));
        other.ranking.ownBehind.reset();
        QCOMPARE(told(other), std::string("Another reading than the one as opened wins."));
        other.ranking.ownImpossible = true;
        other.ranking.hypotheses.back().impossible = "an id outside its table";
        QCOMPARE(told(other), std::string("Another reading wins; as opened the data cannot be read this way: an id "
                                          "outside its table."));
        DoctorReport weights = test::reportWithoutFindings();
        weights.evidence.verdict = InteractionOrder::Tensorflow;
        QCOMPARE(told(weights), std::string("The weights say tensorflow, the model is opened with custom_cuda."));
    }
};

DLRM_TEST(TestDoctorReport);

}  // namespace tst_doctor_report

#include "tst_doctor_report.moc"
