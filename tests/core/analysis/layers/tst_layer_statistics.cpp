// SPDX-License-Identifier: Apache-2.0
// Layer statistics against their definitions written out in double, proofs of dead units against forward passes, both
// interaction orders on golden files.
#include <QTest>

#include <cmath>
#include <limits>
#include <random>

#include "core/analysis/layers/inputs.h"
#include "core/analysis/layers/prunable_units.h"
#include "core/analysis/layers/statistics.h"
#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"

namespace tst_layer_statistics {

using namespace dlrm;
using dlrm::test::npyValues;

namespace {

// Sums of the same doubles in another order.
constexpr double kSumTolerance = 1e-12;

const std::string kCheckpoints = DLRM_TEST_DATA "/golden/checkpoints/";

struct Layer {
    DenseWeights weights;
    LayerSpec spec;
    float& at(std::int64_t i, std::int64_t j) {
        return weights.kernel[static_cast<std::size_t>(i * weights.outputs + j)];
    }
    float& bias(std::int64_t j) { return weights.bias[static_cast<std::size_t>(j)]; }
    LayerStatistics statistics(InputRange range = InputRange::Any) const {
        const std::vector<InputRange> inputs(static_cast<std::size_t>(spec.inputs - spec.paddingInputs), range);
        auto out = layerStatistics(weights, spec, inputs);
        if (!out) qFatal("%s", out.error().text().c_str());
        return *std::move(out);
    }
};

Layer randomLayer(std::int64_t inputs, std::int64_t outputs, std::int64_t padding, unsigned seed) {
    Layer l;
    l.spec.inputs = l.weights.inputs = inputs;
    l.spec.outputs = l.weights.outputs = outputs;
    l.spec.paddingInputs = padding;
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 0.3F);
    for (std::int64_t i = 0; i < inputs * outputs; ++i) l.weights.kernel.push_back(normal(random));
    for (std::int64_t j = 0; j < outputs; ++j) l.weights.bias.push_back(normal(random));
    return l;
}

bool near(double a, double b) { return std::abs(a - b) <= kSumTolerance * std::max(1.0, std::abs(b)); }

// What the network computes, in float32: y = relu(b + Σ x w).
float output(const Layer& l, const std::vector<float>& x, std::int64_t j) {
    float sum = l.weights.bias[static_cast<std::size_t>(j)];
    for (std::size_t i = 0; i < x.size(); ++i)
        sum += x[i] * l.weights.kernel[i * static_cast<std::size_t>(l.weights.outputs) + static_cast<std::size_t>(j)];
    return std::max(sum, 0.0F);
}

std::shared_ptr<Engine> openGolden(const std::string& name, InteractionOrder order) {
    EngineOptions options;
    options.backend = *chooseBackend({"cpu", Precision::Fp32, 1});
    options.interactionOrder = order;
    options.dataset = *openDataset(DLRM_TEST_DATA "/golden/datasets/tiny", {});
    auto engine = Engine::open(kCheckpoints + name + "/checkpoint", options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return *engine;
}

}  // namespace

class TestLayerStatistics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyFigureEqualsItsDefinition() {
        Layer l = randomLayer(53, 37, 5, 1);
        l.at(3, 4) = 0;
        l.at(9, 2) = -0.0F;
        l.at(7, 7) = std::numeric_limits<float>::quiet_NaN();
        l.at(8, 7) = std::numeric_limits<float>::infinity();
        for (std::int64_t j = 0; j < 37; ++j) l.at(20, j) = 0;
        for (std::int64_t i = 48; i < 53; ++i)  // padding: must leave no trace
            for (std::int64_t j = 0; j < 37; ++j) l.at(i, j) = j % 2 ? 1e30F : std::numeric_limits<float>::quiet_NaN();
        const LayerStatistics s = l.statistics();
        double sum = 0, squares = 0, low = 1e99, high = -1e99, n = 0;
        for (std::int64_t i = 0; i < 48; ++i)
            for (std::int64_t j = 0; j < 37; ++j)
                if (const double v = l.at(i, j); std::isfinite(v))
                    sum += v, ++n, low = std::min(low, v), high = std::max(high, v);
        for (std::int64_t i = 0; i < 48; ++i)
            for (std::int64_t j = 0; j < 37; ++j)
                if (const double v = l.at(i, j); std::isfinite(v)) squares += (v - sum / n) * (v - sum / n);
        QCOMPARE(s.weights.values, 48 * 37);
        QCOMPARE(s.weights.nonFinite, 2);
        QCOMPARE(s.weights.zeros, 2 + 37);
        QCOMPARE(s.zeroRows, 1);
        QCOMPARE(s.weights.min, low);
        QCOMPARE(s.weights.max, high);
        QVERIFY(near(s.weights.mean, sum / n));
        QVERIFY(near(s.weights.std, std::sqrt(squares / n)));
        QCOMPARE(s.learnedInputs(), 48);
        QCOMPARE(s.rowNorms.size(), 48U);
        for (std::int64_t i = 0; i < 48; ++i) {
            double norm = 0;
            for (std::int64_t j = 0; j < 37; ++j) norm += static_cast<double>(l.at(i, j)) * l.at(i, j);
            if (i == 7 || i == 8) QVERIFY(!std::isfinite(s.rowNorms[static_cast<std::size_t>(i)]));
            else QVERIFY(near(s.rowNorms[static_cast<std::size_t>(i)], std::sqrt(norm)));
        }
        for (std::int64_t j = 0; j < 37; ++j) {
            double norm = 0;
            for (std::int64_t i = 0; i < 48; ++i) norm += static_cast<double>(l.at(i, j)) * l.at(i, j);
            if (j != 7) QVERIFY(near(s.units[static_cast<std::size_t>(j)].norm, std::sqrt(norm)));
            QCOMPARE(s.units[static_cast<std::size_t>(j)].bias, l.bias(j));
        }
        // Bins by their edges instead of by division.
        QCOMPARE(s.histogram.size(), static_cast<std::size_t>(kWeightBins));
        std::vector<std::int64_t> cumulative(kWeightBins);
        const double width = (high - low) / kWeightBins;
        for (int b = 0; b < kWeightBins; ++b)
            for (std::int64_t i = 0; i < 48; ++i)
                for (std::int64_t j = 0; j < 37; ++j)
                    if (const double v = l.at(i, j);
                        std::isfinite(v) && (b == kWeightBins - 1 || (v - low) / width < b + 1))
                        ++cumulative[static_cast<std::size_t>(b)];
        std::int64_t counted = 0;
        for (std::size_t b = 0; b < cumulative.size(); ++b) QCOMPARE(counted += s.histogram[b], cumulative[b]);
        QCOMPARE(counted, static_cast<std::int64_t>(n));
    }

