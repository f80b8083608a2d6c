// SPDX-License-Identifier: Apache-2.0
// The ranking question by question: an order that is beaten is said to be, whatever else ties.
#include <QTest>

#include <cmath>

#include "core/analysis/reading/questions.h"
#include "tests/support/test_program.h"

namespace tst_reading_questions {

using namespace dlrm;

namespace {

Hypothesis reading(InteractionOrder order, NumericalReading numbers, double behind, double error,
                   bool asOpened = false) {
    Hypothesis h;
    h.interaction = order;
    h.reading = {numbers, 0};
    h.logLoss = 0.52 + behind;
    h.behind = behind;
    h.behindStandardError = error;
    h.asOpened = asOpened;
    return h;
}

constexpr auto kCuda = InteractionOrder::CustomCuda, kTensorflow = InteractionOrder::Tensorflow;
constexpr auto kLn3 = NumericalReading::LnPlus3, kLn2 = NumericalReading::LnPlus2;

Ranking tie() {
    Ranking out;
    out.possible = out.predicts = true;
    out.hypotheses = {reading(kCuda, kLn3, 0, 0), reading(kCuda, kLn2, 0.0002, 0.0001),
                      reading(kTensorflow, kLn3, 0.08, 0.004, true), reading(kTensorflow, kLn2, 0.09, 0.004)};
    return out;
}

}  // namespace

class TestReadingQuestions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theOrderIsDecidedThoughTheNumbersTie() {
        const auto verdicts = questionVerdicts(tie());
        QCOMPARE(verdicts.size(), std::size_t(2));  // ids and tables have one answer
        QCOMPARE(verdicts[0].question, ReadingQuestion::InteractionOrder);
        QVERIFY(verdicts[0].decided && verdicts[0].disagrees());
        QCOMPARE(verdicts[0].answers[0].best.interaction, kCuda);
        QCOMPARE(verdicts[0].answers[1].best.behind, 0.08);
        QVERIFY(std::fabs(verdicts[0].answers[1].standardErrors() - 20) < 1e-9);
        QVERIFY(verdicts[0].asOpened() == &verdicts[0].answers[1]);
        QCOMPARE(verdicts[1].question, ReadingQuestion::Numbers);
        QVERIFY(!verdicts[1].decided && !verdicts[1].disagrees());
        QVERIFY(verdicts[1].answers[0].asOpened);
    }
    void whatDoesNotPredictDecidesNothing() {
        Ranking ranking = tie();
        ranking.predicts = false;
        for (const QuestionVerdict& v : questionVerdicts(ranking)) QVERIFY(!v.decided && !v.disagrees());
    }
    void anImpossibleAnswerIsBeaten() {
        Ranking ranking = tie();
        ranking.hypotheses.resize(2);
        ranking.hypotheses.push_back(reading(kTensorflow, kLn3, 0, 0, true));
        ranking.hypotheses.back().impossible = "an id outside its table";
        const auto verdicts = questionVerdicts(ranking);
        QVERIFY(verdicts[0].decided && verdicts[0].disagrees() && std::isinf(verdicts[0].answers[1].standardErrors()));
    }
    void withoutAPossibleReadingThereIsNoQuestion() {
        Ranking ranking;
        ranking.hypotheses = tie().hypotheses;
        QVERIFY(questionVerdicts(ranking).empty());
    }
    void oneAnswerChangesOneThing() {
        const Ranking ranking = tie();
        const Hypothesis own = ranking.hypotheses[3],
                         used = withAnswer(own, ReadingQuestion::InteractionOrder, ranking.hypotheses[0]);
        QCOMPARE(used.interaction, kCuda);
        QCOMPARE(used.reading.numerical, kLn2);
        QCOMPARE(withAnswer(own, ReadingQuestion::Numbers, ranking.hypotheses[0]).reading.numerical, kLn3);
        QCOMPARE(withAnswer(own, ReadingQuestion::Numbers, ranking.hypotheses[0]).interaction, kTensorflow);
    }
};

DLRM_TEST(TestReadingQuestions);

}  // namespace tst_reading_questions

#include "tst_reading_questions.moc"
