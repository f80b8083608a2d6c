// SPDX-License-Identifier: Apache-2.0
// Results as JSON text with stable keys: what --json prints and what exported .json files hold. Numbers that are undefined or not finite are null.
#pragma once

#include <string>

#include "core/analysis/series.h"
#include "core/engine/results.h"
#include "core/export/prediction_parts.h"
#include "core/export/text_writer.h"

namespace dlrm {

// Logits and other float32 values have the fewest digits that read back to the same float32; doubles likewise. Each text is one object and ends with a newline.
std::string infoJson(const ModelInfo& info);
// {"tables": [{name, rows, dim, dtype, bytes, …}], "table_order_known", "table_order_note"}
std::string tablesJson(const ModelInfo& info);
// {"table", "name", "dim", "rows": [{"id", "norm", "min", "max", "values"}]}
std::string rowsJson(const TableRows& rows, const std::string& tableName);
std::string predictionJson(const Prediction& prediction);
// {"interaction": {order, verdict, likelihood_ratio}, "hypotheses": [{interaction, numerical, id_shift, table_order, log_loss, standard_error}], "winner", "rows"}
std::string doctorJson(const DoctorReport& report);

enum class EvaluationDetail { Figures, WithCurves };
std::string evaluationJson(const Evaluation& evaluation, EvaluationDetail detail = EvaluationDetail::Figures);

// The same piece by piece, for predictions too long for one string.
Result<void> writePredictionJson(const PredictionParts& parts, TextWriter& out);
std::string seriesJson(const Series& series, const std::string& xName, const std::string& yName);

}  // namespace dlrm