    void valuesAllEqualOrNoneFinite() {
        Layer l = randomLayer(4, 3, 0, 2);
        std::fill(l.weights.kernel.begin(), l.weights.kernel.end(), 0.25F);
        LayerStatistics s = l.statistics();
        QCOMPARE(s.histogram[0], 12);
        QCOMPARE(s.weights.std, 0.0);
        QCOMPARE(s.displayLimit, 0.25F);
        std::fill(l.weights.kernel.begin(), l.weights.kernel.end(), std::numeric_limits<float>::infinity());
        s = l.statistics();
        QVERIFY(s.histogram.empty() && std::isnan(s.weights.mean) && std::isnan(s.weights.min));
        QCOMPARE(s.weights.nonFinite, 12);
        QCOMPARE(s.silent + s.constant + s.exactDuplicates + s.nearDuplicates, 0);
    }

    void deadUnitsAreProvedAndNoOthers() {
        Layer l = randomLayer(12, 8, 2, 3);
        for (std::int64_t i = 0; i < 10; ++i) {
            for (const int j : {0, 1, 2}) l.at(i, j) = 0;
            for (const int j : {3, 4, 5, 6}) l.at(i, j) = -std::abs(l.at(i, j));
        }
        l.bias(0) = -0.5F;   // silent whatever comes in
        l.bias(1) = 0;       // the same
        l.bias(2) = 0.5F;    // constant
        l.bias(3) = 0;       // silent if no input is negative
        l.bias(4) = 1e-30F;  // may be active when all inputs are 0
        l.bias(5) = -1;
        l.at(6, 5) = 1e-30F;  // one positive weight: may be active
        l.bias(6) = -1;
        l.at(2, 6) = std::numeric_limits<float>::quiet_NaN();
        for (const int j : {0, 1}) l.at(11, j) = 9;  // padding proves nothing and spoils nothing
        LayerStatistics s = l.statistics(InputRange::NotNegative);
        const UnitState expected[] = {UnitState::Silent, UnitState::Silent, UnitState::Constant, UnitState::Silent,
                                      UnitState::Live,   UnitState::Live,   UnitState::Live,     UnitState::Live};
        for (std::size_t j = 0; j < 8; ++j) QCOMPARE(s.units[j].state, expected[j]);
        QCOMPARE(s.silent, 3);
        QCOMPARE(s.constant, 1);
        QCOMPARE(s.zeroColumns, 3);
        // Inputs of any sign: only the units without weights are proved.
        s = l.statistics(InputRange::Any);
        QCOMPARE(s.silent, 2);
        QCOMPARE(s.units[3].state, UnitState::Live);
        // Without ReLU nothing is silent, units without weights give their bias.
        l.spec.relu = false;
        s = l.statistics(InputRange::NotNegative);
        QCOMPARE(s.silent, 0);
        QCOMPARE(s.constant, 3);

        // Random signs and sizes: what is called silent gives 0, what is called constant one value, for every input
        // tried.
        std::mt19937 random(4);
        std::uniform_int_distribution<int> pick(0, 3);
        std::exponential_distribution<float> size(1);
        int silent = 0, constant = 0;
        for (unsigned trial = 0; trial < 40; ++trial) {
            Layer net = randomLayer(3, 20, 0, 100 + trial);
            for (float& w : net.weights.kernel)
                if (const int kind = pick(random); kind > 0) w = kind == 1 ? 0 : -std::abs(w);
            const LayerStatistics found = net.statistics(InputRange::NotNegative);
            for (int shot = 0; shot < 50; ++shot) {
                std::vector<float> x(3);
                for (float& v : x) v = pick(random) ? size(random) * 1000 : 0;
                for (std::size_t j = 0; j < 20; ++j) {
                    const float y = output(net, x, static_cast<std::int64_t>(j));
                    if (found.units[j].state == UnitState::Live) continue;
                    const bool isSilent = found.units[j].state == UnitState::Silent;
                    ++(isSilent ? silent : constant);
                    QCOMPARE(y, isSilent ? 0.0F : std::max(net.bias(static_cast<std::int64_t>(j)), 0.0F));
                }
            }
        }
        QVERIFY(silent > 0 && constant > 0);
    }

