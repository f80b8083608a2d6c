// SPDX-License-Identifier: Apache-2.0
// One pass over the rows of a dataset that every measure shares: each batch is read once, predicted once if anybody
// wants that, and seen by all.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/checkpoint/checkpoint.h"
#include "core/compute/backend.h"
#include "core/dataset/dataset.h"
#include "core/measure/measure.h"
#include "core/measure/provenance.h"

namespace dlrm {

// Row i of a batch as the data numbers it.
using RowNumberFn = std::function<std::int64_t(std::int64_t)>;
// Both must outlive what is returned.
RowNumberFn numbersOf(const Dataset& dataset, const Batch& batch);

// Error E-ENGINE-003 when the range is not inside the dataset.
Result<void> checkRange(const Dataset& dataset, RowRange range);
// Error E-ENGINE-006 when the dataset has no labels.
Result<void> requireLabels(const Dataset& dataset);

// What predicts the rows of a pass. The engine is one.
class RowPredictor {
public:
    virtual ~RowPredictor() = default;
    // Loads the model if need be and says how many rows to hand over per forward().
    virtual Result<std::int64_t> preferredBatch(const Job& job) = 0;
    // Error E-ENGINE-005 when a logit is not finite: the first rows are named, row i of the batch by numberOf(i)
    // (empty: a row given by hand).
    virtual Result<void> forward(const BatchView& batch, const RowNumberFn& numberOf, std::span<float> logits,
                                 const Wanted& wanted, Intermediates* intermediates, const std::stop_token& stop) = 0;
    // What computes, and why: the backend's own words once it is made.
    virtual BackendInfo backendInfo() const = 0;
};

// What a pass has done, also where it failed or was cancelled.
struct PassProgress {
    Provenance done;        // its rows: those that every measure has seen; the files were unchanged then
    RowRange asked{0, -1};  // that are to be seen in all
    bool spoiled = false;   // a measure failed: all of them are of no further use
};

// REQUIRES: model and dataset fit each other (Engine::checkFits()); where rows are predicted that have several ids of a
// feature, the model has a combiner.
struct PassInput {
    const Dataset& dataset;
    const Checkpoint& checkpoint;
    const ModelSpec& spec;              // what the checkpoint is opened as
    RowPredictor* predictor = nullptr;  // may be null where nothing is predicted
    RowRange range{0, -1};              // empty: all rows
    std::int64_t dropLast = 0;          // > 0: leave out the last partial batch of this many rows, with a note
    std::string_view stage;             // "evaluating", for the progress; static lifetime
    // To be recorded instead of the dataset's own, with what else was chosen of the reading; empty: the dataset's.
    std::string profile;
    PassProgress* progress = nullptr;  // null: nobody goes on from where it stops
};

// Called about 4 times a second from the pass' thread, between two batches, with what is known so far (`rows`: the ones
// seen) and the number of rows that will be seen in all; the files are unchanged then. The fingerprints come at the
// end.
using InterimFn = std::function<void(const Provenance& soFar, std::int64_t totalRows)>;

// Feeds the rows to all measures, in their order. Where nobody wants predictions the model is not even loaded. The
// provenance has the pass' rows, fingerprints, seconds and notes; program and reading are the caller's to add. The
// files were unchanged at the end (the checkpoint's where rows were predicted). Errors, rows as Dataset::numberOf says:
// E-ENGINE-003 rows outside the dataset, E-ENGINE-004 an id outside its table, E-ENGINE-005 a prediction that is not
// finite, E-ENGINE-006 labels are wanted and missing, E-ENGINE-009 no rows to predict, E-FILE-005, E-CANCELLED, those
// of reading and of the measures.
Result<Provenance> runRowPass(const PassInput& input, std::span<Measure* const> measures, const Job& job,
                              const InterimFn& interim = {});

}  // namespace dlrm
