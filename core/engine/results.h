// SPDX-License-Identifier: Apache-2.0
// Plain results of the engine, immutable once handed out; the GUI shares them between threads as shared_ptr<const T>.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/checkpoint/checkpoint.h"
#include "core/compute/backend.h"
#include "core/dataset/dataset.h"
#include "core/engine/doctor_report.h"
#include "core/metrics/report.h"
#include "core/model/model_spec.h"

namespace dlrm {

// What the model is: info, the Overview page.
struct ModelInfo {
    std::string path;
    ModelSpec spec;
    std::vector<CheckpointFile> files;
    BackendInfo backend;
    std::vector<std::string> notes;   // assumptions and warnings, one sentence each ("Interaction order custom_cuda is assumed: …")
    double openSeconds = 0;
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
    double probability = 0;   // sigmoid(logit) in double
    InputRow input;           // filled when asked for
    std::optional<RawRow> raw;  // filled when asked for and the dataset has it
};

struct Prediction {
    RowRange range;
    std::string profile;   // preprocessing profile of the dataset
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
    std::vector<std::string> vectorNames;               // "bottom", table names in interaction order (27)
    Intermediates intermediates;                        // of this one row
    std::vector<double> rowNorms;                       // per table in feature order: norm of the looked-up row
    BackendInfo backend;
};

struct EvaluateOptions {
    std::int64_t dropLast = 0;   // > 0: drop the last partial batch of this many rows, as the training repository does
    RowRange range{0, -1};       // empty: all rows
};

struct Evaluation {
    MetricReport report;
    std::int64_t totalRows = 0;      // rows that will be evaluated in all
    bool final = false;
    double seconds = 0;
    double rowsPerSecond = 0;
    std::string datasetPath, split, profile;
    std::vector<std::string> notes;  // "8,358 rows of the last partial batch were left out"
    BackendInfo backend;
    InteractionOrder interactionOrder{};
    OrderSource orderSource{};
};

}  // namespace dlrm