    // Units that nothing reads, and which of all dead units may go.
    void unreadUnitsAndPrunableOnes() {
        ModelLayers layers;
        std::vector<Layer> nets{randomLayer(6, 4, 0, 5), randomLayer(4, 3, 0, 6), randomLayer(5, 6, 0, 7),
                                randomLayer(6, 1, 0, 8)};
        for (std::int64_t j = 0; j < 3; ++j) nets[1].at(2, j) = 0;  // nothing reads unit 2 of the first layer
        for (std::int64_t i = 0; i < 6; ++i) nets[0].at(i, 3) = nets[3].at(i, 0) = 0;
        nets[0].bias(3) = 1;  // constant
        for (std::int64_t i = 0; i < 4; ++i) nets[1].at(i, 0) = nets[1].at(i, 1) = 0;
        nets[1].bias(0) = -1;                                      // silent component of the vector
        nets[1].bias(1) = 1;                                       // constant component: what multiplies it cannot go
        nets[2].bias(4) = std::numeric_limits<float>::infinity();  // gives no number: never called unread
        for (std::size_t l = 0; l < nets.size(); ++l) {
            nets[l].spec.relu = l != 3;
            LayerStatistics& s = layers.layers.emplace_back(nets[l].statistics(InputRange::Any));
            s.top = l > 1;
            if (l > 0 && s.top == layers.layers[l - 1].top) markUnread(layers.layers[l - 1], s);
        }
        QCOMPARE(layers.layers[0].units[2].state, UnitState::Unread);
        QCOMPARE(layers.layers[0].unread, 1);
        QCOMPARE(layers.layers[2].unread, 5);  // the logit reads nothing at all
        QCOMPARE(layers.layers[2].units[4].state, UnitState::Live);
        QCOMPARE(name(UnitState::Unread), std::string_view("unread"));
        using Flags = std::vector<std::vector<std::uint8_t>>;
        QVERIFY((provedPrunable(layers) == Flags{{0, 0, 1, 1}, {1, 0, 0}, {1, 1, 1, 1, 0, 1}, {0}}));
    }

