// SPDX-License-Identifier: Apache-2.0
// Scenarios against what they were made of: rows come back to the bit in whatever they are read by, and what is said of
// them is what the engine says of their rows.
#include <QTest>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

#include "core/scenarios/fit.h"
#include "core/scenarios/reasons.h"
#include "core/scenarios/scenario_rows.h"
#include "tests/support/test_program.h"

namespace tst_scenarios {

using namespace dlrm;

namespace {

const std::string kDemo = DLRM_SOURCE_DIR "/resources/demo/";

OpenRequest demo(bool values) {
    OpenRequest out;
    out.checkpoint = kDemo + "checkpoint";
    out.model.backend.name = "cpu";
    out.data.path = kDemo + (values ? "raw_rows.tsv" : "dataset");
    out.data.dictionary = kDemo + "dictionary";
    return out;
}

struct Open {
    Workspace workspace;
    FieldNames names;
    TypedRows typed;

    explicit Open(const OpenRequest& request)
        : workspace(opened(request)),
          names(fieldNamesOf(workspace.engine->spec(), workspace.dataset->schema())),
          typed(&workspace.engine->spec(), workspace.dataset.get(), workspace.dictionary.get(), workspace.reading) {}
    Engine& engine() const { return *workspace.engine; }
    std::vector<PredictedRow> rows(std::int64_t first, std::int64_t last) const {
        auto out = engine().predict(*workspace.dataset, {first, last}, {.inputs = true, .raw = true});
        if (!out) qFatal("%s", out.error().text().c_str());
        return out->rows;
    }

private:
    static Workspace opened(const OpenRequest& request) {
        auto out = openWorkspace(request);
        if (!out) qFatal("%s", out.error().text().c_str());
        return *std::move(out);
    }
};

bool sameBits(const InputRow& a, const InputRow& b) {
    return a.ids == b.ids && std::equal(a.numerical.begin(), a.numerical.end(), b.numerical.begin(), b.numerical.end(),
                                        [](float x, float y) {
                                            return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
                                        });
}

// The row with some fields edited, each to a value of its kind.
EditableRow edited(const EditableRow& row, const Open& open, std::mt19937& random) {
    EditableRow out = row;
    for (int i = 0; i < 5; ++i) {
        const auto field = static_cast<int>(random() % open.names.numericals.size());
        const std::string token = random() % 3 == 0   ? ""
                                  : random() % 2 == 0 ? std::to_string(random() % 1000)
                                                      : "fed:0." + std::to_string(random() % 99);
        out = *open.typed.withNumerical(out, field, token);
    }
    for (int i = 0; i < 5; ++i) {
        const std::size_t table = random() % open.names.tables.size();
        const auto rows = static_cast<std::uint32_t>(open.engine().spec().tables[table].rows);
        out = *open.typed.withCategorical(out, static_cast<int>(table), "id:" + std::to_string(random() % rows));
    }
    return out;
}

std::string codeOf(const auto& result) { return result ? std::string() : result.error().code; }

}  // namespace

class ScenariosTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rowsComeBackToTheBit_data() {
        QTest::addColumn<bool>("values");
        QTest::addColumn<bool>("otherwise");
        QTest::newRow("ids") << false << false;
        QTest::newRow("values") << true << false;
        QTest::newRow("ids, numbers otherwise") << false << true;
        QTest::newRow("values, numbers otherwise") << true << true;
    }
    void rowsComeBackToTheBit() {
        QFETCH(bool, values);
        QFETCH(bool, otherwise);
        OpenRequest request = demo(values);
        if (otherwise) request.data.numerical = NumericalReading::LnPlus2;
        const Open open(request);
        std::mt19937 random(4);
        int edits = 0;
        for (const PredictedRow& row : open.rows(0, 99)) {
            const EditableRow before = open.typed.editable(row);
            const ScenarioRows made{before, edited(before, open, random)};
            const Scenario scenario = scenarioOf(made, open.names, open.typed);
            const auto back = rowsOf(scenario, open.names, open.typed);
            QVERIFY2(back, back ? "" : back.error().text().c_str());
            QVERIFY(sameBits(back->before.input, made.before.input));
            QVERIFY(sameBits(back->after.input, made.after.input));
            QCOMPARE(back->before.row, row.row);
            QVERIFY(back->after.label == row.label);
            QCOMPARE(scenario.values.size(), std::size_t{39});
            edits += static_cast<int>(scenario.edits.size());
        }
        QVERIFY(edits > 500);
    }

