// SPDX-License-Identifier: Apache-2.0
// What an Engine holds, shared by the files that implement it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>

#include "core/base/thread_safety.h"
#include "core/engine/engine.h"
#include "core/engine/statistics_store.h"
#include "core/engine/turn_queue.h"
#include "core/measure/row_pass.h"

namespace dlrm {

struct Engine::State : RowPredictor {
    ModelInfo info;
    std::shared_ptr<const Checkpoint> checkpoint;
    BackendChoice choice;
    std::optional<TableOrder>
        tablesAsked;  // EngineOptions::interactionTables where it is another order than the files'
    std::unique_ptr<StatisticsStore> statistics;

    TurnQueue turns;                             // for loading and for batches
    TurnQueue turnsBeside;                       // for batches so small that the device computes them beside another
    std::unique_ptr<Backend> backend;            // made on the first prediction, in turn
    std::unique_ptr<DeviceModel> model;          // the same; destroyed before its backend
    std::atomic<DeviceModel*> loaded = nullptr;  // `model` once it is there, for any thread
    std::atomic<Backend*> made = nullptr;        // `backend`, the same

    // The preprocessing profile to record with a result: the dataset's, and what else was chosen about the reading of
    // its rows.
    std::string profileOf(const Dataset& dataset) const;
    // What computes, and why: the backend's own words once it is made.
    BackendInfo backendInfo() const override;
    Error unknownTableOrder() const;  // E-ENGINE-007
    // Errors E-ENGINE-004 an id outside its table, E-ENGINE-008 another shape, E-ENGINE-014 a part of a model.
    Result<void> checkRow(const InputRow& row) const;
    // All weights of the checkpoint, read now.
    Result<ModelWeights> readWeights(const std::stop_token& stop) const;
    // The same, read once and kept. Any thread.
    Result<std::shared_ptr<const ModelWeights>> keptWeights(const std::stop_token& stop) const;
    mutable Mutex keptMutex;
    mutable std::shared_ptr<const ModelWeights> kept DLRM_GUARDED_BY(keptMutex);

    // Makes `backend` if it is not there. REQUIRES: the caller has a turn.
    Result<Backend*> makeBackend();

    // The model on its device, loaded on the first call. REQUIRES: the caller has no turn.
    // Error E-ENGINE-007 when the checkpoint does not say which table is which feature.
    Result<DeviceModel*> device(const Job& job);

    // Loads the model if need be and says how many rows to hand over per forward().
    Result<std::int64_t> preferredBatch(const Job& job) override;

    // One forward pass in its turn. Error E-ENGINE-005 when a logit is not finite: the first rows are named, row i of
    // the batch by numberOf(i) (empty: a row given by hand).
    Result<void> forward(const BatchView& batch, const RowNumberFn& numberOf, std::span<float> logits,
                         const Wanted& wanted, Intermediates* intermediates, const std::stop_token& stop) override;
    // The same of a row's edited copies: what is not finite stands in `logits` and is no error.
    Result<void> predictCopies(const BatchView& batch, std::span<float> logits, const std::stop_token& stop);
    // Predicts a row with the ids first, first + 1, … of a table, as many as there are logits, each as a prediction of
    // the edited row; what is not finite stands there. Progress in ids of the table. Errors: those of forward(),
    // E-CANCELLED.
    using PredictIds = std::function<Result<void>(std::int64_t first, std::span<float> logits, const Job& job)>;
    // row: explained by what predicts now; it must outlive what is returned. REQUIRES: the table exists.
    Result<PredictIds> predictorOfIds(const Explanation& row, TableId table, const Job& job);
};

// E-ENGINE-014: `info` is of a partial model.
Error incompleteModel(const ModelInfo& info);

// Error E-ENGINE-017 when rows have several ids of a feature: `what` ("The doctor") takes one.
Result<void> requireOneId(const Dataset& dataset, std::string_view what,
                          std::string remedy =
                              "Such rows can be evaluated (Evaluate page, dlrm-cli evaluate) and "
                              "predicted (dlrm-cli predict); for this, open a dataset with one id "
                              "per feature.");

// Error E-ENGINE-018 when rows have several ids of a feature and nothing says how their vectors are combined.
Result<void> requireCombiner(const Dataset& dataset, const ModelSpec& spec);

// L2 norm, accumulated in double.
double norm(std::span<const float> values);

}  // namespace dlrm