    void deadUnitsMakeOthersDead() {
        ModelSpec spec;
        Layer first = randomLayer(6, 4, 0, 5), second = randomLayer(4, 3, 0, 6);
        for (std::int64_t i = 0; i < 6; ++i) first.at(i, 0) = first.at(i, 1) = 0;
        first.bias(0) = -1;
        first.bias(1) = 2;
        // Unit 0 of the second layer reads only the silent unit, unit 1 only the constant one, unit 2 a live one too.
        for (std::int64_t i = 0; i < 4; ++i)
            for (std::int64_t j = 0; j < 3; ++j)
                second.at(i, j) = (j == 0 && i == 0) || (j == 1 && i == 1) || j == 2 ? 1.0F : 0.0F;
        second.bias(0) = -0.1F;
        second.bias(1) = -0.1F;
        spec.bottomMlp = {first.spec, second.spec};
        LayerStatistics before = first.statistics();
        QCOMPARE(before.units[0].state, UnitState::Silent);
        QCOMPARE(before.units[1].state, UnitState::Constant);
        const auto ranges = inputRanges(spec, false, 1, &before);
        QVERIFY((ranges == std::vector{InputRange::Zero, InputRange::Constant, InputRange::NotNegative,
                                       InputRange::NotNegative}));
        const auto after = layerStatistics(second.weights, second.spec, ranges);
        QVERIFY(after.has_value());
        QCOMPARE(after->units[0].state, UnitState::Silent);
        QCOMPARE(after->units[1].state, UnitState::Constant);
        QCOMPARE(after->units[2].state, UnitState::Live);
        // A linear layer's outputs may be negative.
        before.spec.relu = false;
        QCOMPARE(inputRanges(spec, false, 1, &before)[0], InputRange::Any);
    }

