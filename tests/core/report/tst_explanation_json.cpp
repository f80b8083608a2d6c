// SPDX-License-Identifier: Apache-2.0
// An explained row as JSON: vectors by name with their norms and values, the interaction, every layer's units.
#include <QTest>

#include <limits>

#include <nlohmann/json.hpp>

#include "core/engine/explained_vectors.h"
#include "core/report/explanation_json.h"
#include "tests/support/test_program.h"

namespace tst_explanation_json {

using namespace dlrm;

namespace {

using Json = nlohmann::ordered_json;

ModelSpec specOf(InteractionKind kind) {
    ModelSpec spec;
    spec.interaction = kind;
    spec.embeddingDim = 2;
    spec.interactionTableOrder = {1, 0};
    for (const std::int64_t dim : {kind == InteractionKind::Cross ? 3 : 2, 2}) {
        TableSpec& table = spec.tables.emplace_back();
        table.name = "cat_" + std::to_string(spec.tables.size() - 1);
        table.dim = dim;
    }
    LayerSpec& bottom = spec.bottomMlp.emplace_back();
    bottom.name = "bottom_mlp/0";
    bottom.inputs = spec.numericalFeatures = 1;
    bottom.outputs = 2;
    spec.topMlp.emplace_back().name = "top_mlp/0";
    return spec;
}

ExplainedRow rowOf(InteractionKind kind) {
    ExplainedRow row;
    row.row = 7;
    row.label = 1;
    Explanation& e = row.explanation;
    e.input.numerical = {0.1F};
    e.input.ids = {5, 6};
    e.logit = 0.25F;
    e.probability = 0.5;
    e.vectorNames = {"bottom", "cat_1", "cat_0"};
    e.rowNorms = {1.5, 2.5};  // by table
    e.intermediates.bottomActivations = {{3, 4}};
    e.intermediates.topActivations = {{0.25F}};
    e.intermediates.topInput = {1, 2};
    if (kind == InteractionKind::Dot) {
        e.intermediates.vectors = {3, 4, 10, 11, 20, 21};
        e.intermediates.interaction = {25, 1, 2, 1, 9, 3, 2, 3, 16};
    } else {
        e.intermediates.vectors = {3, 4, 10, 11, 20, 21, 22};
    }
    return row;
}

Json jsonOf(InteractionKind kind, const ExplainedRow& row) {
    return Json::parse(explanationsJson({&row, 1}, specOf(kind), "nvidia_spark", {}));
}

}  // namespace

class ExplanationJsonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void vectorsHaveTheirNormsAndValues() {
        const ExplainedRow dot = rowOf(InteractionKind::Dot), cross = rowOf(InteractionKind::Cross);
        const auto vectors = explainedVectors(dot.explanation, specOf(InteractionKind::Dot));
        QCOMPARE(vectors.size(), std::size_t{3});
        QCOMPARE(vectors[1].name, std::string_view("cat_1"));
        QCOMPARE(vectors[0].norm, 5.0);  // of the matrix's diagonal
        QCOMPARE(vectors[2].norm, 4.0);
        QCOMPARE(vectors[2].values[1], 21.0F);
        // Without dot products: the bottom output's own norm, and the rows'; vectors of several widths.
        const auto joined = explainedVectors(cross.explanation, specOf(InteractionKind::Cross));
        QCOMPARE(joined[0].norm, 5.0);
        QCOMPARE(joined[1].norm, 2.5);
        QCOMPARE(joined[2].norm, 1.5);
        QCOMPARE(joined[1].values.size(), std::size_t{2});
        QCOMPARE(joined[2].values.size(), std::size_t{3});
        QCOMPARE(joined[2].values[2], 22.0F);
    }

    void everythingOfARowIsThere() {
        const Json json = jsonOf(InteractionKind::Dot, rowOf(InteractionKind::Dot));
        QVERIFY(json["profile"]["name"] == "nvidia_spark");
        const Json& row = json["rows"][0];
        QVERIFY(row["row"] == 7 && row["label"] == 1 && row["logit"] == 0.25 && row["probability"] == 0.5);
        QVERIFY(row["numerical"].dump() == "[0.1]");  // the digits of a float32
        QVERIFY(row["ids"] == Json({5, 6}));
        QVERIFY(row["vectors"][1]["name"] == "cat_1" && row["vectors"][1]["norm"] == 3.0);
        QVERIFY(row["vectors"][1]["values"] == Json({10.0, 11.0}));
        QVERIFY(row["interaction_matrix"].size() == 3 && row["interaction_matrix"][1] == Json({1.0, 9.0, 3.0}));
        QVERIFY(row["activations"].size() == 2);
        const Json& layer = row["activations"][0];
        QVERIFY(layer["layer"] == "bottom_mlp/0" && layer["units"] == 2 && layer["active"] == 2 &&
                layer["mean"] == 3.5 && layer["max"] == 4.0);
    }

    void whatEachFieldAddsIsThere() {
        ExplainedRow row = rowOf(InteractionKind::Dot);
        row.attribution = {
            AttributionMethod::LinearRegion, {0.5}, {-1, 2}, {0, 3, 4, 3, 0, 5, 4, 5, 0}, {}, 0.25, 1e-7};
        const Json a = jsonOf(InteractionKind::Dot, row)["rows"][0]["attribution"];
        QVERIFY(a["method"] == "linear_region" && a["bias"] == 0.25 && a["residual"] == 1e-7);
        QVERIFY(a["fields"] == Json::parse(R"([{"name": "num_0", "value": 0.5}, {"name": "cat_0", "value": -1.0},
                                               {"name": "cat_1", "value": 2.0}])"));
        QVERIFY(a["pairs"] == Json::parse(R"([{"i": 1, "j": 0, "value": 3.0}, {"i": 2, "j": 0, "value": 4.0},
                                              {"i": 2, "j": 1, "value": 5.0}])"));
        ExplainedRow crossed = rowOf(InteractionKind::Cross);
        crossed.attribution = {AttributionMethod::IntegratedGradients, {}, {}, {}, {}, 0, 0};
        const Json cross = jsonOf(InteractionKind::Cross, crossed)["rows"][0]["attribution"];
        QVERIFY(cross["method"] == "integrated_gradients" && cross["pairs"] == Json::array());
    }

    void withoutDotProductsTheMatrixIsEmpty() {
        const Json row = jsonOf(InteractionKind::Cross, rowOf(InteractionKind::Cross))["rows"][0];
        QVERIFY(row["interaction_matrix"].is_array() && row["interaction_matrix"].empty());
        QVERIFY(row["vectors"][2]["values"].size() == 3);
    }

    void whatIsNotFiniteIsNull() {
        ExplainedRow row = rowOf(InteractionKind::Dot);
        row.label.reset();
        row.explanation.intermediates.bottomActivations = {{std::numeric_limits<float>::infinity(), 0}};
        const Json json = jsonOf(InteractionKind::Dot, row)["rows"][0];
        QVERIFY(json["label"].is_null());
        const Json& layer = json["activations"][0];
        QVERIFY(layer["active"] == 1 && layer["max"].is_null() && layer["mean"].is_null() &&
                layer["values"][0].is_null());
    }
};

DLRM_TEST(ExplanationJsonTest);

}  // namespace tst_explanation_json

#include "tst_explanation_json.moc"
