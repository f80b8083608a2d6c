// SPDX-License-Identifier: Apache-2.0
// Results as JSON text with stable keys: what --json prints and what exported .json files hold. Numbers that are
// undefined or not finite are null.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/analysis/layers/statistics.h"
#include "core/analysis/layers/unit_atlas.h"
#include "core/analysis/reference/expected_logits.h"
#include "core/checkpoint/verify/verify.h"
#include "core/engine/neighbor_results.h"
#include "core/engine/results.h"
#include "core/report/row_parts.h"
#include "core/report/text_writer.h"

namespace dlrm {

// Files of the checkpoint; one may hold several tensors.
std::size_t fileCount(const ModelInfo& info);

// Logits and other float32 values have the fewest digits that read back to the same float32; doubles likewise. Each
// text is one object and ends with a newline.
// placement: of Engine::placement(), or its failure. "placement": {"where", "tables": [{name, gpu_rows, gpu_bytes,
// pinned_rows, pinned_bytes, file_rows}]}, planned figures; no tables where all stay in the mapped files.
// tables: what --check-tables found, or null.
std::string infoJson(const ModelInfo& info, const Result<std::vector<TablePlacement>>& placement,
                     const TrainedCheck* tables = nullptr);
// {"tables": [{name, rows, dim, dtype, bytes, …}], "table_order_known", "table_order_note"}
std::string tablesJson(const ModelInfo& info);
// {"table", "name", "dim", "rows": [{"id", "norm", "min", "max", "values"}]}
std::string rowsJson(const TableRows& rows, const std::string& tableName);
// The category an id stands for ("a73ee510"), or "" for ids that stand for none.
using HexValueFn = std::function<std::string(RowId)>;
// {"table", "name", "metric", "k", "rows_compared", "queries": [{"id", "norm", "neighbors": [{"id", "score",
// "norm"}]}], "failed", "seconds"}, with a "hex" beside each id where `hexValue` is set; "failed" only where some row
// has no answer.
std::string neighborsJson(const NeighborResult& result, const std::string& tableName, const HexValueFn& hexValue = {});
// Layers and unit atlas: layers[], interaction, cross_layers[], and atlas when `atlas` is not null.
// app/cli/layers_command.cpp lists the keys.
std::string layersJson(const ModelInfo& info, const ModelLayers& layers, const UnitAtlas* atlas);
// {"interaction": {order, source, verdict, likelihood_ratio, reason}, "hypotheses": [{interaction, numerical, id_shift,
// interaction_tables, log_loss, standard_error, …}], "winner": {interaction, numerical, id_shift, interaction_tables},
// "row_count", …}. A reading's values are those that the options of these names take.
std::string doctorJson(const DoctorReport& report, const std::string& layout);

// {"rows", "beyond", "atol", "max_abs_delta_logit", "max_at_row", "mean_abs_delta_logit", "passed", "first": [{"row",
// "logit", "expected"}], "note"}
std::string logitDifferencesJson(const LogitDifferences& differences);

// The metrics by their keys; where slices were asked for "slices": [{"slice", "by" (the key, null: itself), "rows",
// "share", "positives", "judged", "not_judged" (why, or null), "metrics": {key: {"value", "low", "high"; of
// the AUC, whose scores are in bins, "most_off", of an undefined figure "note"}}, "difference": the same of the slice
// against all other rows}]; of keys "calibration_by": [{"by", "slices", "error" (Σ|Σp − Σy| over its slices, by all
// rows)}], the largest first; where they were looked for "weakest": [{"slice", "rows", "positives", "calibration":
// {"value", "low", "high"}, "excess_clicks", "t", "p_adjusted"}] and, of how many, "weakest_tested"; where only some
// rows were counted "where", the sentence. "gain" and "lift": [{"share" (of the rows, the highest scores first),
// "value"}]; where they were asked for "gauc": {"field", "value", "rows", "groups", "skipped_rows", "skipped_groups"
// (with one class), "skipped_share"} and "pcoc": {"share", "rows", "clicks", "predicted", "value", "low", "high",
// "note"}.
enum class EvaluationDetail { Figures, WithCurves };
std::string evaluationJson(const Evaluation& evaluation, EvaluationDetail detail = EvaluationDetail::Figures);

// The same piece by piece, for predictions too long for one string. Where they fail on the way the object is closed
// with "error" as its last key, and the failure returned.
Result<void> writePredictionJson(const PredictionParts& parts, TextWriter& out);
// An object a line for every row, as in "rows"; where they fail on the way the last line is {"error"}.
Result<void> writePredictionLines(const PredictionParts& parts, TextWriter& out);

// {"error": {"code", "message", "file", …}}, aspects that do not apply left out.
std::string errorJson(const Error& error);
std::string errorLine(const Error& error);  // in one line

// What computed, in every result: {"name", "device", "reason", "precision"}.
std::string backendJson(const BackendInfo& backend);
// How rows were prepared, in every result: {"name": "nvidia_spark", "description": "nvidia_spark, numbers raw, ids
// +1"}.
std::string profileJson(const std::string& profile);
// {"outcome": "recorded|unchanged|different", "sidecar", "recorded_at", "files", "bytes", "blocks", "seconds",
// "bytes_per_second",
//  "findings": [{"problem", "file", "tensors", "block", "offset", "bytes", "expected", "found"}]}; block, offset and
//  bytes only where a block differs
std::string verificationJson(const Verification& verification);

}  // namespace dlrm