    void duplicatesAreThoseOfTheDefinition() {
        Layer l = randomLayer(90, 60, 3, 7);
        std::mt19937 random(8);
        const auto copy = [&](std::int64_t from, std::int64_t to, float scale, float noise) {
            std::normal_distribution<float> error(0, noise);
            for (std::int64_t i = 0; i < 87; ++i) l.at(i, to) = l.at(i, from) * scale + (noise > 0 ? error(random) : 0);
            l.bias(to) = l.bias(from) * scale;
        };
        copy(4, 11, 1, 0);
        copy(4, 12, 2.5F, 0);    // the same direction
        copy(5, 13, 1, 0.003F);  // cosine about 0.99995
        copy(6, 14, 1, 0.01F);   // cosine about 0.9994: no duplicate
        copy(7, 15, -1, 0);      // the opposite direction
        copy(8, 16, 1, 0);
        l.bias(16) += 1;  // other bias
        l.at(3, 9) = 0.0F;
        copy(9, 17, 1, 0);
        l.at(3, 17) = -0.0F;  // equal values, other bits
        copy(11, 18, 1, 0);
        l.at(0, 20) = std::numeric_limits<float>::infinity();
        copy(20, 21, 1, 0);  // not finite: no duplicate
        for (std::int64_t i = 0; i < 87; ++i) l.at(i, 30) = l.at(i, 31) = 0;
        const LayerStatistics s = l.statistics();

        std::int64_t exact = 0, close = 0;
        for (std::int64_t j = 0; j < 60; ++j) {
            std::int64_t same = -1, nearTo = -1;
            const auto column = [&](std::int64_t c) {
                std::vector<double> out;
                for (std::int64_t i = 0; i < 87; ++i) out.push_back(l.at(i, c));
                out.push_back(l.bias(c));
                return out;
            };
            const auto cosine = [&](std::int64_t a, std::int64_t b) {
                const auto x = column(a), y = column(b);
                double xy = 0, xx = 0, yy = 0;
                for (std::size_t i = 0; i < x.size(); ++i) xy += x[i] * y[i], xx += x[i] * x[i], yy += y[i] * y[i];
                return xy / std::sqrt(xx) / std::sqrt(yy);
            };
            if (s.units[static_cast<std::size_t>(j)].state == UnitState::Live)
                for (std::int64_t i = 0; i < j; ++i) {
                    const double c = cosine(i, j);
                    if (!std::isfinite(c) || s.units[static_cast<std::size_t>(i)].state != UnitState::Live) continue;
                    if (same < 0 && column(i) == column(j)) same = i;
                    if (nearTo < 0 && s.units[static_cast<std::size_t>(i)].duplicateOf < 0 && c >= kDuplicateCosine)
                        nearTo = i;
                }
            const UnitStatistics& unit = s.units[static_cast<std::size_t>(j)];
            QCOMPARE(unit.duplicateOf, same >= 0 ? same : nearTo);
            QCOMPARE(unit.exact, same >= 0);
            if (unit.duplicateOf >= 0) QVERIFY(near(unit.cosine, cosine(unit.duplicateOf, j)));
            exact += same >= 0 ? 1 : 0;
            close += same < 0 && nearTo >= 0 ? 1 : 0;
        }
        QCOMPARE(s.exactDuplicates, exact);
        QCOMPARE(s.nearDuplicates, close);
        QCOMPARE(s.units[11].duplicateOf, 4);
        QCOMPARE(s.units[12].duplicateOf, 4);
        QVERIFY(!s.units[12].exact);
        QCOMPARE(s.units[13].duplicateOf, 5);
        QCOMPARE(s.units[17].duplicateOf, 9);
        QVERIFY(s.units[17].exact);
        for (const std::size_t none : {14U, 15U, 16U, 21U, 31U}) QCOMPARE(s.units[none].duplicateOf, -1);
    }

    void goldenLayersEqualTheirFiles() {
        const auto engine = openGolden("c_tensorflow", InteractionOrder::Tensorflow);
        const auto layers = engine->layers();
        QVERIFY(layers.has_value());
        QCOMPARE(layers->layers.size(), engine->spec().bottomMlp.size() + engine->spec().topMlp.size());
        QCOMPARE(layers->layers.front().spec.paddingInputs, 3);
        QCOMPARE(layers->find(true, 0)->spec.paddingInputs, 1);
        QVERIFY(layers->find(true, 9) == nullptr);
        for (const LayerStatistics& l : layers->layers) {
            const auto file = QString::fromStdString(kCheckpoints) +
                              QStringLiteral("c_tensorflow/checkpoint/%1_mlp_layer_%2_kernel_part0.npy")
                                  .arg(l.top ? "top" : "bottom")
                                  .arg(l.index);
            const std::vector<double> kernel = npyValues(file);
            QCOMPARE(static_cast<std::int64_t>(kernel.size()), l.spec.inputs * l.spec.outputs);
            QCOMPARE(static_cast<std::int64_t>(l.inputNames.size()), l.spec.inputs);
            QCOMPARE(l.inputNames.back() == "padding", l.spec.paddingInputs > 0);
            double sum = 0;
            for (std::int64_t i = 0; i < l.learnedInputs(); ++i) {
                double squares = 0;
                for (std::int64_t j = 0; j < l.spec.outputs; ++j) {
                    const double v = kernel[static_cast<std::size_t>(i * l.spec.outputs + j)];
                    sum += v;
                    squares += v * v;
                }
                QVERIFY(near(l.rowNorms[static_cast<std::size_t>(i)], std::sqrt(squares)));
            }
            QVERIFY(near(l.weights.mean, sum / static_cast<double>(l.learnedInputs() * l.spec.outputs)));
            const LayerStatistics* next = layers->find(l.top, static_cast<int>(l.index) + 1);
            for (std::size_t u = 0; u < l.units.size(); ++u)
                if (next) QCOMPARE(l.units[u].outgoingNorm, next->rowNorms[u]);
                else QVERIFY(std::isnan(l.units[u].outgoingNorm));
        }
    }

