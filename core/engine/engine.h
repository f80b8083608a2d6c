// SPDX-License-Identifier: Apache-2.0
// The one door: everything the GUI shows and the command line prints is computed behind this class, so they cannot disagree.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/engine/results.h"

namespace dlrm {

// A backend that can be chosen, as listed in THE TABLE OF BACKENDS (app/common/backends.cpp) and handed to the engine.
struct BackendChoice {
    BackendInfo info;                                             // what it is and why it was chosen
    std::function<Result<std::unique_ptr<Backend>>()> create;     // called on the first prediction
};

struct EngineOptions {
    std::optional<InteractionOrder> interactionOrder;
    std::vector<int> tableOrder;      // layout A, see CheckpointOptions
    BackendChoice backend;
    // The dataset this model will be used with, if known already: settles table order and names. May be null.
    std::shared_ptr<const Dataset> dataset;
};

// An opened model. All methods may be called from any thread; predictions of one engine run one after the other, batch by batch;
// where the backend can, single rows are computed beside a batch.
class Engine {
public:
    static Result<std::shared_ptr<Engine>> open(const std::string& checkpointPath, const EngineOptions& options,
                                                const ProgressFn& progress = {}, std::stop_token stop = {});
    ~Engine();

    const ModelInfo& info() const;
    const ModelSpec& spec() const { return info().spec; }
    const Checkpoint& checkpoint() const;

    // Rows of one table, in the order asked. Error E-ENGINE-001 for a table, E-ENGINE-002 for a row that does not exist.
    Result<TableRows> rows(TableId table, std::span<const RowId> ids) const;

    // Whether this dataset fits this model: number of numericals and categoricals, cardinalities against rows. E-ENGINE-01x.
    Result<void> checkFits(const Dataset& dataset) const;

    // Which columns a Prediction carries beside the numbers.
    struct PredictContent { bool inputs = false; bool raw = false; };
    // Rows range.first..range.last of the dataset. Errors: E-ENGINE-003 rows outside the dataset, E-ENGINE-004 an id outside its table
    // (file, row, field), E-ENGINE-005 a prediction that is not finite (rows).
    Result<Prediction> predict(const Dataset& dataset, RowRange range, PredictContent content, const ProgressFn& progress = {}, std::stop_token stop = {});

    // One row given by hand or taken from a dataset (readInput). Under 10 ms.
    Result<Explanation> explain(const InputRow& row, std::stop_token stop = {});
    Result<InputRow> readInput(const Dataset& dataset, std::int64_t row) const;

    // Reads, predicts and measures. `partial` is called about 4 times a second with interim figures (final = false); may be empty.
    // Error E-ENGINE-006 when the dataset has no labels.
    using PartialFn = std::function<void(const Evaluation&)>;
    Result<Evaluation> evaluate(const Dataset& dataset, const EvaluateOptions& options, const PartialFn& partial = {},
                                const ProgressFn& progress = {}, std::stop_token stop = {});

    // Whether model and data are read with the right assumptions: interaction order from the weights alone and, with a labelled dataset, interaction
    // order × transform of the numbers × shift of the ids × table order ranked by log loss. `dataset` may be null. Error E-ENGINE-006: no labels.
    Result<DoctorReport> doctor(const Dataset* dataset, const DoctorOptions& options, const ProgressFn& progress = {}, std::stop_token stop = {});

private:
    struct State;
    explicit Engine(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm
