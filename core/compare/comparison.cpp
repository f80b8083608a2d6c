// SPDX-License-Identifier: Apache-2.0
#include "core/compare/comparison.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/guarded.h"
#include "core/base/progress_part.h"
#include "core/engine/table_warmer.h"
#include "core/measure/row_scores.h"
#include "core/measure/scores.h"

namespace dlrm {
namespace {

Result<void> checkTables(const Engine& a, const Engine& b, const IdSpace& ids) {
    const auto &tablesA = a.spec().tables, &tablesB = b.spec().tables;
    if (tablesA.size() != tablesB.size())
        return fail(Error("E-COMPARE-001", "These two models do not have the same tables.")
                        .inFile(b.checkpoint().path())
                        .butExpected(counted(std::ssize(tablesA), "table") + ", as in " + a.checkpoint().path())
                        .butFound(counted(std::ssize(tablesB), "table"))
                        .withRemedy("Compare two states of one model."));
    if (ids.sameIds || (ids.a && ids.b)) return {};
    for (std::size_t t = 0; t < tablesA.size(); ++t) {
        if (tablesA[t].rows == tablesB[t].rows) continue;
        return fail(
            Error("E-COMPARE-002",
                  "The tables have other numbers of rows: ids are ranks of frequency in one run of the preprocessing, "
                  "so that one id does not name the same value in both.")
                .inFile(b.checkpoint().path())
                .inField(tablesA[t].name)
                .butExpected(counted(tablesA[t].rows, "row"))
                .butFound(counted(tablesB[t].rows, "row"))
                .withRemedy("Name the dictionaries of both, by which rows are matched by their values, or say that the "
                            "ids are the same."));
    }
    return {};
}

Result<RowMatch> matchByValue(const IdSpace& ids, std::size_t table, std::int64_t rowsA, std::int64_t rowsB,
                              const Job& job) {
    const HexTable &a = ids.a->table(table), &b = ids.b->table(table);
    RowMatch out(static_cast<std::size_t>(rowsA), -1);
    if (rowsA > 0 && rowsB > 0) out[0] = 0;  // missing and rare values
    for (std::int64_t id = 1; id < rowsA; ++id) {
        if (id % 65'536 == 0 && job.stopped()) return cancelled();
        if (const auto hex = a.value(id))
            if (const std::int32_t other = b.find(*hex); other > 0 && other < rowsB)
                out[static_cast<std::size_t>(id)] = other;
    }
    return out;
}

// The dictionary of a model: one feature a table, one entry a row but row 0.
Result<void> checkDictionary(const Dictionary& dictionary, const Engine& engine) {
    std::vector<std::string> names;
    std::vector<std::optional<std::int64_t>> rows;
    for (const TableSpec& table : engine.spec().tables) {
        names.push_back(table.name);
        rows.emplace_back(table.rows);
    }
    return checkDictionaryFits(dictionary, names, rows);
}

std::string shapeOf(std::int64_t rows, std::int64_t columns) { return fmt::format("{} × {}", rows, columns); }

Result<void> compareAllTables(const Engine& a, const Engine& b, const IdSpace& ids, WeightComparison& out,
                              const Job& job) {
    std::int64_t all = 0, done = 0;
    for (const TableSpec& table : a.spec().tables) all += table.bytes;
    for (std::size_t t = 0; t < a.spec().tables.size(); ++t) {
        const TableId id{static_cast<std::int32_t>(t)};
        const TableSpec &specA = a.spec().tables[t], &specB = b.spec().tables[t];
        TableComparison table;
        if (specA.dim != specB.dim) {
            table.rowsA = specA.rows;
            table.rowsB = specB.rows;
            table.notCompared =
                fmt::format("rows of {} values cannot be compared with rows of {}", specA.dim, specB.dim);
        } else {
            std::optional<RowMatch> match;
            if (ids.a && ids.b) {
                DLRM_TRY(match, matchByValue(ids, t, specA.rows, specB.rows, job));
            }
            const Job part{partOf(job.progress, "comparing the tables", done, specA.bytes, all), job.stop};
            DLRM_TRY(table, compareTables(tableInputOf(a.checkpoint(), id), tableInputOf(b.checkpoint(), id),
                                          match ? &*match : nullptr, part));
            out.idsTaken |= !match && specA.rows != specB.rows;
        }
        done += specA.bytes;
        table.name = specA.name;
        out.tensors.push_back({specA.name, shapeOf(specA.rows, specA.dim), shapeOf(specB.rows, specB.dim), table.values,
                               table.notCompared, table.same()});
        out.tables.push_back(std::move(table));
    }
    return {};
}

void addTensor(std::string name, const std::vector<float>& a, const std::vector<float>& b, std::string shapeA,
               std::string shapeB, WeightComparison& out) {
    TensorComparison one{std::move(name), std::move(shapeA), std::move(shapeB), {}, {}, false};
    if (one.shapeA != one.shapeB) {
        one.notCompared = fmt::format("{} values cannot be compared with {}", one.shapeA, one.shapeB);
        one.values.equal = false;
    } else {
        one.values = compareValues(a, b);
        one.same = one.values.equal;
    }
    out.tensors.push_back(std::move(one));
}

void addLayer(const std::string& name, const DenseWeights& a, const DenseWeights& b, WeightComparison& out) {
    addTensor(name + " kernel", a.kernel, b.kernel, shapeOf(a.inputs, a.outputs), shapeOf(b.inputs, b.outputs), out);
    addTensor(name + " bias", a.bias, b.bias, fmt::format("{}", a.outputs), fmt::format("{}", b.outputs), out);
}

// Layers that only one of them has.
void addMissing(const std::string& name, bool inA, WeightComparison& out) {
    TensorComparison one{name, inA ? "there" : "none", inA ? "none" : "there", {}, "only one of the two has it", false};
    one.values.equal = false;
    out.tensors.push_back(std::move(one));
}

Result<void> compareAllLayers(const Checkpoint& a, const Checkpoint& b, WeightComparison& out, const Job& job) {
    const ModelSpec &specA = a.spec(), &specB = b.spec();
    const auto each = [&](const auto& layersA, const auto& layersB, const auto& compare) -> Result<void> {
        for (std::size_t i = 0; i < std::max(layersA.size(), layersB.size()); ++i) {
            if (job.stopped()) return cancelled();
            if (i < layersA.size() && i < layersB.size()) DLRM_TRY(compare(static_cast<int>(i), layersA[i].name));
            else addMissing((i < layersA.size() ? layersA : layersB)[i].name, i < layersA.size(), out);
        }
        return {};
    };
    DLRM_TRY(each(specA.bottomMlp, specB.bottomMlp, [&](int i, const std::string& name) -> Result<void> {
        DLRM_TRY(const auto ofA, a.bottomLayer(i));
        DLRM_TRY(const auto ofB, b.bottomLayer(i));
        addLayer(name, ofA, ofB, out);
        return {};
    }));
    DLRM_TRY(each(specA.crossLayers, specB.crossLayers, [&](int i, const std::string& name) -> Result<void> {
        DLRM_TRY(const auto ofA, a.crossLayer(i));
        DLRM_TRY(const auto ofB, b.crossLayer(i));
        if (ofA.projection > 0 || ofB.projection > 0)
            addTensor(name + " kernel U", ofA.u, ofB.u, shapeOf(ofA.width, ofA.projection),
                      shapeOf(ofB.width, ofB.projection), out);
        const auto rows = [](const CrossWeights& w) { return w.projection > 0 ? w.projection : w.width; };
        addTensor(name + " kernel V", ofA.v, ofB.v, shapeOf(rows(ofA), ofA.width), shapeOf(rows(ofB), ofB.width), out);
        addTensor(name + " bias", ofA.bias, ofB.bias, fmt::format("{}", ofA.width), fmt::format("{}", ofB.width), out);
        return {};
    }));
    return each(specA.topMlp, specB.topMlp, [&](int i, const std::string& name) -> Result<void> {
        DLRM_TRY(const auto ofA, a.topLayer(i));
        DLRM_TRY(const auto ofB, b.topLayer(i));
        addLayer(name, ofA, ofB, out);
        return {};
    });
}

}  // namespace

bool WeightComparison::same() const {
    return std::all_of(tensors.begin(), tensors.end(), [](const TensorComparison& t) { return t.same; });
}

double WeightComparison::largest() const {
    double out = 0;
    for (const TensorComparison& t : tensors) {
        // Other shapes, rows without a partner, and values that are not finite and not the same are beyond any
        // distance.
        const bool whole = t.notCompared.empty() && t.shapeA == t.shapeB && t.values.otherNotFinite == 0;
        out = std::max(out, whole ? t.values.largest : std::numeric_limits<double>::infinity());
    }
    for (const TableComparison& t : tables)
        if (t.matched != t.rowsA) out = std::numeric_limits<double>::infinity();
    return out;
}

bool ModelComparison::within() const {
    if (weights && (tolerance > 0 ? weights->largest() > tolerance : !weights->same())) return false;
    return !scores ||
           (tolerance > 0 ? scores->report.largestChange <= tolerance : scores->report.largestLogitChange == 0);
}

Result<WeightComparison> compareWeights(const Engine& a, const Engine& b, const IdSpace& ids, const Job& job) {
    return guarded([&]() -> Result<WeightComparison> {
        DLRM_TRY(checkTables(a, b, ids));
        if (ids.a && ids.b) {
            DLRM_TRY(checkDictionary(*ids.a, a));
            DLRM_TRY(checkDictionary(*ids.b, b));
        }
        WeightComparison out;
        out.joinedByValue = ids.a && ids.b;
        DLRM_TRY(compareAllTables(a, b, ids, out, job));
        DLRM_TRY(compareAllLayers(a.checkpoint(), b.checkpoint(), out, job));
        for (const Engine* engine : {&a, &b}) DLRM_TRY(engine->checkpoint().checkUnchanged(job));
        return out;
    });
}

Result<void> requireSameLength(const Dataset& a, const Dataset& b) {
    if (a.rows() == b.rows()) return {};
    return fail(Error("E-COMPARE-003", "The two datasets do not have the same number of rows.")
                    .inFile(b.path())
                    .butExpected(counted(a.rows(), "row") + ", as in " + a.path())
                    .butFound(counted(b.rows(), "row"))
                    .withRemedy("Open the same rows, in the same order, as each model is fed with them."));
}

Result<ScoreComparison> compareScores(const ScoredSide& a, const ScoredSide& b, const EvaluateOptions& rows,
                                      std::optional<double> threshold, const Job& job) {
    return guarded([&]() -> Result<ScoreComparison> {
        DLRM_TRY(requireSameLength(a.dataset, b.dataset));
        EvaluateOptions only;
        only.range = rows.range;
        only.dropLast = rows.dropLast;
        const std::int64_t expected = rows.range.size() > 0 ? rows.range.size() : a.dataset.rows();
        ScoreComparison out;
        Scores scoresA, scoresB;
        RowScores rowsA(expected), rowsB(expected);
        const auto score = [&](const ScoredSide& side, Scores& scores, RowScores& each,
                               std::string_view stage) -> Result<Provenance> {
            Measure* const measures[] = {&scores, &each};
            return side.engine.measure(side.dataset, only, measures, stage, {}, job);
        };
        DLRM_TRY(out.a, score(a, scoresA, rowsA, "predicting with A"));
        DLRM_TRY(out.b, score(b, scoresB, rowsB, "predicting with B"));
        const auto labels = rowsA.labels();
        const std::int64_t first = out.a.rows.front().first;
        if (const auto [mine, its] = std::mismatch(labels.begin(), labels.end(), rowsB.labels().begin());
            mine != labels.end())
            return fail(Error("E-COMPARE-004", "A row has another label in the second dataset.")
                            .inFile(b.dataset.path())
                            .atRow(b.dataset.numberOf(first + (mine - labels.begin())))
                            .butExpected(fmt::format("{}, as in {}", *mine, a.dataset.path()))
                            .butFound(fmt::format("{}", *its))
                            .withRemedy("Open the same rows, in the same order, as each model is fed with them."));
        const std::vector<float> logitsB = rowsB.takeLogits();
        DLRM_TRY(out.report, comparePairs({rowsA.logits(), logitsB, labels}, scoresA.metrics(), scoresB.metrics(),
                                          threshold, job.stop));
        for (Disagreement& row : out.report.disagreeing) row.row = a.dataset.numberOf(first + row.row);
        return out;
    });
}

}  // namespace dlrm
