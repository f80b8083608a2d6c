// SPDX-License-Identifier: Apache-2.0
// The unit atlas against a recount from single rows' activations, and its prunable parameters against a list of every
// weight that goes.
#include <QTest>

#include <random>
#include <set>
#include <tuple>

#include "core/analysis/layers/inputs.h"
#include "core/analysis/layers/unit_atlas.h"
#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "core/measure/unit_activity.h"
#include "tests/support/test_program.h"

namespace tst_unit_atlas {

using namespace dlrm;

namespace {

struct Opened {
    std::shared_ptr<Engine> engine;
    std::shared_ptr<const Dataset> dataset;
};

Opened openDemo() {
    EngineOptions options;
    options.backend = *chooseBackend({"cpu", Precision::Fp32, 2});
    options.dataset = *openDataset(DLRM_SOURCE_DIR "/resources/demo/dataset", {});
    auto engine = Engine::open(DLRM_SOURCE_DIR "/resources/demo/checkpoint", options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return {*engine, options.dataset};
}

// (layer of the model, kernel row or -1 for the bias, column): every learned value that touches a removed unit, each
// once.
std::int64_t valuesThatGo(const ModelSpec& spec, const std::vector<std::vector<bool>>& removed) {
    std::set<std::tuple<std::size_t, std::int64_t, std::int64_t>> gone;
    const std::size_t bottoms = spec.bottomMlp.size();
    for (std::size_t at = 0; at < bottoms + spec.topMlp.size(); ++at) {
        const bool top = at >= bottoms;
        const std::size_t index = top ? at - bottoms : at;
        const LayerSpec& l = (top ? spec.topMlp : spec.bottomMlp)[index];
        for (std::int64_t o = 0; o < l.outputs; ++o) {
            for (std::int64_t i = 0; i < l.inputs; ++i) {
                const LayerInput input = layerInput(spec, top, index, i);
                if (input.kind == LayerInput::Kind::Padding) continue;
                const bool reads = input.kind == LayerInput::Kind::Unit || input.kind == LayerInput::Kind::Bottom;
                if (removed[at][static_cast<std::size_t>(o)] ||
                    (reads && removed[at - 1][static_cast<std::size_t>(input.first)]))
                    gone.insert({at, i, o});
            }
            if (removed[at][static_cast<std::size_t>(o)]) gone.insert({at, -1, o});
        }
    }
    return static_cast<std::int64_t>(gone.size());
}

LayerSpec layer(const char* name, std::int64_t inputs, std::int64_t outputs, bool relu = true) {
    LayerSpec l;
    l.name = name;
    l.inputs = inputs;
    l.outputs = outputs;
    l.relu = relu;
    return l;
}

}  // namespace

class TestUnitAtlas : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void countsEqualARecountFromSingleRows() {
        const Opened demo = openDemo();
        const ModelSpec& spec = demo.engine->spec();
        constexpr RowRange kRange{137, 137 + 2499};  // several batches
        const auto atlas = demo.engine->unitAtlas(*demo.dataset, kRange);
        QVERIFY2(atlas.has_value(), atlas ? "" : atlas.error().text().c_str());
        QVERIFY(atlas->final);
        QCOMPARE(atlas->rows, kRange.size());
        QCOMPARE(atlas->patternRows, kRange.size());
        QCOMPARE(atlas->layers.size(), spec.bottomMlp.size() + spec.topMlp.size() - 1);

        std::vector<std::vector<std::string>> patterns;
        for (const AtlasLayer& l : atlas->layers) patterns.emplace_back(l.active.size());
        const auto predicted = demo.engine->predict(*demo.dataset, kRange, {.inputs = true});
        QVERIFY(predicted.has_value());
        for (const PredictedRow& one : predicted->rows) {
            const auto row = demo.engine->explain(one.input);
            QVERIFY(row.has_value());
            for (std::size_t l = 0; l < patterns.size(); ++l) {
                const auto& outputs =
                    (atlas->layers[l].top ? row->intermediates.topActivations
                                          : row->intermediates.bottomActivations)[atlas->layers[l].layer];
                for (std::size_t u = 0; u < patterns[l].size(); ++u) patterns[l][u] += outputs[u] > 0 ? '1' : '0';
            }
        }
        const auto layers = demo.engine->layers();
        std::vector<std::vector<bool>> removed;
        for (std::size_t l = 0; l < patterns.size(); ++l) {
            const AtlasLayer& found = atlas->layers[l];
            const LayerStatistics& weights = *layers->find(found.top, static_cast<int>(found.layer));
            std::int64_t never = 0, always = 0, same = 0;
            std::vector<bool>& gone = removed.emplace_back(patterns[l].size());
            for (std::size_t u = 0; u < patterns[l].size(); ++u) {
                const auto on =
                    static_cast<std::int64_t>(std::count(patterns[l][u].begin(), patterns[l][u].end(), '1'));
                QCOMPARE(found.active[u], on);
                never += on == 0 ? 1 : 0;
                always += on == kRange.size() ? 1 : 0;
                std::int64_t first = -1;
                for (std::size_t v = 0; v < u && on > 0 && on < kRange.size() && first < 0; ++v)
                    if (patterns[l][v] == patterns[l][u]) first = static_cast<std::int64_t>(v);
                QCOMPARE(found.patternOf[u], first);
                same += first >= 0 ? 1 : 0;
                // A unit that is proved silent must never be active.
                if (weights.units[u].state == UnitState::Silent) QCOMPARE(on, 0);
                gone[u] = on == 0;
            }
            QCOMPARE(found.never, never);
            QCOMPARE(found.always, always);
            QCOMPARE(found.samePattern, same);
            QCOMPARE(found.merged, 0);  // no duplicates in the demo
        }
        removed.emplace_back(1);
        QVERIFY(atlas->prunable > 0);
        QCOMPARE(atlas->prunable, valuesThatGo(spec, removed));
        std::int64_t padding = 0;
        for (const auto* mlp : {&spec.bottomMlp, &spec.topMlp})
            for (const LayerSpec& l : *mlp) padding += l.paddingInputs * l.outputs;
        std::int64_t all = -padding;
        for (const auto* mlp : {&spec.bottomMlp, &spec.topMlp})
            for (const LayerSpec& l : *mlp) all += l.parameters();
        QCOMPARE(atlas->parameters, all);
    }

