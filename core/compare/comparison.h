// SPDX-License-Identifier: Apache-2.0
// Two models, A the baseline and B the candidate: what of their weights changed, and what that does to the predictions
// of the same rows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/compare/table_comparison.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/engine/engine.h"
#include "core/measure/provenance.h"
#include "core/metrics/paired.h"

namespace dlrm {

struct TensorComparison {
    std::string name;  // "cat_9", "bottom_mlp/0 kernel"
    std::string shapeA, shapeB;
    ValueDifference values;   // of a table: of the rows that were compared
    std::string notCompared;  // as TableComparison has it
    bool same = false;        // shape and every bit
};

struct WeightComparison {
    std::vector<TensorComparison> tensors;  // the tables in feature order, then the layers
    std::vector<TableComparison> tables;
    bool joinedByValue = false;  // rows were matched by both dictionaries
    bool idsTaken = false;       // numbers of rows differ, and the ids were taken for the same

    bool same() const;
    double largest() const;  // of all tensors; infinite where shapes differ or nothing was compared
};

// Which row of B a row of A is.
struct IdSpace {
    std::shared_ptr<const Dictionary> a, b;  // both: rows are matched by their values
    bool sameIds = false;                    // ids are the same though the numbers of rows differ
};

// Streams both checkpoints once. Errors: E-COMPARE-001 other tables or features, E-COMPARE-002 other cardinalities, so
// that the ids of one do not name the values of the other, E-DICT-006 a dictionary of other tables; those of reading
// layers, E-FILE-005, E-CANCELLED.
Result<WeightComparison> compareWeights(const Engine& a, const Engine& b, const IdSpace& ids, const Job& job = {});

// One side of a comparison of predictions: rows as this model is fed with them.
struct ScoredSide {
    Engine& engine;
    const Dataset& dataset;
};

struct ScoreComparison {
    PairedReport report;  // rows of `disagreeing` are the dataset's own numbers
    Provenance a, b;      // of the two passes
};

// All of a comparison.
struct ModelComparison {
    Provenance a, b;                          // of the two models, and the data each was fed with
    std::optional<WeightComparison> weights;  // nothing: they were not looked at
    std::optional<ScoreComparison> scores;    // nothing: there were no rows
    double tolerance = 0;

    // Whether weights and probabilities are as near as `tolerance`; with 0: whether all bits of them are the same.
    bool within() const;
};

// Error E-COMPARE-003 unless both have the same number of rows.
Result<void> requireSameLength(const Dataset& a, const Dataset& b);

// Predicts the rows with A, then with B. `rows`: range and dropped rows, of both; its other members are not looked at.
// threshold: see comparePairs(). Errors: E-COMPARE-003 datasets of different lengths, E-COMPARE-004 a row with another
// label in B's data, those of Engine::measure(). Memory: 18 bytes a row.
Result<ScoreComparison> compareScores(const ScoredSide& a, const ScoredSide& b, const EvaluateOptions& rows,
                                      std::optional<double> threshold, const Job& job = {});

}  // namespace dlrm
