// SPDX-License-Identifier: Apache-2.0
// Results to files, by extension; the command line's --out and the Export menus use the same functions.
#pragma once

#include <string>

#include "core/analysis/series.h"
#include "core/base/result.h"
#include "core/engine/results.h"
#include "core/export/prediction_parts.h"
#include "core/export/row_parts.h"

namespace dlrm {

// Every function writes beside `path` first, syncs, then renames: `path` shows what it was before or the whole new file.
// Errors of all: E-EXPORT-001 the extension names no format for this result (the remedy lists those that do), E-EXPORT-002 `path` exists and is no
// regular file, E-EXPORT-003 HDF5 failed, E-EXPORT-004 not enough memory, E-EXPORT-009 and 010 the module that writes HDF5 is missing or cannot be
// loaded, E-FILE-010/011/012 creating, writing, completing.

// .tsv .csv: a line per row. .json: as `predict --json`. .npy: the logits, float32. .h5: /row, /logit, /prediction, /label.
Result<void> exportPrediction(const Prediction& prediction, const std::string& path);
// The same for `rows` rows handed over part by part; the extension is checked before the first part is asked for. Only .h5 gathers them in memory.
Result<void> exportPrediction(const PredictionParts& parts, std::int64_t rows, const std::string& path);

// .tsv .csv: a line per metric. .json: as `evaluate --json`, and the curves. .h5: /metrics.
Result<void> exportEvaluation(const Evaluation& evaluation, const std::string& path);
// What exportEvaluation() would say of `path`, known before hours of work: the extension, and whether a file can be created there.
Result<void> checkEvaluationPath(const std::string& path);

// Rows of a table, about.rows of them. .tsv .csv: a line per row. .npy: the values, (rows, dim) float32. .h5: /id, /norm, /values (rows, dim);
// it gathers them in memory, E-EXPORT-004 above 1 GiB.
Result<void> exportTableRows(const RowParts& parts, const RowExport& about, const std::string& path);

// A JSON document as it is. .json.
Result<void> exportJson(const std::string& json, const std::string& path);

// The points of a chart. .tsv .csv: two columns under these names. .json.
Result<void> exportSeries(const Series& series, const std::string& xName, const std::string& yName, const std::string& path);

}  // namespace dlrm
