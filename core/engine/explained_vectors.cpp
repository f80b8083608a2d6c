// SPDX-License-Identifier: Apache-2.0
#include "core/engine/explained_vectors.h"

#include <algorithm>
#include <cmath>

#include "core/engine/engine_state.h"

namespace dlrm {
namespace {

// The diagonal of V Vᵀ holds squared norms; without dot products the tables' own norms are there, and the bottom MLP's
// output is.
double vectorNorm(const Explanation& e, const ModelSpec& spec, std::size_t i) {
    if (spec.interaction == InteractionKind::Dot)
        return std::sqrt(std::max(0.0, static_cast<double>(e.intermediates.interaction[i * e.vectorNames.size() + i])));
    if (i > 0) return e.rowNorms[static_cast<std::size_t>(spec.interactionTableOrder[i - 1])];
    return norm(e.intermediates.bottomActivations.back());
}

}  // namespace

std::vector<ExplainedVector> explainedVectors(const Explanation& e, const ModelSpec& spec) {
    std::vector<ExplainedVector> out;
    std::size_t at = 0;  // vectors of several widths (cross layers) stand one after the other
    for (std::size_t v = 0; v < e.vectorNames.size(); ++v) {
        const std::int64_t width = v == 0
                                       ? spec.bottomMlp.back().outputs
                                       : spec.tables[static_cast<std::size_t>(spec.interactionTableOrder[v - 1])].dim;
        const auto values = std::span(e.intermediates.vectors).subspan(at, static_cast<std::size_t>(width));
        out.push_back({e.vectorNames[v], vectorNorm(e, spec, v), values});
        at += values.size();
    }
    return out;
}

}  // namespace dlrm