    void interimFiguresAndBatchesAddUp() {
        const Opened demo = openDemo();
        const RowRange range{0, demo.dataset->rows() - 1};
        std::int64_t last = 0;
        int partials = 0;
        const auto atlas = demo.engine->unitAtlas(*demo.dataset, range, [&](const UnitAtlas& interim) {
            ++partials;
            if (interim.final || interim.rows <= last || interim.rows >= range.size() ||
                interim.totalRows != range.size() || interim.prunable != 0)
                qFatal("interim figures");
            for (const AtlasLayer& l : interim.layers)
                for (const std::int64_t on : l.active)
                    if (on < 0 || on > interim.rows) qFatal("more active rows than rows");
            last = interim.rows;
        });
        QVERIFY(atlas.has_value());
        QCOMPARE(atlas->patternRows, kPatternRows);
        const auto first = demo.engine->unitAtlas(*demo.dataset, {0, 4999});
        const auto rest = demo.engine->unitAtlas(*demo.dataset, {5000, range.last});
        QVERIFY(first.has_value() && rest.has_value());
        for (std::size_t l = 0; l < atlas->layers.size(); ++l)
            for (std::size_t u = 0; u < atlas->layers[l].active.size(); ++u)
                QCOMPARE(atlas->layers[l].active[u], first->layers[l].active[u] + rest->layers[l].active[u]);
    }

