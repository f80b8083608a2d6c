// SPDX-License-Identifier: Apache-2.0
#include "app/cli/explanation_text.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/cli/text.h"
#include "core/analysis/attribution/attribution.h"
#include "core/analysis/layers/activity.h"
#include "core/analysis/layers/interaction_pairs.h"
#include "core/engine/explained_vectors.h"

namespace dlrm::cli {
namespace {

constexpr std::size_t kFieldsShown = 10, kPairsShown = 5;

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

std::string pairsText(const Explanation& e, const Attribution& a) {
    TextTable table{"<strongest pairs", ">adds to the logit", ">dot product"};
    const std::size_t count = e.vectorNames.size();
    for (const VectorPair& pair : strongestPairs(a.pairs, count, kPairsShown))
        table.addRow({e.vectorNames[pair.first] + " × " + e.vectorNames[pair.second],
                      fmt::format("{:+.5f}", pair.value),
                      fmt::format("{:.5f}", e.intermediates.interaction[pair.first * count + pair.second])});
    return table.text("  ");
}

// The fields that add most either way, and all others as one: with the bias the logit.
std::string fieldsText(const Attribution& a, const ModelSpec& spec) {
    std::vector<AttributedField> fields = attributedFields(a, spec);
    std::stable_sort(fields.begin(), fields.end(), [](const AttributedField& x, const AttributedField& y) {
        return std::fabs(x.value) > std::fabs(y.value);
    });
    TextTable table{"<field", ">adds to the logit"};
    const auto line = [&](const std::string& title, double value) {
        table.addRow({title, fmt::format("{:+.5f}", value)});
    };
    const std::size_t shown = std::min(kFieldsShown, fields.size());
    for (std::size_t i = 0; i < shown; ++i) line(fields[i].name, fields[i].value);
    double others = 0;
    for (std::size_t i = shown; i < fields.size(); ++i) others += fields[i].value;
    if (shown < fields.size())
        line("all other " + plural(static_cast<std::int64_t>(fields.size() - shown), "field"), others);
    const bool exact = a.method == AttributionMethod::LinearRegion;
    line(exact ? "biases" : "no value at all", a.bias);
    line(exact ? "rounding of float32" : "left over", a.residual);
    return table.text("  ") +
           (exact ? "  Linear inside the region where the same units are active: says what made this number, not what "
                    "would change it.\n"
                  : "  Integrated gradients from the row without any value: cross layers multiply, so that this is not "
                    "exact.\n");
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
        out += fieldsText(row.attribution, spec);
        if (spec.interaction == InteractionKind::Dot) out += pairsText(e, row.attribution);
        out += vectorsText(e, spec);
        out += activityText(e, spec);
    }
    return out;
}

}  // namespace dlrm::cli
