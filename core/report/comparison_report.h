// SPDX-License-Identifier: Apache-2.0
// A comparison of two models as JSON; what was not compared is null.
#pragma once

#include <string>

#include "core/compare/comparison.h"

namespace dlrm {

// {"a", "b": {"checkpoint", "layout", "fingerprint", "interaction", "backend", "dataset", "profile"},
// "within_tolerance", "tolerance", "tensors": [{"name", "shape_a", "shape_b", "equal", "max_abs", "relative_norm",
// "cosine", "not_finite", "note"}], "tables": [{"name", "rows_a", "rows_b", "matched", "equal", "touched",
// "newly_trained", "largest": [{"a", "b", "norm"}], "note"}], "joined_by_value", "ids_taken"; with rows "row_count" and
// "rows", "positives", "metrics": [{"key", "a", "b", "difference", "low", "high", "note"}], "threshold", "flips",
// "flip_rate", "mean_change", "largest_change", "largest_logit_change", "psi", "correlation", "disagreeing": [{"row",
// "label", "a", "b"}] (probabilities)}.
std::string comparisonJson(const ModelComparison& comparison);

}  // namespace dlrm
