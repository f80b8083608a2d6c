// SPDX-License-Identifier: Apache-2.0
// Plain results of the engine, immutable once handed out; the GUI shares them between threads as shared_ptr<const T>.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/slices/slice_figures.h"
#include "core/analysis/slices/weakest.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/checkpoint/checkpoint.h"
#include "core/compute/backend.h"
#include "core/dataset/dataset.h"
#include "core/engine/doctor_report.h"
#include "core/metrics/grouped_auc.h"
#include "core/metrics/report.h"
#include "core/model/model_spec.h"

namespace dlrm {

// What the model is: info, the Overview page.
struct ModelInfo {
    std::string path;
    ModelSpec spec;
    std::vector<CheckpointFile> files;
    std::vector<std::string> ignoredFiles;  // beside the checkpoint and no part of it
    BackendInfo backend;
    std::vector<std::string>
        notes;  // assumptions and warnings, one sentence each ("Interaction order custom_cuda is assumed: …")
    double openSeconds = 0;
};

// Where hashes of a checkpoint's files are kept.
struct RecordPlaces {
    std::string beside;           // in the checkpoint, or beside its file
    bool besideExists = false;    // there is a record
    bool besideWritable = false;  // one could be written
    std::string cache;            // in the user's cache, by the checkpoint's real path; empty: there is no cache
    bool cacheExists = false;
};

struct TableRows {
    TableId table{};
    std::int64_t dim = 0;
    std::vector<RowId> ids;
    std::vector<float> values;  // (ids, dim)
    // Per id: L2 norm (accumulated in double), smallest and largest value that is a number (NaN when none is).
    std::vector<double> norms;
    std::vector<float> minima, maxima;
};

// One row as fed to the model. ids: per table in feature order; numerical: transformed values.
struct InputRow {
    std::vector<float> numerical;
    std::vector<std::int32_t> ids;
};

struct PredictedRow {
    std::int64_t row = 0;
    std::optional<int> label;
    float logit = 0;
    double probability = 0;            // sigmoid(logit) in double
    std::optional<float> logitBefore;  // of a row that was edited: as the data has it
    InputRow input;                    // filled when asked for
    std::optional<RawRow> raw;         // filled when asked for and the dataset has it
    std::shared_ptr<const Error>
        unreadable;  // in a list of rows to look at: why this one could not be read; nothing else is known of it
};

struct Prediction {
    RowRange range;
    std::string profile;  // preprocessing profile of the dataset
    BackendInfo backend;
    InteractionOrder interactionOrder{};
    OrderSource orderSource{};
    std::vector<PredictedRow> rows;
};

// One row completely: the Samples page, predict --explain.
struct Explanation {
    InputRow input;
    float logit = 0;
    double probability = 0;
    std::vector<std::string> vectorNames;  // "bottom", table names in interaction order (27)
    Intermediates intermediates;           // of this one row
    std::vector<double> rowNorms;          // per table in feature order: norm of the looked-up row
    std::string notFinite;                 // where NaN or infinity comes in, one sentence; empty: the logit is finite
    BackendInfo backend;
};

// A file of the checkpoint as it is now.
struct FileState {
    std::string file;        // path
    std::int64_t bytes = 0;  // when it was opened: what its tensors' shapes take, checked then
    std::string problem;  // why it cannot be relied on any more: changed, cut short, replaced, gone; empty: as opened
    bool gone = false;    // there is no file of that name any more
};

// Values that are not numbers, by tensor.
struct ValueCheck {
    struct Tensor {
        std::string name;  // "cat_3", "bottom_mlp/0"
        std::int64_t values = 0;
        std::int64_t nonFinite = 0;
    };
    std::vector<Tensor> tensors;                   // tables in feature order, then layers
    std::int64_t untrainedRows = 0, rows = 0;      // of the tables where UntrainedRows::known()
    std::int64_t unknownRows = 0;                  // of the others
    std::int64_t zeroRows = 0, duplicateRows = 0;  // of all tables: TableStatistics::zeroRows, duplicates.rows
    std::int64_t nonFinite() const {
        std::int64_t n = 0;
        for (const Tensor& t : tensors) n += t.nonFinite;
        return n;
    }
};

struct SlicePlan;

struct EvaluateOptions {
    std::int64_t dropLast = 0;  // > 0: drop the last partial batch of this many rows, as the training repository does
    RowRange range{0, -1};      // empty: all rows
    std::shared_ptr<const SlicePlan> slices = {};  // to be looked at as well; null: none
    // Only the rows that its one sentence is true of are counted, and no `slices`; null: all.
    std::shared_ptr<const SlicePlan> where = {};
    // GAUC over a field, of all rows; nothing: none.
    std::optional<TableId> groupedBy = {};
    // The share of rows with the highest scores whose calibration is wanted; 0: none.
    double topShare = 0;
};

struct Evaluation {
    MetricReport report;
    std::int64_t totalRows = 0;    // rows that will be evaluated in all
    std::int64_t datasetRows = 0;  // of the split; some may be left out
    bool final = false;
    double seconds = 0;
    double rowsPerSecond = 0;
    std::string datasetPath, split, profile;
    std::vector<std::string> notes;  // "8,358 rows of the last partial batch were left out"
    BackendInfo backend;
    InteractionOrder interactionOrder{};
    OrderSource orderSource{};
    RowRange range{0, -1};                  // of the dataset's rows
    std::string where;                      // of those only the ones that this sentence is true of; empty: all
    std::vector<SliceResult> slices;        // that were asked for; none in interim figures
    std::vector<GroupCalibration> byGroup;  // of the keys of `slices`
    std::optional<WeakestSlices> weakest;   // nothing: not looked for
    std::optional<GroupedAuc> gauc;         // final figures only, where they were asked for
    std::optional<TopCalibration> top;
};

}  // namespace dlrm
