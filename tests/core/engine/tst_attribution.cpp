// SPDX-License-Identifier: Apache-2.0
// What each field adds to the logit: it adds up on every golden checkpoint, and its parts are what their definition
// says.
#include <QTest>

#include <cmath>
#include <cstring>
#include <fstream>
#include <random>

#include <nlohmann/json.hpp>

#include "core/checkpoint/checkpoint.h"
#include "tests/core/engine/newer_layouts.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_attribution {

using namespace dlrm;

namespace {

constexpr double kSumTolerance = 1e-5;         // the logit's float32 against the sum in double
constexpr double kLeftOver = 1e-3;             // of |z − z₀|
constexpr double kDifferenceTolerance = 1e-6;  // relative, of a central difference in double

constexpr std::int64_t kCrossRows = 48;  // some hundred times slower

const std::string kCheckpoints = DLRM_TEST_DATA "/golden/checkpoints/";
constexpr const char* kDlrms[] = {"a_custom_cuda", "a_split_embedding", "a_tensorflow", "b_custom_cuda",
                                  "b_tensorflow",  "c_custom_cuda",     "c_fp16",       "c_tensorflow"};

struct Opened {
    std::shared_ptr<const Dataset> dataset;
    std::shared_ptr<Engine> engine;
};

Opened openGolden(const std::string& name) {
    std::ifstream file(kCheckpoints + name + "/expected/manifest.json");
    const auto manifest = nlohmann::json::parse(file);
    auto dataset = openDataset(DLRM_TEST_DATA "/golden/datasets/tiny", {});
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    EngineOptions options;
    options.dataset = *dataset;
    options.backend = *chooseBackend({"cpu", Precision::Fp32, 2});
    options.interactionOrder =
        manifest["interaction"] == "tensorflow" ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda;
    auto engine = Engine::open(kCheckpoints + name + "/checkpoint", options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return {*dataset, *engine};
}

double pairSum(const Attribution& a) {
    double all = 0;
    for (const double pair : a.pairs) all += pair;
    return all / 2;
}

// The top MLP by its definition.
double topMlp(const std::vector<DenseWeights>& layers, std::vector<double> x) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const auto outputs = static_cast<std::size_t>(layers[l].outputs);
        std::vector<double> y(layers[l].bias.begin(), layers[l].bias.end());
        for (std::size_t o = 0; o < outputs; ++o) {
            for (std::size_t i = 0; i < x.size(); ++i)
                y[o] += x[i] * static_cast<double>(layers[l].kernel[i * outputs + o]);
            if (l + 1 < layers.size()) y[o] = std::max(y[o], 0.0);
        }
        x = std::move(y);
    }
    return x[0];
}

}  // namespace

class TestAttribution : public QObject {
    Q_OBJECT

