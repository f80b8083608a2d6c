// SPDX-License-Identifier: Apache-2.0
// Rows explained completely, as JSON: predict --explain.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/analysis/attribution/attribution.h"
#include "core/engine/results.h"

namespace dlrm {

struct ExplainedRow {
    std::int64_t row = 0;
    std::optional<int> label;
    Explanation explanation;
    Attribution attribution;
};

// {"profile", "interaction", "backend", "rows": [{row, label, logit, probability, numerical, ids, vectors[{name, norm,
// values[]}], interaction_matrix[[…]], top_mlp_input[], activations[{layer, units, active, mean, max, values[]}],
// attribution{method, fields[{name, value}], pairs[{i, j, value}], bias, residual}}]}; i and j are places in vectors,
// j < i; fields and bias add up to the logit less the residual.
std::string explanationsJson(std::span<const ExplainedRow> rows, const ModelSpec& spec, const std::string& profile,
                             const BackendInfo& backend);

}  // namespace dlrm
