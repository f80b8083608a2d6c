// SPDX-License-Identifier: Apache-2.0
// Rows explained completely, as JSON: predict --explain.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/engine/results.h"

namespace dlrm {

struct ExplainedRow {
    std::int64_t row = 0;
    std::optional<int> label;
    Explanation explanation;
};

// {"profile", "interaction", "backend", "rows": [{row, label, logit, probability, numerical, ids, vectors[{name, norm,
// values[]}], interaction_matrix[[…]], top_mlp_input[], activations[{layer, units, active, mean, max, values[]}]}]}
std::string explanationsJson(std::span<const ExplainedRow> rows, const ModelSpec& spec, const std::string& profile,
                             const BackendInfo& backend);

}  // namespace dlrm