    // Hand-made activations: which units are sampled, called alike, merged and removed.
    void patternsMergesAndPrunableParameters() {
        ModelSpec spec;
        spec.embeddingDim = 3;
        spec.tables.resize(1);
        spec.interactionTableOrder = {0};
        spec.bottomMlp = {layer("bottom_mlp/0", 6, 5), layer("bottom_mlp/1", 5, 3)};
        spec.bottomMlp[0].paddingInputs = 2;
        spec.topMlp = {layer("top_mlp/0", 5, 6), layer("top_mlp/1", 6, 1, false)};
        spec.topMlp[0].paddingInputs = 1;
        ModelLayers layers;
        for (const bool top : {false, true})
            for (std::size_t i = 0; i < 2; ++i) {
                LayerStatistics& s = layers.layers.emplace_back();
                s.spec = (top ? spec.topMlp : spec.bottomMlp)[i];
                s.top = top;
                s.index = i;
                s.units.resize(static_cast<std::size_t>(s.spec.outputs));
            }
        layers.layers[0].units[3].duplicateOf = 1;  // switches alike: merged
        layers.layers[0].units[4].duplicateOf = 0;  // switches otherwise: stays
        layers.layers[1].units[2].duplicateOf = 0;  // a component of the bottom vector: stays
        layers.layers[2].units[1].duplicateOf = 0;  // always on, like its twin: merged, though its pattern says nothing
        layers.layers[2].units[5].duplicateOf = 4;  // never on: removed once, not twice
        layers.layers[2].units[2].state =
            UnitState::Unread;  // removed though it is active; its twin has nobody to merge with
        layers.layers[2].units[3].duplicateOf = 2;

        constexpr std::int64_t kRows = 10'007;
        std::mt19937 random(3);
        std::vector<std::vector<std::vector<bool>>> on{{}, {}, {}};
        const std::size_t widths[] = {5, 3, 6};
        for (std::int64_t r = 0; r < kRows; ++r) {
            for (std::size_t l = 0; l < 3; ++l) {
                std::vector<bool> row(widths[l]);
                for (std::size_t u = 0; u < row.size(); ++u) row[u] = random() % 2;
                on[l].push_back(row);
            }
            on[0].back()[3] = on[0].back()[1];
            on[1].back()[2] = on[1].back()[0];
            on[1].back()[1] = false;
            on[2].back()[0] = on[2].back()[1] = true;
            on[2].back()[3] = on[2].back()[2];  // alike, but the twin is unread: stays
            on[2].back()[4] = on[2].back()[5] = false;
        }
        const auto addTo = [](UnitActivity& activity, std::int64_t firstRow, std::int64_t rows,
                              const Intermediates& values) {
            MeasuredRows seen;
            seen.rows.rows = rows;
            seen.firstRow = firstRow;
            seen.intermediates = &values;
            QVERIFY(activity.add(seen).has_value());
        };
        UnitActivity counter(spec, {100, 100 + kRows - 1});
        for (std::int64_t first = 0; first < kRows; first += 777) {
            const std::int64_t rows = std::min<std::int64_t>(777, kRows - first);
            Intermediates values;
            values.bottomActivations.resize(2);
            values.topActivations.resize(2);
            for (std::size_t l = 0; l < 3; ++l)
                for (std::int64_t r = first; r < first + rows; ++r)
                    for (std::size_t u = 0; u < widths[l]; ++u)
                        (l < 2 ? values.bottomActivations[l] : values.topActivations[0])
                            .push_back(on[l][static_cast<std::size_t>(r)][u] ? 0.5F : 0.0F);
            addTo(counter, 100 + first, rows, values);
        }
        const UnitAtlas atlas = unitAtlas(counter.counts(), spec, layers);
        QCOMPARE(atlas.layers.size(), 3U);
        QCOMPARE(atlas.patternRows, kPatternRows);
        QVERIFY((atlas.layers[0].mergeable == std::vector<std::uint8_t>{0, 0, 0, 1, 0}));
        QVERIFY((atlas.layers[0].patternOf == std::vector<std::int64_t>{-1, -1, -1, 1, -1}));
        QVERIFY((atlas.layers[1].patternOf == std::vector<std::int64_t>{-1, -1, 0}));
        QCOMPARE(atlas.layers[1].merged, 0);
        QCOMPARE(atlas.layers[1].never, 1);
        QVERIFY((atlas.layers[2].mergeable == std::vector<std::uint8_t>{0, 1, 0, 0, 0, 0}));
        QVERIFY((atlas.layers[2].patternOf == std::vector<std::int64_t>{-1, -1, -1, 2, -1, -1}));
        QCOMPARE(atlas.layers[2].always, 2);
        QCOMPARE(atlas.layers[2].never, 2);
        QCOMPARE(atlas.layers[2].removable, 4);
        QCOMPARE(atlas.prunable, valuesThatGo(spec, {{false, false, false, true, false},
                                                     {false, true, false},
                                                     {false, true, true, false, true, true},
                                                     {false}}));
        for (std::size_t l = 0; l < 3; ++l)
            for (std::size_t u = 0; u < widths[l]; ++u) {
                std::int64_t n = 0;
                for (const auto& row : on[l]) n += row[u] ? 1 : 0;
                QCOMPARE(atlas.layers[l].active[u], n);
            }

        // One row that is not sampled tells the twins apart by their counts alone.
        std::vector<bool> sampled(kRows);
        for (std::int64_t k = 0; k < kPatternRows; ++k)
            sampled[static_cast<std::size_t>(k * kRows / kPatternRows)] = true;
        const auto hidden =
            static_cast<std::size_t>(std::find(sampled.begin(), sampled.end(), false) - sampled.begin());
        UnitActivity again(spec, {0, kRows - 1});
        Intermediates values;
        values.bottomActivations.resize(2);
        values.topActivations.resize(2);
        for (std::size_t l = 0; l < 3; ++l)
            for (std::size_t r = 0; r < static_cast<std::size_t>(kRows); ++r)
                for (std::size_t u = 0; u < widths[l]; ++u) {
                    const bool flipped = l == 0 && u == 3 && r == hidden;
                    (l < 2 ? values.bottomActivations[l] : values.topActivations[0])
                        .push_back(on[l][r][u] != flipped ? 0.5F : 0.0F);
                }
        addTo(again, 0, kRows, values);
        const UnitAtlas other = unitAtlas(again.counts(), spec, layers);
        QCOMPARE(other.layers[0].patternOf[3], 1);
        QCOMPARE(other.layers[0].merged, 0);
    }

    void refusesAndStops() {
        const Opened demo = openDemo();
        QCOMPARE(demo.engine->unitAtlas(*demo.dataset, {0, -1}).error().code, std::string("E-LAYER-002"));
        QCOMPARE(demo.engine->unitAtlas(*demo.dataset, {0, demo.dataset->rows()}).error().code,
                 std::string("E-ENGINE-003"));
        std::stop_source stop;
        const auto cancelled = demo.engine->unitAtlas(*demo.dataset, {0, demo.dataset->rows() - 1}, {},
                                                      {[&](const Progress& p) {
                                                           if (p.stage == "counting active units") stop.request_stop();
                                                       },
                                                       stop.get_token()});
        QVERIFY(!cancelled.has_value() && cancelled.error().isCancelled());
    }
};

DLRM_TEST(TestUnitAtlas);

}  // namespace tst_unit_atlas

#include "tst_unit_atlas.moc"