    void figuresAreThoseOfTheEngine() {
        const Open open(demo(false));
        std::mt19937 random(5);
        for (const PredictedRow& row : open.rows(100, 119)) {
            const EditableRow before = open.typed.editable(row);
            const ScenarioRows rows{before, edited(before, open, random)};
            const auto result = predictScenario(open.engine(), rows, open.names, WithReasons::Yes);
            QVERIFY(result);
            QCOMPARE(result->logitBefore, row.logit);
            QCOMPARE(result->probabilityBefore, row.probability);
            const auto explained = open.engine().explain(rows.after.input);
            QCOMPARE(result->logit, explained->logit);
            QCOMPARE(result->probability, explained->probability);
            // The strongest by looking for the largest one again and again.
            auto fields = attributedFields(*open.engine().attribute(*explained), open.engine().spec());
            QCOMPARE(result->reasons.size(), kReasons);
            for (const Reason& reason : result->reasons) {
                const auto largest = std::max_element(fields.begin(), fields.end(), [](const auto& a, const auto& b) {
                    return std::fabs(a.value) < std::fabs(b.value);
                });
                QCOMPARE(reason.adds, largest->value);
                QCOMPARE(reason.field, largest->name);
                largest->value = 0;
            }
            const auto without = predictScenario(open.engine(), rows, open.names, WithReasons::No);
            QVERIFY(without && without->reasons.empty());
            QCOMPARE(without->logit, result->logit);
            QCOMPARE(without->edits.size(), result->edits.size());
        }
    }

    void valuesAndReasonsAreWords() {
        const FieldNames names{{"a", "b", "c", "d"}, {"e", "f", "g", "h", "i"}};
        EditableRow row;
        row.raw.numerical = {"12", "", "fed:2.5", "-9"};
        row.input.numerical = {2.5F, 0, 2.5F, 0};
        row.asMissing = {false, false, false, true};
        row.raw.categorical = {"a73ee510", "", "", "", "deadbeef"};
        row.input.ids = {4, 17, 0, 0, 0};
        row.unknown = {false, false, false, false, true};
        row.onlyId0 = {false, false, true, false, false};
        const std::vector<std::string> words{
            "12",     "missing",         "2.5",     "-9 (counts as missing)", "a73ee510",
            "no. 17", "missing or rare", "missing", "deadbeef (never seen)"};
        for (std::size_t i = 0; i < words.size(); ++i) QCOMPARE(valueInWords(row, i), words[i]);
        Attribution attribution;
        attribution.numericals = {0.1, -0.3, 0, 0.2};
        attribution.tables = {0.7, -0.7, 0.2, 0, -2};
        const auto reasons = strongestReasons(attribution, row, names, 20);
        const std::vector<std::string> sentences{"i is deadbeef (never seen), which speaks strongly against a click.",
                                                 "e is a73ee510, which speaks strongly for a click.",
                                                 "f is no. 17, which speaks strongly against a click.",
                                                 "b is missing, which speaks clearly against a click.",
                                                 "d is -9 (counts as missing), which speaks slightly for a click.",
                                                 "g is missing or rare, which speaks slightly for a click.",
                                                 "a is 12, which speaks slightly for a click."};
        QCOMPARE(reasons.size(), sentences.size());
        for (std::size_t i = 0; i < sentences.size(); ++i) QCOMPARE(reasons[i].sentence, sentences[i]);
        QCOMPARE(strongestReasons(attribution, row, names).size(), kReasons);
        QVERIFY(std::exp(kStrongly) > 1.999999999 && std::exp(kStrongly) < 2.000000001);
        QVERIFY(std::exp(kClearly) > 1.249999999 && std::exp(kClearly) < 1.250000001);
    }

