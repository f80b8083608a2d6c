// SPDX-License-Identifier: Apache-2.0
#include "app/cli/comparison_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/cli/text.h"

namespace dlrm::cli {
namespace {

constexpr std::size_t kShownRows = 5;  // of those that disagree most

std::string figureText(const std::optional<double>& value) { return value ? fmt::format("{:.6g}", *value) : "-"; }

std::string verdictOf(const ModelComparison& c) {
    if (c.within())
        return c.tolerance > 0 ? fmt::format("B is A within {:g}.\n", c.tolerance)
                               : std::string("B is A, to the last bit of what was compared.\n");
    std::string out = "B differs from A";
    if (c.weights && !c.weights->same()) {
        const auto& tensors = c.weights->tensors;
        const auto other = std::count_if(tensors.begin(), tensors.end(), [](const auto& t) { return !t.same; });
        std::int64_t touched = 0, matched = 0;
        for (const TableComparison& t : c.weights->tables) {
            touched += t.touched();
            matched += t.matched;
        }
        out += fmt::format(": {} of {}, {} of {} of the tables", thousands(other),
                           plural(std::ssize(tensors), "tensor"), thousands(touched), plural(matched, "row"));
    } else if (c.weights) {
        out += ": the weights are the same, the predictions are not";
    }
    return out + ".\n";
}

std::string weightsText(const WeightComparison& weights) {
    std::string out;
    TextTable tables{"<table",   ">rows of A",     ">of B",    ">matched",   ">equal",
                     ">touched", ">newly trained", ">max |Δ|", ">|Δ| / |A|", ">cosine"};
    std::int64_t same = 0;
    std::string notes;
    for (const TableComparison& t : weights.tables) {
        same += t.same();
        if (t.same()) continue;
        if (!t.notCompared.empty()) notes += fmt::format("  note: {}: {}.\n", t.name, t.notCompared);
        tables.addRow({t.name, thousands(t.rowsA), thousands(t.rowsB), countText(t.matched), countText(t.equal),
                       countText(t.touched()), t.newlyTrained ? countText(*t.newlyTrained) : "unknown",
                       fmt::format("{:.4g}", t.values.largest), figureText(t.values.relativeNorm),
                       figureText(t.values.cosine)});
    }
    if (same < std::ssize(weights.tables)) out += tables.text("  ");
    if (same > 0)
        out += fmt::format("  {} the same to the last bit\n", plural(same, "table") + (same == 1 ? " is" : " are"));
    TextTable layers{"<layer", "<shape of A", "<of B", ">max |Δ|", ">|Δ| / |A|", ">cosine"};
    std::int64_t sameLayers = 0, otherLayers = 0;
    for (std::size_t i = weights.tables.size(); i < weights.tensors.size(); ++i) {
        const TensorComparison& t = weights.tensors[i];
        sameLayers += t.same;
        if (t.same) continue;
        ++otherLayers;
        layers.addRow({t.name, t.shapeA, t.shapeB,
                       t.notCompared.empty() ? fmt::format("{:.4g}", t.values.largest) : "-",
                       figureText(t.values.relativeNorm), figureText(t.values.cosine)});
    }
    if (otherLayers > 0) out += "\n" + layers.text("  ");
    if (sameLayers > 0)
        out += fmt::format("  {} of the layers {} the same to the last bit\n", plural(sameLayers, "tensor"),
                           sameLayers == 1 ? "is" : "are");
    if (weights.joinedByValue) notes += "  note: Rows were matched by their values in both dictionaries.\n";
    if (weights.idsTaken)
        notes +=
            "  note: The numbers of rows differ, and ids were taken for the same: whether an id names the same "
            "value in both is not known.\n";
    return out + notes;
}

std::string scoresText(const PairedReport& r) {
    std::string out =
        fmt::format("\n{}, {} of them clicked, predicted by both:\n", plural(r.rows, "row"), thousands(r.positives));
    TextTable metrics{"<metric", ">A", ">B", ">B - A", ">95 % interval", "<"};
    for (const MetricDifference& m : r.metrics) {
        const bool told = m.low && m.high;
        metrics.addRow({m.title, figureText(m.a), figureText(m.b),
                        m.difference ? fmt::format("{:+.6f}", *m.difference) : "-",
                        told ? fmt::format("{:+.6f} .. {:+.6f}", *m.low, *m.high) : "-",
                        told && (*m.low > 0 || *m.high < 0) ? "differs"
                        : told                              ? ""
                                                            : m.note});
    }
    out += metrics.text("  ");
    out += fmt::format(
        "  {} of {} ({:.3g} %) change sides at {:.4g}; mean |Δp| {:.3g}, largest {:.3g}; PSI of the score deciles "
        "{:.3g}; "
        "correlation of the logits {}\n",
        thousands(r.flips), plural(r.rows, "row"), 100 * r.flipRate(), r.threshold, r.meanChange, r.largestChange,
        r.psi, figureText(r.correlation));
    TextTable rows{">row", ">label", ">logit of A", ">of B", ">change"};
    for (std::size_t i = 0; i < std::min(kShownRows, r.disagreeing.size()); ++i) {
        const Disagreement& d = r.disagreeing[i];
        if (d.a == d.b) break;
        rows.addRow({thousands(d.row), fmt::format("{}", d.label), fmt::format("{:.6f}", d.a),
                     fmt::format("{:.6f}", d.b), fmt::format("{:+.6f}", d.b - d.a)});
    }
    if (r.largestChange > 0) out += "  rows that they disagree on most:\n" + rows.text("  ");
    return out;
}

}  // namespace

std::string comparisonText(const ModelComparison& comparison) {
    std::string out = verdictOf(comparison);
    out += fmt::format("  A  {}\n  B  {}\n", comparison.a.checkpoint, comparison.b.checkpoint);
    if (comparison.weights) out += "\n" + weightsText(*comparison.weights);
    if (comparison.scores) out += scoresText(comparison.scores->report);
    return out;
}

}  // namespace dlrm::cli
