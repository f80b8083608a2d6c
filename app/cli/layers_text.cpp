// SPDX-License-Identifier: Apache-2.0
#include "app/cli/layers_text.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "app/cli/text.h"
#include "core/analysis/layers/interaction_pairs.h"

namespace dlrm::cli {
namespace {

constexpr std::size_t kLayerPairsShown = 10, kRunsShown = 20;

std::string real(double value) { return std::isfinite(value) ? fmt::format("{:.4g}", value) : "-"; }

std::string brief(double value) { return std::isfinite(value) ? fmt::format("{:.3g}", value) : "-"; }

std::string shapeOf(const LayerSpec& l) { return fmt::format("{} x {}", thousands(l.inputs), thousands(l.outputs)); }

// "3, 7–12": at most kRunsShown runs of ascending numbers.
std::string runs(const std::vector<std::int64_t>& units) {
    std::string out;
    std::size_t shown = 0;
    for (std::size_t i = 0; i < units.size(); ++shown) {
        if (shown == kRunsShown)
            return out +
                   fmt::format(" … ({} in all; --json names them)", thousands(static_cast<std::int64_t>(units.size())));
        std::size_t end = i + 1;
        while (end < units.size() && units[end] == units[end - 1] + 1) ++end;
        out += out.empty() ? "" : ", ";
        out += end - i > 1 ? fmt::format("{}–{}", units[i], units[end - 1]) : std::to_string(units[i]);
        i = end;
    }
    return out;
}

// "5 = 3, 8 = 3"
std::string pairs(const LayerStatistics& layer, bool exact) {
    std::string out;
    std::size_t shown = 0;
    for (std::size_t u = 0; u < layer.units.size(); ++u) {
        const UnitStatistics& unit = layer.units[u];
        if (unit.duplicateOf < 0 || unit.exact != exact) continue;
        if (shown++ == kRunsShown)
            return out + fmt::format(" … ({} in all; --json names them)",
                                     thousands(exact ? layer.exactDuplicates : layer.nearDuplicates));
        out += fmt::format("{}{} {} {}", out.empty() ? "" : ", ", u, exact ? "=" : "≈", unit.duplicateOf);
    }
    return out;
}

std::vector<std::int64_t> unitsIn(const LayerStatistics& layer, UnitState state) {
    std::vector<std::int64_t> out;
    for (std::size_t u = 0; u < layer.units.size(); ++u)
        if (layer.units[u].state == state) out.push_back(static_cast<std::int64_t>(u));
    return out;
}

// What stands of every layer that has weights.
std::vector<std::string> valueCells(const std::string& name, const std::string& shape, std::int64_t parameters,
                                    const ValueStatistics& weights, std::int64_t notFinite) {
    return {name,
            shape,
            thousands(parameters),
            brief(weights.std),
            brief(weights.min),
            brief(weights.max),
            countText(weights.zeros),
            notFinite > 0 ? problem(thousands(notFinite)) : countText(0)};
}

// The units never active and the mergeable ones by their numbers, a line a layer that has any.
std::string numbersText(const UnitAtlas& atlas) {
    std::string out;
    for (const AtlasLayer& l : atlas.layers) {
        std::vector<std::int64_t> never, merged;
        for (std::size_t u = 0; u < l.active.size(); ++u) {
            if (l.active[u] == 0) never.push_back(static_cast<std::int64_t>(u));
            if (l.mergeable[u] != 0) merged.push_back(static_cast<std::int64_t>(u));
        }
        if (!never.empty()) out += fmt::format("  {} never active: {}\n", l.name, runs(never));
        if (!merged.empty()) out += fmt::format("  {} mergeable: {}\n", l.name, runs(merged));
    }
    return out;
}

}  // namespace

std::string unitWords() {
    return termsText({{"silent", "always 0, whatever comes in: proved from the weights"},
                      {"constant", "one value for every row: proved from the weights"},
                      {"unread", "every weight that reads it in the next layer is 0"},
                      {"exact dup.", "the weights and bias of an earlier unit, value for value"},
                      {"near dup.",
                       fmt::format("cosine with an earlier unit's weights and bias at least {}", kDuplicateCosine)},
                      {"prunable",
                       "silent, unread and constant units: they can go without changing a logit by more "
                       "than rounding, a constant one after its value times its outgoing weights was "
                       "added to the next layer's biases"},
                      {"zeros", "weights that are 0"}}) +
           "  With --data, over the rows that were counted:\n" +
           termsText({{"never active",
                       "output above 0 in none of the rows; always active: in all of them; "
                       "frequency: the share of the rows"},
                      {"same pattern", fmt::format("above 0 in the same rows as an earlier unit, of at most {} evenly "
                                                   "spread ones",
                                                   thousands(kPatternRows))},
                      {"mergeable",
                       "an exact or near duplicate that is active in the same rows as the earlier unit, whose "
                       "outgoing weights can take up its own"}});
}

std::string layersText(const ModelLayers& layers) {
    TextTable table{"<layer",   "<shape",  ">parameters", ">std",    ">min",   ">max", ">zeros",
                    ">NaN/inf", ">silent", ">constant",   ">unread", ">exact", ">near"};
    std::string padding;
    for (const LayerStatistics& l : layers.layers) {
        std::vector<std::string> cells =
            valueCells(l.spec.name, shapeOf(l.spec), l.spec.parameters(), l.weights, l.nonFinite());
        for (const std::int64_t units : {l.silent, l.constant, l.unread, l.exactDuplicates, l.nearDuplicates})
            cells.push_back(countText(units));
        table.addRow(std::move(cells));
        if (l.spec.paddingInputs > 0)
            padding += fmt::format("{}{} of {}", padding.empty() ? "" : ", ", l.spec.paddingInputs, l.spec.name);
    }
    for (const CrossLayerStatistics& l : layers.cross) {
        const std::string shape = l.spec.projection > 0
                                      ? fmt::format("{} x {} x {}", l.spec.width, l.spec.projection, l.spec.width)
                                      : fmt::format("{} x {}", l.spec.width, l.spec.width);
        table.addRow(
            valueCells(l.spec.name, shape, l.spec.parameters(), l.weights, l.weights.nonFinite + l.biases.nonFinite));
    }
    return table.text("  ") + (padding.empty() ? "" : fmt::format("  inputs that are padding: {}\n", padding)) +
           "  exact, near: duplicates; layers --help says what the words mean\n";
}

std::string unitsText(const ModelLayers& layers) {
    std::string out;
    for (const LayerStatistics& l : layers.layers) {
        const std::pair<const char*, std::string> kinds[] = {{"silent", runs(unitsIn(l, UnitState::Silent))},
                                                             {"constant", runs(unitsIn(l, UnitState::Constant))},
                                                             {"unread", runs(unitsIn(l, UnitState::Unread))},
                                                             {"exact dup.", pairs(l, true)},
                                                             {"near dup.", pairs(l, false)}};
        for (const auto& [kind, which] : kinds)
            if (!which.empty()) out += fmt::format("  {} {}: {}\n", l.spec.name, kind, which);
    }
    if (out.empty()) return "";
    return "\nUnits\n" + out +
           fmt::format("  prunable whatever the rows: {} of {} learned MLP parameters ({:.2f} %)\n",
                       thousands(layers.prunable), thousands(layers.parameters),
                       100 * static_cast<double>(layers.prunable) /
                           static_cast<double>(std::max<std::int64_t>(1, layers.parameters)));
}

std::string importanceText(const ModelSpec& spec, const InteractionImportance& importance) {
    TextTable table{"<pair", ">row norm"};
    for (const VectorPair& pair : strongestPairs(importance.pairNorms, importance.vectorNames.size(), kLayerPairsShown))
        table.addRow(
            {importance.vectorNames[pair.first] + " x " + importance.vectorNames[pair.second], real(pair.value)});
    return fmt::format(
               "\nInteraction ({}, {}): row norms of the first top kernel, root mean square {} over {} dots, {} over "
               "{} bottom outputs\n",
               name(spec.interactionOrder),
               spec.orderSource == OrderSource::Default ? "assumed" : name(spec.orderSource), real(importance.dotRms),
               spec.pairs(), real(importance.bottomRms), importance.bottomNorms.size()) +
           table.text("  ");
}

std::string atlasText(const UnitAtlas& atlas) {
    TextTable table{"<layer",        ">units",     ">never active",  ">always active",
                    ">same pattern", ">mergeable", ">mean frequency"};
    for (const AtlasLayer& l : atlas.layers) {
        const double sum = std::accumulate(l.active.begin(), l.active.end(), 0.0);
        const double cells = static_cast<double>(l.active.size()) * static_cast<double>(atlas.rows);
        table.addRow({l.name, thousands(static_cast<std::int64_t>(l.active.size())), thousands(l.never),
                      thousands(l.always), thousands(l.samePattern), thousands(l.merged),
                      fmt::format("{:.2f} %", 100 * sum / cells)});
    }
    return fmt::format("\nUnits over {} of {} ({:.0f} rows/s)\n", plural(atlas.rows, "row"), atlas.datasetPath,
                       atlas.rowsPerSecond) +
           table.text("  ") + numbersText(atlas) +
           fmt::format(
               "  prunable: {} of {} learned MLP parameters ({:.2f} %): units never active in these rows, mergeable "
               "ones, and those that the weights prove prunable, each with its incoming weights, bias and outgoing "
               "weights, counted once. Patterns: of {}.\n",
               thousands(atlas.prunable), thousands(atlas.parameters),
               100 * static_cast<double>(atlas.prunable) / static_cast<double>(atlas.parameters),
               plural(atlas.patternRows, "row"));
}

}  // namespace dlrm::cli
