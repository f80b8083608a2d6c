// SPDX-License-Identifier: Apache-2.0
// What the doctor's ranking says of losses that are made up: who wins, who is beaten, what cannot be told apart, when
// nothing predicts.
#include <QTest>

#include <cmath>
#include <random>

#include "core/analysis/reading/hypotheses.h"
#include "tests/support/test_program.h"

namespace tst_hypotheses {

using namespace dlrm;

namespace {

constexpr std::size_t kRows = 4000;

std::vector<std::uint8_t> labels() {
    std::vector<std::uint8_t> out(kRows);
    for (std::size_t r = 0; r < kRows; r += 4) out[r] = 1;
    return out;  // log loss of the prior: 0.5623
}

// Losses around `mean`, each row's own difficulty the same in all readings, plus noise of the reading.
TestedHypothesis reading(NumericalReading numerical, double mean, double noise, unsigned seed, bool asOpened = false) {
    TestedHypothesis out;
    out.hypothesis.reading = {numerical, 0};
    out.hypothesis.asOpened = asOpened;
    std::mt19937 rows(1), own(seed);
    std::normal_distribution<double> difficulty(0, 0.2),
        ofReading;  // one each: a distribution keeps half of what it drew
    for (std::size_t r = 0; r < kRows; ++r) out.losses.push_back(mean + difficulty(rows) + noise * ofReading(own));
    return out;
}

TestedHypothesis impossible(NumericalReading numerical, bool asOpened = false) {
    TestedHypothesis out;
    out.hypothesis.reading = {numerical, 0};
    out.hypothesis.asOpened = asOpened;
    out.hypothesis.impossible = "an id outside its table";
    return out;
}

}  // namespace

class TestHypotheses : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theBestWins() {
        const auto out = rank(
            {reading(NumericalReading::Raw, 0.50, 0.01, 2), reading(NumericalReading::LnPlus3, 0.45, 0.01, 3, true)},
            labels());
        QVERIFY(out.decided && out.predicts && !out.beaten());
        QCOMPARE(out.hypotheses.front().reading.numerical, NumericalReading::LnPlus3);
        QCOMPARE(*out.ownBehind, 0.0);
    }
    // What cannot be tried is not counted as tried.
    void onlyPossibleReadingsAreCounted() {
        const auto out =
            rank({impossible(NumericalReading::AlreadyLogged), reading(NumericalReading::Raw, 0.50, 0.01, 2),
                  reading(NumericalReading::LnPlus3, 0.45, 0.01, 3, true)},
                 labels());
        QCOMPARE(out.possibleReadings(), std::size_t{2});
        QVERIFY2(out.tried.starts_with("2 readings (1 interaction order, 2 transforms of the numbers,"),
                 out.tried.c_str());
        QVERIFY2(out.reason.starts_with("Of 2 readings (") && out.reason.ends_with("by 5 standard errors or more."),
                 out.reason.c_str());
        const auto alone = rank(
            {impossible(NumericalReading::Raw), reading(NumericalReading::LnPlus3, 0.45, 0.01, 3, true)}, labels());
        QVERIFY(alone.decided);
        QCOMPARE(alone.reason, std::string("Of 2 readings, only the one as opened can be tried."));
    }
    void theOpenedOneIsBeatenThoughTwoOthersTie() {
        const auto out =
            rank({reading(NumericalReading::AlreadyLogged, 0.50, 0.01, 2, true),
                  reading(NumericalReading::LnPlus3, 0.45, 0.01, 3), reading(NumericalReading::LnPlus2, 0.45, 0.01, 4)},
                 labels());
        QVERIFY(!out.decided && out.beaten());
        QVERIFY2(out.reason.find("is beaten by") != std::string::npos &&
                     out.reason.find("not told apart") != std::string::npos,
                 out.reason.c_str());
        QVERIFY(out.reason.find("ln(x+3)") != std::string::npos && out.reason.find("ln(x+2)") != std::string::npos);
        // The paired difference: 0.05 over the noise of both readings.
        QVERIFY(std::fabs(*out.ownBehind - 0.05 / (0.01 * std::sqrt(2.0) / std::sqrt(static_cast<double>(kRows)))) <
                20);
    }
    void nothingBeatenIsUndecided() {
        const auto out = rank({reading(NumericalReading::LnPlus3, 0.45, 0.01, 3, true),
                               reading(NumericalReading::LnPlus2, 0.45, 0.01, 4)},
                              labels());
        QVERIFY(!out.decided && !out.beaten() && out.predicts);
        QVERIFY(out.reason.starts_with("Undecided"));
    }
    // A lead that does not decide is told with its size.
    void aLeadIsToldThoughItDoesNotDecide() {
        const auto led = [](double standardErrors) {
            TestedHypothesis best = reading(NumericalReading::LnPlus3, 0.45, 0, 3), own = best;
            own.hypothesis.reading = {NumericalReading::AlreadyLogged, 1};
            own.hypothesis.asOpened = true;
            constexpr double kSpread = 0.01;
            for (std::size_t r = 0; r < kRows; ++r)
                own.losses[r] += standardErrors * kSpread / std::sqrt(static_cast<double>(kRows - 1)) +
                                 (r % 2 == 0 ? kSpread : -kSpread);
            return rank({best, own}, labels());
        };
        const Ranking out = led(3.85);
        QVERIFY(!out.decided && !out.beaten() && out.predicts);
        QCOMPARE(out.reason, std::string("Undecided: numbers ln(x+3), ids +0 leads the reading as opened by 3.8 "
                                         "standard errors, fewer than the 5 that decide; more rows may decide."));
        QVERIFY2(led(4.99).reason.find("by 4.9 standard errors") != std::string::npos, "never as many as decide");
        QVERIFY(led(1.5).reason.find("leads") == std::string::npos);
        QVERIFY(led(5.1).decided);
    }
    // One figure, one rounding, in every sentence: cut off, so that 4.99 is not told as the 5 that decide.
    void standardErrorsAreToldInOneWay() {
        QCOMPARE(toldErrors(3.79), 3.7);
        QCOMPARE(toldErrors(4.999), 4.9);
        QCOMPARE(toldErrors(20), 20.0);
        TestedHypothesis best = reading(NumericalReading::LnPlus3, 0.45, 0, 3), other = best, own = best;
        other.hypothesis.reading.numerical = NumericalReading::LnPlus2;
        own.hypothesis.reading.numerical = NumericalReading::AlreadyLogged;
        own.hypothesis.asOpened = true;
        constexpr double kSpread = 0.01;
        for (std::size_t r = 0; r < kRows; ++r)
            own.losses[r] +=
                7.77 * kSpread / std::sqrt(static_cast<double>(kRows - 1)) + (r % 2 == 0 ? kSpread : -kSpread);
        const Ranking out = rank({best, other, own}, labels());
        QVERIFY(out.beaten() && !out.decided);
        QVERIFY2(out.reason.find("is beaten by 7.7 standard errors") != std::string::npos, out.reason.c_str());
    }
    void noBetterThanThePriorPredictsNothing() {
        const auto out = rank(
            {reading(NumericalReading::LnPlus3, 0.60, 0.01, 3, true), reading(NumericalReading::Raw, 0.9, 0.01, 4)},
            labels());
        QVERIFY(!out.decided && out.possible && !out.predicts);
        QVERIFY(out.reason.starts_with("Nothing predicts"));
    }
    void oneClassOfLabelsTellsNothing() {
        const auto out = rank(
            {reading(NumericalReading::LnPlus3, 0.60, 0.01, 3, true), reading(NumericalReading::Raw, 0.9, 0.01, 4)},
            std::vector<std::uint8_t>(kRows, 0));
        QVERIFY(!out.decided && !out.normalizedEntropy);
        QVERIFY2(out.reason.find("all labels are the same") != std::string::npos, out.reason.c_str());
    }
    // Rows without a click, or a single row: whatever predicts less "beats" the others, and it means nothing.
    void oneClassOfLabelsBeatsNothing() {
        const std::vector<std::uint8_t> none(kRows, 0);
        const auto out = rank(
            {reading(NumericalReading::LnPlus3, 0.60, 0.01, 3, true), reading(NumericalReading::Raw, 0.1, 0.01, 4)},
            none);
        QVERIFY(!out.decided && !out.beaten());
        QVERIFY2(out.reason.starts_with("Undecided: all labels are the same"), out.reason.c_str());
        TestedHypothesis own, other;
        own.hypothesis.asOpened = true;
        own.losses = {0.7};
        other.losses = {0.3};
        QVERIFY(!rank({own, other}, std::vector<std::uint8_t>{1}).beaten());
        const auto only =
            rank({impossible(NumericalReading::Raw, true), reading(NumericalReading::LnPlus3, 0.45, 0.01, 3)}, none);
        QVERIFY(only.beaten() && !only.decided);
        QCOMPARE(only.reason, std::string("As opened the data cannot be read this way: an id outside its table. All "
                                          "labels are the same, so the other readings are not told apart."));
    }
    void anImpossibleReadingLosesToAnyOther() {
        const auto out = rank(
            {impossible(NumericalReading::Raw, true), reading(NumericalReading::LnPlus3, 0.45, 0.01, 3)}, labels());
        QVERIFY(out.decided && out.beaten());
        QVERIFY(out.ownImpossible && !out.ownBehind);
    }
    void noneIsPossible() {
        const auto out =
            rank({impossible(NumericalReading::Raw, true), impossible(NumericalReading::LnPlus3)}, labels());
        QVERIFY(!out.possible && !out.decided && !out.beaten());
        QCOMPARE(out.reason, std::string("No reading of the data fits this model; as opened they cannot be read this "
                                         "way: an id outside its table."));
    }
    // The intercept in closed form: equal logits and one click in four rows.
    void lossesAreComparedAfterAnIntercept() {
        TestedHypothesis tested;
        setLosses(tested, std::vector<float>(kRows, 3.0F), labels());
        const double p = 1 / (1 + std::exp(-3.0));
        QVERIFY(std::fabs(tested.hypothesis.logLoss - (3 + std::log1p(std::exp(-3.0)) - 0.25 * 3)) < 1e-9);
        QVERIFY(std::fabs(tested.hypothesis.calibration - p / 0.25) < 1e-9);
        QVERIFY(std::fabs(tested.losses[0] + std::log(0.25)) < 1e-6 &&
                std::fabs(tested.losses[1] + std::log(0.75)) < 1e-6);
        // Labels of one class have none.
        TestedHypothesis one;
        setLosses(one, std::vector<float>(3, -1.0F), std::vector<std::uint8_t>(3, 0));
        QVERIFY(one.losses[0] == std::log1p(std::exp(-1.0)) && one.hypothesis.calibration == 0);
    }
    // A reading that tells clicks apart less well, but by chance predicts as many as there are, does not win.
    void makingUpForABiasWinsNothing() {
        std::vector<float> own, other;
        std::vector<std::uint8_t> clicks;
        for (std::size_t r = 0; r < kRows; ++r) {
            clicks.push_back(r % 4 == 0);
            const float signal = r % 4 == 0 || r % 20 == 1 ? 1.0F : -1.0F;
            own.push_back(signal + 1);                             // knows the clicks, and predicts too many
            other.push_back(r % 10 == 0 ? -1.1F : signal - 0.2F);  // mistakes some
        }
        TestedHypothesis opened, lower;
        opened.hypothesis.asOpened = true;
        lower.hypothesis.reading.numerical = NumericalReading::LnPlus2;
        setLosses(opened, own, clicks);
        setLosses(lower, other, clicks);
        QVERIFY(lower.hypothesis.logLoss < opened.hypothesis.logLoss);
        const Ranking out = rank({opened, lower}, clicks);
        QVERIFY(out.hypotheses.front().asOpened && !out.beaten());
        // What is compared is what the difference is of.
        const Hypothesis &best = out.hypotheses[0], &next = out.hypotheses[1];
        QVERIFY(best.fittedLogLoss < best.logLoss && best.behind == 0);
        QVERIFY(std::fabs(next.fittedLogLoss - best.fittedLogLoss - next.behind) < 1e-12);
        QVERIFY(out.hypotheses.front().calibration > 1.2 && out.hypotheses.front().calibrationErrors > 5);
    }
    // What is best once an intercept is fitted may predict nothing as it stands; another that is not told apart from it
    // does.
    void theOneThatPredictsCounts() {
        std::vector<float> own, other;
        const std::vector<std::uint8_t> clicks = labels();
        std::mt19937 random(5);
        std::normal_distribution<float> noise(0, 0.5F);
        for (std::size_t r = 0; r < kRows; ++r) {
            const float signal = -1.25F + (clicks[r] ? 0.3F : 0.0F) + noise(random);
            own.push_back(signal);
            other.push_back(signal + 0.7F + (clicks[r] ? 0.02F : 0.0F));
        }
        TestedHypothesis opened, shifted;
        opened.hypothesis.asOpened = true;
        shifted.hypothesis.reading.numerical = NumericalReading::LnPlus2;
        setLosses(opened, own, clicks);
        setLosses(shifted, other, clicks);
        const double entropy = entropyOf(clicks);
        QVERIFY(std::fabs(entropy - 0.5623) < 1e-4);
        QVERIFY(opened.hypothesis.logLoss < entropy && shifted.hypothesis.logLoss > entropy);
        const Ranking out = rank({opened, shifted}, clicks);
        QVERIFY(!out.hypotheses.front().asOpened);
        QVERIFY(out.predicts && std::fabs(*out.normalizedEntropy - opened.hypothesis.logLoss / entropy) < 1e-12);
        QVERIFY2(out.reason.find("Nothing predicts") == std::string::npos, out.reason.c_str());
    }
    void theWinnerIsNamed() {
        const auto out = rank(
            {reading(NumericalReading::Raw, 0.50, 0.01, 2, true), reading(NumericalReading::LnPlus3, 0.45, 0.01, 3)},
            labels());
        QVERIFY2(out.decided && out.reason.find("the one with numbers ln(x+3) is best") != std::string::npos,
                 out.reason.c_str());
    }
    void theSameDifferenceInEveryRowIsBeyondDoubt() {
        const std::vector<double> more{0.5, 0.7, 0.9}, less{0.25, 0.45, 0.65};
        QVERIFY(std::isinf(PairedDifference({0.25, 0}).standardErrors()));
        QVERIFY(std::fabs(pairedDifference(more, less).mean - 0.25) < 1e-15);
        QCOMPARE(pairedDifference(less, more).standardErrors(), 0.0);
        QCOMPARE(entropyOf(std::vector<std::uint8_t>(3, 1)), 0.0);
    }
    // Two readings of data that mean the same are one.
    void equalLossesAreNotToldApart() {
        const auto out =
            rank({reading(NumericalReading::LnPlus3, 0.45, 0, 3, true), reading(NumericalReading::LnPlus2, 0.45, 0, 4)},
                 labels());
        QVERIFY(!out.decided && !out.beaten());
    }
};

DLRM_TEST(TestHypotheses);

}  // namespace tst_hypotheses

#include "tst_hypotheses.moc"
