// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/layers/unit_atlas.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/analysis/layers/inputs.h"
#include "core/analysis/layers/prunable_units.h"

namespace dlrm {

namespace {

void findPatterns(const UnitCounts& counts, std::size_t index, const ModelSpec& spec, const ModelLayers& layers,
                  AtlasLayer& layer) {
    const LayerStatistics& weights = *layers.find(layer.top, static_cast<int>(layer.layer));
    const std::vector<std::uint64_t>& patterns = counts.patterns[index];
    const auto pattern = [&](std::size_t unit) {
        return std::string_view(reinterpret_cast<const char*>(patterns.data() + unit * counts.words),
                                counts.words * sizeof(std::uint64_t));
    };
    const bool vector = !layer.top && layer.layer + 1 == spec.bottomMlp.size();
    const std::size_t units = layer.active.size();
    layer.patternOf.assign(units, -1);
    layer.mergeable.assign(units, 0);
    std::unordered_map<std::string_view, std::size_t> first;
    for (std::size_t u = 0; u < units; ++u) {
        std::int64_t on = 0;
        for (std::size_t w = 0; w < counts.words; ++w) on += __builtin_popcountll(patterns[u * counts.words + w]);
        if (on > 0 && on < counts.sample)
            if (const auto [same, added] = first.emplace(pattern(u), u); !added) {
                layer.patternOf[u] = static_cast<std::int64_t>(same->second);
                ++layer.samePattern;
            }
        const std::int64_t twin = weights.units[u].duplicateOf;
        const auto read = [&](std::int64_t unit) {
            return weights.units[static_cast<std::size_t>(unit)].state != UnitState::Unread;
        };
        if (!vector && layer.active[u] > 0 && twin >= 0 && read(twin) && read(static_cast<std::int64_t>(u)) &&
            layer.active[u] == layer.active[static_cast<std::size_t>(twin)] &&
            pattern(u) == pattern(static_cast<std::size_t>(twin))) {
            layer.mergeable[u] = 1;
            ++layer.merged;
        }
    }
}

}  // namespace

UnitCounts::UnitCounts(const ModelSpec& spec, RowRange rowRange)
    : range(rowRange),
      sample(std::min(range.size(), kPatternRows)),
      words(static_cast<std::size_t>((sample + 63) / 64)) {
    for (const bool top : {false, true}) {
        const std::vector<LayerSpec>& mlp = top ? spec.topMlp : spec.bottomMlp;
        for (std::size_t i = 0; i < mlp.size(); ++i) {
            if (!mlp[i].relu) continue;
            AtlasLayer& layer = layers.emplace_back();
            layer.name = mlp[i].name;
            layer.top = top;
            layer.layer = i;
            layer.active.resize(static_cast<std::size_t>(mlp[i].outputs));
            patterns.emplace_back(layer.active.size() * words);
        }
    }
}

std::int64_t UnitCounts::sampledRow(std::int64_t k) const {
    const std::int64_t whole = range.size() / sample, rest = range.size() % sample;
    return range.first + k * whole + k * rest / sample;
}

std::int64_t UnitCounts::firstSampled(std::int64_t row) const {
    std::int64_t low = 0, high = sample;
    while (low < high) {
        const std::int64_t middle = (low + high) / 2;
        if (sampledRow(middle) < row) low = middle + 1;
        else high = middle;
    }
    return low;
}

UnitAtlas interimAtlas(const UnitCounts& counts) {
    UnitAtlas out;
    out.rows = counts.rows;
    out.totalRows = counts.range.size();
    out.firstRow = counts.range.first;
    out.layers = counts.layers;
    for (AtlasLayer& layer : out.layers) {
        layer.never = std::count(layer.active.begin(), layer.active.end(), 0);
        layer.always = std::count(layer.active.begin(), layer.active.end(), counts.rows);
    }
    return out;
}

UnitAtlas unitAtlas(const UnitCounts& counts, const ModelSpec& spec, const ModelLayers& layers) {
    UnitAtlas out = interimAtlas(counts);
    out.final = true;
    out.patternRows = counts.sample;
    for (std::size_t l = 0; l < out.layers.size(); ++l) findPatterns(counts, l, spec, layers, out.layers[l]);
    std::vector<std::vector<std::uint8_t>> removed = provedPrunable(layers);
    for (std::size_t l = 0; l < removed.size(); ++l) {
        std::vector<std::uint8_t>& flags = removed[l];
        for (AtlasLayer& counted : out.layers) {
            if (counted.top != layers.layers[l].top || counted.layer != layers.layers[l].index) continue;
            for (std::size_t u = 0; u < flags.size(); ++u)
                flags[u] |= counted.mergeable[u] | (counted.active[u] == 0 ? 1 : 0);
            counted.removable = std::count(flags.begin(), flags.end(), 1);
        }
    }
    out.parameters = learnedParameters(spec);
    out.prunable = out.parameters - learnedParameters(spec, removed);
    return out;
}

std::int64_t learnedParameters(const ModelSpec& spec, std::span<const std::vector<std::uint8_t>> removed) {
    const auto gone = [&](std::size_t layer, std::int64_t unit) {
        return layer < removed.size() && !removed[layer].empty() && removed[layer][static_cast<std::size_t>(unit)];
    };
    std::int64_t sum = 0;
    for (std::size_t at = 0; at < spec.bottomMlp.size() + spec.topMlp.size(); ++at) {
        const bool top = at >= spec.bottomMlp.size();
        const std::size_t index = top ? at - spec.bottomMlp.size() : at;
        const LayerSpec& l = (top ? spec.topMlp : spec.bottomMlp)[index];
        std::int64_t inputs = 0, outputs = 0;
        for (std::int64_t i = 0; i < l.inputs - l.paddingInputs; ++i) {
            const LayerInput input = layerInput(spec, top, index, i);
            const bool unit = input.kind == LayerInput::Kind::Unit || input.kind == LayerInput::Kind::Bottom;
            inputs += unit && gone(at - 1, input.first) ? 0 : 1;
        }
        for (std::int64_t o = 0; o < l.outputs; ++o) outputs += gone(at, o) ? 0 : 1;
        sum += inputs * outputs + outputs;
    }
    return sum;
}

}  // namespace dlrm
