// SPDX-License-Identifier: Apache-2.0
#include "app/cli/explanation_text.h"

#include <fmt/format.h>

#include "app/cli/text.h"
#include "core/analysis/layers/activity.h"
#include "core/analysis/layers/interaction_pairs.h"
#include "core/engine/explained_vectors.h"

namespace dlrm::cli {
namespace {

constexpr std::size_t kPairsShown = 5;

std::string vectorsText(const Explanation& e, const ModelSpec& spec) {
    TextTable table{"<vector", ">id", ">norm"};
    std::size_t place = 0;
    for (const ExplainedVector& v : explainedVectors(e, spec)) {
        const std::string id =
            place == 0 ? "" : thousands(e.input.ids[static_cast<std::size_t>(spec.interactionTableOrder[place - 1])]);
        table.addRow({std::string(v.name), id, fmt::format("{:.4f}", v.norm)});
        ++place;
    }
    return table.text("  ");
}

std::string pairsText(const Explanation& e) {
    TextTable table{"<strongest pairs", ">dot product"};
    for (const VectorPair& pair : strongestPairs(e.intermediates.interaction, e.vectorNames.size(), kPairsShown))
        table.addRow(
            {e.vectorNames[pair.first] + " × " + e.vectorNames[pair.second], fmt::format("{:.5f}", pair.value)});
    return table.text("  ");
}

std::string activityText(const Explanation& e, const ModelSpec& spec) {
    TextTable table{"<layer", ">active units", ">mean", ">max"};
    for (const NamedActivity& a : layerActivities(e.intermediates, spec))
        table.addRow({a.layer, fmt::format("{} of {}", a.activity.active, a.outputs.size()),
                      fmt::format("{:.4f}", a.activity.mean), fmt::format("{:.4f}", a.activity.largest)});
    return table.text("  ");
}

}  // namespace

std::string explanationsText(std::span<const ExplainedRow> rows, const ModelSpec& spec) {
    std::string out;
    for (const ExplainedRow& row : rows) {
        const Explanation& e = row.explanation;
        out += fmt::format("{}row {}: logit {:.6f}, probability {:.6f}, label {}\n", out.empty() ? "" : "\n",
                           thousands(row.row), e.logit, e.probability, row.label ? std::to_string(*row.label) : "-");
        out += vectorsText(e, spec);
        if (spec.interaction == InteractionKind::Dot) out += pairsText(e);
        out += activityText(e, spec);
    }
    return out;
}

}  // namespace dlrm::cli