    void kernelRowsReadWhatTheirNamesSay_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("bottomFirst");
        QTest::newRow("custom_cuda") << "c_custom_cuda" << true;
        QTest::newRow("tensorflow") << "c_tensorflow" << false;
    }
    // TensorFlow's own input of the top MLP, value by value, against its interaction matrix and bottom output.
    void kernelRowsReadWhatTheirNamesSay() {
        QFETCH(QString, name);
        QFETCH(bool, bottomFirst);
        const auto engine =
            openGolden(name.toStdString(), bottomFirst ? InteractionOrder::CustomCuda : InteractionOrder::Tensorflow);
        const ModelSpec& spec = engine->spec();
        const QString expected = QString::fromStdString(kCheckpoints) + name + QStringLiteral("/expected/");
        const auto inputs = npyValues(expected + QStringLiteral("top_mlp_input.npy"));
        const auto matrix = npyValues(expected + QStringLiteral("interaction_matrix.npy"));
        const auto bottom = npyValues(expected + QStringLiteral("bottom_mlp_output.npy"));
        const auto kernel = npyValues(QString::fromStdString(kCheckpoints) + name +
                                      QStringLiteral("/checkpoint/top_mlp_layer_0_kernel_part0.npy"));
        const auto layers = engine->layers();
        QVERIFY(layers.has_value() && layers->importance.has_value());
        const InteractionImportance& importance = *layers->importance;
        const std::int64_t width = spec.topMlp[0].inputs, outputs = spec.topMlp[0].outputs, v = spec.vectors();
        // The stored inputs may have no padding column.
        const std::int64_t stored = static_cast<std::int64_t>(inputs.size()) / 64;
        QVERIFY(stored >= spec.interactionWidth() && stored <= width);
        constexpr double kDotTolerance = 1e-5;  // TensorFlow computed the two files' dots by two operations
        std::int64_t dots = 0, units = 0;
        for (std::int64_t r = 0; r < width; ++r) {
            const LayerInput input = layerInput(spec, true, 0, r);
            double norm = 0;
            for (std::int64_t o = 0; o < outputs; ++o)
                norm += kernel[static_cast<std::size_t>(r * outputs + o)] *
                        kernel[static_cast<std::size_t>(r * outputs + o)];
            norm = std::sqrt(norm);
            for (std::int64_t row = 0; row < 16 && r < stored; ++row) {
                const double value = inputs[static_cast<std::size_t>(row * stored + r)];
                if (input.kind == LayerInput::Kind::Dot)
                    QVERIFY(std::abs(value -
                                     matrix[static_cast<std::size_t>((row * v + input.first) * v + input.second)]) <=
                            kDotTolerance);
                else if (input.kind == LayerInput::Kind::Bottom)
                    QCOMPARE(value, bottom[static_cast<std::size_t>(row * spec.embeddingDim + input.first)]);
                else QCOMPARE(value, 0.0);
            }
            if (input.kind == LayerInput::Kind::Dot) {
                ++dots;
                QVERIFY(input.second < input.first);
                QVERIFY(near(importance.pairNorms[static_cast<std::size_t>(input.first * v + input.second)], norm));
                QVERIFY(near(importance.pairNorms[static_cast<std::size_t>(input.second * v + input.first)], norm));
                QCOMPARE(layerInputName(spec, true, 0, r),
                         importance.vectorNames[static_cast<std::size_t>(input.first)] + " × " +
                             importance.vectorNames[static_cast<std::size_t>(input.second)]);
            } else if (input.kind == LayerInput::Kind::Bottom) {
                ++units;
                QVERIFY(near(importance.bottomNorms[static_cast<std::size_t>(input.first)], norm));
            }
        }
        QCOMPARE(dots, spec.pairs());
        QCOMPARE(units, spec.embeddingDim);
        QCOMPARE(layerInputName(spec, true, 0, width - 1), std::string("padding"));
        QCOMPARE(layerInputName(spec, false, 0, 15), std::string("padding"));
        QCOMPARE(layerInputName(spec, false, 0, 2), std::string("num_2"));
        QCOMPARE(layerInputName(spec, true, 1, 2), std::string("unit 2"));
        QCOMPARE(importance.vectorNames.front(), std::string("bottom"));
        QVERIFY(std::isnan(importance.pairNorms[0]));
    }

    // What is not finite counts wherever it stands.
    void valuesOfCrossLayersAreCounted() {
        CrossWeights weights;
        weights.width = 2;
        weights.projection = 1;
        weights.u = {1, std::numeric_limits<float>::quiet_NaN()};
        weights.v = {-3, 0};
        weights.bias = {std::numeric_limits<float>::infinity(), 5};
        CrossLayerSpec spec;
        spec.name = "cross/0";
        const CrossLayerStatistics s = crossLayerStatistics(weights, spec);
        QCOMPARE(s.spec.name, std::string("cross/0"));
        QCOMPARE(s.weights.values, 4);
        QCOMPARE(s.weights.zeros, 1);
        QCOMPARE(s.weights.nonFinite, 1);
        QCOMPARE(s.weights.min, -3.0);
        QCOMPARE(s.weights.max, 1.0);
        QCOMPARE(s.biases.nonFinite, 1);
        QCOMPARE(s.biases.mean, 5.0);
        ModelLayers all;
        all.cross = {s, s};
        all.layers.emplace_back().biases.nonFinite = 3;
        QCOMPARE(all.nonFinite(), 7);
        // Of padding too: it meets a zero there, and gives NaN.
        DenseWeights padded;
        padded.inputs = 3;
        padded.outputs = 2;
        padded.kernel = {1, 2, 3, 4, 0, std::numeric_limits<float>::quiet_NaN()};
        padded.bias = {0, 0};
        LayerSpec layer;
        layer.inputs = 3;
        layer.outputs = 2;
        layer.paddingInputs = 1;
        const std::vector<InputRange> any(2, InputRange::Any);
        const auto counted = layerStatistics(padded, layer, any);
        QVERIFY(counted);
        QCOMPARE(counted->weights.nonFinite, 0);
        QCOMPARE(counted->paddingNonFinite, 1);
        QCOMPARE(counted->nonFinite(), 1);
    }

    void crossLayersAreNotSplitIntoDots() {
        ModelSpec spec;
        spec.interaction = InteractionKind::Cross;
        Layer top = randomLayer(9, 4, 1, 11);
        spec.topMlp = {top.spec};
        QVERIFY(layerInput(spec, true, 0, 7).kind == LayerInput::Kind::Value);
        QVERIFY(layerInput(spec, true, 0, 8).kind == LayerInput::Kind::Padding);
        const LayerStatistics before = randomLayer(3, 8, 0, 12).statistics();
        QCOMPARE(inputRanges(spec, true, 0, &before)[0], InputRange::Any);
    }

    void stopsAndRefuses() {
        const Layer l = randomLayer(64, 64, 0, 13);
        std::stop_source stop;
        stop.request_stop();
        const std::vector<InputRange> inputs(64);
        QVERIFY(layerStatistics(l.weights, l.spec, inputs, stop.get_token()).error().isCancelled());
        const auto engine = openGolden("c_tensorflow", InteractionOrder::Tensorflow);
        QVERIFY(engine->layers({.stop = stop.get_token()}).error().isCancelled());
        for (const int none : {-1, 3, 1 << 30})
            QCOMPARE(engine->layerWeights(true, none).error().code, std::string("E-LAYER-001"));
        QVERIFY(engine->layerWeights(false, 1).has_value());
    }
};

DLRM_TEST(TestLayerStatistics);

}  // namespace tst_layer_statistics

#include "tst_layer_statistics.moc"