    // Of the first rows, the largest |sum − logit|; of cross layers as a share of |z − z₀|.
    static double worstOf(const Opened& opened, std::int64_t rows, double& pairs) {
        const auto prediction = opened.engine->predict(*opened.dataset, {0, rows - 1}, {.inputs = true, .raw = false});
        if (!prediction) qFatal("%s", prediction.error().text().c_str());
        double worst = 0;
        for (const PredictedRow& row : prediction->rows) {
            const auto explained = opened.engine->explain(row.input);
            if (!explained) qFatal("%s", explained.error().text().c_str());
            const auto a = opened.engine->attribute(*explained);
            if (!a) qFatal("%s", a.error().text().c_str());
            const double logit = static_cast<double>(explained->logit);
            double off = std::abs(a->sum() - logit);
            if (std::abs(a->residual - (logit - a->sum())) > 1e-12) qFatal("the residual is not what is left");
            if (a->method == AttributionMethod::IntegratedGradients) off /= std::max(std::abs(logit - a->bias), 1e-3);
            worst = std::isnan(off) ? off : std::max(worst, off);
            pairs += std::abs(pairSum(*a));
        }
        return worst;
    }

private Q_SLOTS:
    void addsUpOnEveryGolden_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : kDlrms) QTest::newRow(name) << QString::fromLatin1(name);
    }
    void addsUpOnEveryGolden() {
        QFETCH(QString, name);
        const Opened opened = openGolden(name.toStdString());
        double pairs = 0;
        const double worst = worstOf(opened, opened.dataset->rows(), pairs);
        qInfo("largest |sum - logit| %.2e", worst);
        QVERIFY2(worst <= kSumTolerance, qPrintable(QString::number(worst)));
        QVERIFY(pairs > 0);
    }

    void addsUpOnNewerLayouts_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < std::size(test::kNewerLayouts); ++i)
            QTest::newRow(test::kNewerLayouts[i].name) << static_cast<int>(i);
    }
    void addsUpOnNewerLayouts() {
        QFETCH(int, index);
        const test::NewerLayout& c = test::kNewerLayouts[index];
        DLRM_NEEDS_OUTSIDE(test::rootOf(c.name) + c.name);
        const auto rows = test::rowsFor(c, 1);
        if (!rows) DLRM_NEEDS_OUTSIDE(test::rootOf(c.source) + c.source + "/expected/logits.npy");
        const Opened opened{rows, test::openModel(c, rows)};
        double pairs = 0;
        const bool dot = opened.engine->spec().interaction == InteractionKind::Dot;
        const double worst = worstOf(opened, dot ? rows->rows() : kCrossRows, pairs);
        qInfo("%s %.2e", dot ? "largest |sum - logit|" : "largest share left over", worst);
        QVERIFY2(worst <= (dot ? kSumTolerance : kLeftOver), qPrintable(QString::number(worst)));
        QCOMPARE(pairs > 0, dot);
    }

    // J against central differences of the top MLP, where no unit changes between.
    void theGradientIsTheSlope() {
        std::mt19937 random(3);
        int places = 0;
        for (const char* name : {"c_custom_cuda", "c_tensorflow"}) {
            const Opened opened = openGolden(name);
            const ModelSpec& spec = opened.engine->spec();
            std::vector<DenseWeights> top;
            for (std::size_t l = 0; l < spec.topMlp.size(); ++l)
                top.push_back(*opened.engine->checkpoint().topLayer(static_cast<int>(l)));
            const auto prediction = opened.engine->predict(*opened.dataset, {0, 24}, {.inputs = true, .raw = false});
            for (const PredictedRow& row : prediction->rows) {
                const auto explained = opened.engine->explain(row.input);
                const auto a = opened.engine->attribute(*explained);
                QVERIFY(explained && a);
                const auto& fed = explained->intermediates.topInput;
                std::vector<double> t(fed.begin(), fed.end());
                const std::size_t at = random() % static_cast<std::size_t>(spec.interactionWidth());
                constexpr double kStep = 1e-5;
                const double here = topMlp(top, t);
                t[at] += kStep;
                const double up = topMlp(top, t);
                t[at] -= 2 * kStep;
                const double down = topMlp(top, t), slope = (up - down) / (2 * kStep);
                if (std::abs((up - here) - (here - down)) > 1e-12) continue;  // a unit changed
                // Rounding of two logits of size 1 over the step.
                const double tolerance = kDifferenceTolerance * std::abs(slope) + 1e-10;
                QVERIFY2(std::abs(a->topGradient[at] - slope) <= tolerance,
                         qPrintable(QStringLiteral("%1 for %2").arg(a->topGradient[at]).arg(slope)));
                ++places;
            }
        }
        QVERIFY2(places >= 45, qPrintable(QString::number(places)));
    }

    // A vector that is zero, a numerical that is fed as 0 and units that are off add nothing; halves of pairs go to
    // both.
    void partsAreWhatTheirDefinitionSays() {
        const Opened opened = openGolden("c_custom_cuda");
        const ModelSpec& spec = opened.engine->spec();
        const auto prediction = opened.engine->predict(*opened.dataset, {0, 49}, {.inputs = true, .raw = false});
        const auto count = static_cast<std::size_t>(spec.vectors());
        int missing = 0;
        for (const PredictedRow& row : prediction->rows) {
            const auto explained = opened.engine->explain(row.input);
            const auto a = opened.engine->attribute(*explained);
            QVERIFY(explained && a);
            QCOMPARE(a->numericals.size(), row.input.numerical.size());
            for (std::size_t k = 0; k < a->numericals.size(); ++k)
                if (row.input.numerical[k] == 0.0F) {
                    QCOMPARE(a->numericals[k], 0.0);
                    ++missing;
                }
            for (std::size_t k = 1; k < count; ++k) {
                double half = 0;
                for (std::size_t j = 0; j < count; ++j) {
                    QCOMPARE(a->pairs[k * count + j], a->pairs[j * count + k]);
                    half += 0.5 * a->pairs[k * count + j];
                }
                QCOMPARE(a->pairs[k * count + k], 0.0);
                QVERIFY(std::abs(a->tables[static_cast<std::size_t>(spec.interactionTableOrder[k - 1])] - half) <
                        1e-12);
            }
        }
        QVERIFY(missing > 0);
    }

    void namesAreThoseOfTheModel() {
        const Opened opened = openGolden("c_custom_cuda");
        const auto prediction = opened.engine->predict(*opened.dataset, {0, 0}, {.inputs = true, .raw = false});
        const auto explained = opened.engine->explain(prediction->rows[0].input);
        const auto a = opened.engine->attribute(*explained);
        QVERIFY(a);
        const auto fields = attributedFields(*a, opened.engine->spec());
        QCOMPARE(fields.size(), a->numericals.size() + a->tables.size());
        QCOMPARE(fields[0].name, std::string("num_0"));
        QCOMPARE(fields.back().name, opened.engine->spec().tables.back().name);
        QCOMPARE(fields.back().value, a->tables.back());
    }

    void aRowOfAnotherModelIsRefused() {
        const Opened opened = openGolden("c_custom_cuda");
        const auto prediction = opened.engine->predict(*opened.dataset, {0, 0}, {.inputs = true, .raw = false});
        auto explained = opened.engine->explain(prediction->rows[0].input);
        QVERIFY(explained);
        explained->input.ids.front() = std::int32_t{1} << 30;
        const auto outside = opened.engine->attribute(*explained);
        QVERIFY(!outside);
        QCOMPARE(outside.error().code, std::string("E-ENGINE-004"));
        explained->input.ids.pop_back();
        const auto shape = opened.engine->attribute(*explained);
        QVERIFY(!shape);
        QCOMPARE(shape.error().code, std::string("E-ENGINE-008"));
    }

    void itCanBeStopped() {
        const test::NewerLayout* cross = nullptr;
        for (const test::NewerLayout& c : test::kNewerLayouts)
            if (std::string_view(c.name) == "d_dcnv2") cross = &c;
        const auto rows = test::rowsFor(*cross, 1);
        const auto engine = test::openModel(*cross, rows);
        const auto prediction = engine->predict(*rows, {0, 0}, {.inputs = true, .raw = false});
        const auto explained = engine->explain(prediction->rows[0].input);
        std::stop_source stop;
        stop.request_stop();
        const auto a = engine->attribute(*explained, stop.get_token());
        QVERIFY(!a && a.error().isCancelled());
    }
};

DLRM_TEST(TestAttribution);

}  // namespace tst_attribution

#include "tst_attribution.moc"