    // Numbers that the usual few digits do not tell apart.
    void anEditIsToldHoweverSmallItIs() {
        const Open open(demo(false));
        const EditableRow row = open.typed.editable(open.rows(3, 3).front());
        const ScenarioRows rows{*open.typed.withNumerical(row, 5, "fed:2.3451"),
                                *open.typed.withNumerical(row, 5, "fed:2.3449")};
        const auto result = predictScenario(open.engine(), rows, open.names, WithReasons::No);
        QVERIFY(result && result->logit != result->logitBefore);
        QCOMPARE(result->edits.size(), std::size_t{1});
        QCOMPARE(result->edits[0].sentence, std::string("num_5 is 2.3449 instead of 2.3451."));
        const ScenarioRows alike{*open.typed.withNumerical(row, 5, "fed:2.5"),
                                 *open.typed.withNumerical(row, 5, "fed:2.50")};
        const auto same = predictScenario(open.engine(), alike, open.names, WithReasons::No);
        QVERIFY(same && same->edits.empty());
    }

    void whatDoesNotFitIsSaid() {
        const Open open(demo(false));
        const EditableRow row = open.typed.editable(open.rows(3, 3).front());
        const Scenario fits = scenarioOf({row, row}, open.names, open.typed);
        QVERIFY(fits.edits.empty());
        const auto tried = [&](const Scenario& scenario, const Open& in) {
            return rowsOf(scenario, in.names, in.typed);
        };
        QCOMPARE(codeOf(tried(fits, open)), std::string());
        Scenario foreign = fits, less = fits, beyond = fits, noNumber = fits;
        foreign.values.push_back({"cat_99", ""});
        QCOMPARE(codeOf(tried(foreign, open)), std::string("E-DLRMX-006"));
        QCOMPARE(tried(foreign, open).error().found, std::string("cat_99"));
        less.values.erase(less.values.begin() + 7);
        QCOMPARE(codeOf(tried(less, open)), std::string("E-DLRMX-006"));
        QCOMPARE(tried(less, open).error().expected, std::string("num_7"));
        beyond.edits = {{"cat_9", "id:2000000000"}};
        QCOMPARE(codeOf(tried(beyond, open)), std::string("E-SESSION-004"));
        noNumber.edits = {{"num_2", "1e3"}};
        QCOMPARE(codeOf(tried(noNumber, open)), std::string("E-SESSION-007"));
        OpenRequest without = demo(false);
        without.data.dictionary.clear();
        const Open plain(without);
        Scenario byValue = fits;
        byValue.edits = {{"cat_9", "a73ee510"}};
        QCOMPARE(codeOf(tried(byValue, plain)), std::string("E-SESSION-003"));
    }

    void changesSinceItWasSavedAreNamed() {
        const Open open(demo(false));
        WorkspaceFile file;
        QVERIFY(changesSince(file, open.workspace).empty());  // nothing was recorded
        addFingerprints(file, open.workspace);
        QVERIFY(file.checkpointFingerprint.starts_with("xxh3:") && file.dataFingerprint.starts_with("xxh3:"));
        QVERIFY(changesSince(file, open.workspace).empty());
        OpenRequest next = demo(true);
        next.checkpoint = kDemo + "checkpoint_next";
        const auto changes = changesSince(file, Open(next).workspace);
        QCOMPARE(changes.size(), std::size_t{2});
        QVERIFY(changes[0].starts_with("The checkpoint is another one since") &&
                changes[0].find(file.checkpointFingerprint) != std::string::npos);
        QVERIFY(changes[1].starts_with("The dataset is another one"));
    }

    void stopsWhenItIsToStop() {
        const Open open(demo(false));
        const EditableRow row = open.typed.editable(open.rows(3, 3).front());
        std::stop_source stop;
        stop.request_stop();
        const auto result = predictScenario(open.engine(), {row, row}, open.names, WithReasons::Yes, stop.get_token());
        QVERIFY(!result && result.error().isCancelled());
    }
};

DLRM_TEST(ScenariosTest);

}  // namespace tst_scenarios
#include "tst_scenarios.moc"
