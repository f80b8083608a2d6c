// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/unit_atlas.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/analysis/layer_inputs.h"
#include "core/analysis/prunable_units.h"

namespace dlrm {

UnitCounter::UnitCounter(const ModelSpec& spec, const ModelLayers& layers, RowRange range)
    : m_spec(spec), m_layers(layers), m_range(range), m_sample(std::min(range.size(), kPatternRows)), m_words(static_cast<std::size_t>((m_sample + 63) / 64)) {
    for (const LayerStatistics& layer : layers.layers) {
        if (!layer.spec.relu) continue;
        AtlasLayer counts;
        counts.name = layer.spec.name;
        counts.top = layer.top;
        counts.layer = layer.index;
        counts.active.resize(static_cast<std::size_t>(layer.spec.outputs));
        m_patterns.emplace_back(counts.active.size() * m_words);
        m_counts.push_back(std::move(counts));
    }
}

std::int64_t UnitCounter::sampledRow(std::int64_t k) const {
    const std::int64_t whole = m_range.size() / m_sample, rest = m_range.size() % m_sample;
    return m_range.first + k * whole + k * rest / m_sample;
}

void UnitCounter::add(std::int64_t firstRow, std::int64_t rows, const Intermediates& values) {
    const std::int64_t firstSampled = m_sampled;
    while (m_sampled < m_sample && sampledRow(m_sampled) < firstRow + rows) ++m_sampled;
    for (std::size_t l = 0; l < m_counts.size(); ++l) {
        AtlasLayer& layer = m_counts[l];
        const std::vector<float>& outputs = (layer.top ? values.topActivations : values.bottomActivations)[layer.layer];
        const std::size_t units = layer.active.size();
        std::vector<std::int32_t> active(units);
        for (std::int64_t r = 0; r < rows; ++r) {
            const float* row = outputs.data() + static_cast<std::size_t>(r) * units;
            for (std::size_t u = 0; u < units; ++u) active[u] += row[u] > 0 ? 1 : 0;
        }
        for (std::size_t u = 0; u < units; ++u) layer.active[u] += active[u];
        for (std::int64_t k = firstSampled; k < m_sampled; ++k) {
            const float* row = outputs.data() + static_cast<std::size_t>(sampledRow(k) - firstRow) * units;
            std::uint64_t* words = m_patterns[l].data() + static_cast<std::size_t>(k / 64);
            for (std::size_t u = 0; u < units; ++u) words[u * m_words] |= static_cast<std::uint64_t>(row[u] > 0 ? 1 : 0) << (k % 64);
        }
    }
    m_rows += rows;
}

UnitAtlas UnitCounter::interim() const {
    UnitAtlas out;
    out.rows = m_rows;
    out.totalRows = m_range.size();
    out.firstRow = m_range.first;
    out.layers = m_counts;
    for (AtlasLayer& layer : out.layers) {
        layer.never = std::count(layer.active.begin(), layer.active.end(), 0);
        layer.always = std::count(layer.active.begin(), layer.active.end(), m_rows);
    }
    return out;
}

void UnitCounter::findPatterns(std::size_t index, AtlasLayer& layer) const {
    const LayerStatistics& weights = *m_layers.find(layer.top, static_cast<int>(layer.layer));
    const std::vector<std::uint64_t>& patterns = m_patterns[index];
    const auto pattern = [&](std::size_t unit) {
        return std::string_view(reinterpret_cast<const char*>(patterns.data() + unit * m_words), m_words * sizeof(std::uint64_t));
    };
    const bool vector = !layer.top && layer.layer + 1 == m_spec.bottomMlp.size();
    const std::size_t units = layer.active.size();
    layer.patternOf.assign(units, -1);
    layer.mergeable.assign(units, 0);
    std::unordered_map<std::string_view, std::size_t> first;
    for (std::size_t u = 0; u < units; ++u) {
        std::int64_t on = 0;
        for (std::size_t w = 0; w < m_words; ++w) on += __builtin_popcountll(patterns[u * m_words + w]);
        if (on > 0 && on < m_sample)
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

UnitAtlas UnitCounter::result() const {
    UnitAtlas out = interim();
    out.final = true;
    out.patternRows = m_sample;
    for (std::size_t l = 0; l < out.layers.size(); ++l) findPatterns(l, out.layers[l]);
    std::vector<std::vector<std::uint8_t>> removed = provedPrunable(m_layers);
    for (std::size_t l = 0; l < removed.size(); ++l) {
        std::vector<std::uint8_t>& flags = removed[l];
        for (AtlasLayer& counted : out.layers) {
            if (counted.top != m_layers.layers[l].top || counted.layer != m_layers.layers[l].index) continue;
            for (std::size_t u = 0; u < flags.size(); ++u)
                flags[u] |= counted.mergeable[u] | (counted.active[u] == 0 ? 1 : 0);
            counted.removable = std::count(flags.begin(), flags.end(), 1);
        }
    }
    out.parameters = learnedParameters(m_spec);
    out.prunable = out.parameters - learnedParameters(m_spec, removed);
    return out;
}

std::int64_t learnedParameters(const ModelSpec& spec, std::span<const std::vector<std::uint8_t>> removed) {
    const auto gone = [&](std::size_t layer, std::int64_t unit) { return layer < removed.size() && !removed[layer].empty() && removed[layer][static_cast<std::size_t>(unit)]; };
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
