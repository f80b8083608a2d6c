// SPDX-License-Identifier: Apache-2.0
#include "core/measure/unit_activity.h"

#include <bit>
#include <string>

#include "core/measure/state_counts.h"

namespace dlrm {

Result<void> UnitActivity::add(const MeasuredRows& rows) {
    const std::int64_t count = rows.rows.rows;
    const std::int64_t firstSampled = m_counts.firstSampled(rows.firstRow),
                       endSampled = m_counts.firstSampled(rows.firstRow + count);
    for (std::size_t l = 0; l < m_counts.layers.size(); ++l) {
        AtlasLayer& layer = m_counts.layers[l];
        const std::vector<float>& outputs =
            (layer.top ? rows.intermediates->topActivations : rows.intermediates->bottomActivations)[layer.layer];
        const std::size_t units = layer.active.size();
        std::vector<std::int32_t> active(units);
        for (std::int64_t r = 0; r < count; ++r) {
            const float* row = outputs.data() + static_cast<std::size_t>(r) * units;
            for (std::size_t u = 0; u < units; ++u) active[u] += row[u] > 0 ? 1 : 0;
        }
        for (std::size_t u = 0; u < units; ++u) layer.active[u] += active[u];
        for (std::int64_t k = firstSampled; k < endSampled; ++k) {
            const float* row =
                outputs.data() + static_cast<std::size_t>(m_counts.sampledRow(k) - rows.firstRow) * units;
            std::uint64_t* words = m_counts.patterns[l].data() + static_cast<std::size_t>(k / 64);
            for (std::size_t u = 0; u < units; ++u)
                words[u * m_counts.words] |= static_cast<std::uint64_t>(row[u] > 0 ? 1 : 0) << (k % 64);
        }
    }
    m_counts.rows += count;
    return {};
}

std::vector<std::int64_t> UnitActivity::shape() const {
    std::vector<std::int64_t> out{m_counts.range.first, m_counts.range.last};
    for (const AtlasLayer& layer : m_counts.layers) {
        out.push_back(layer.top ? 1 : 0);
        out.push_back(static_cast<std::int64_t>(layer.layer));
        out.push_back(std::ssize(layer.active));
    }
    return out;
}

Result<void> UnitActivity::mergeSame(Measure& other) {
    const UnitCounts& from = static_cast<UnitActivity&>(other).m_counts;
    for (std::size_t l = 0; l < m_counts.layers.size(); ++l) {
        for (std::size_t u = 0; u < m_counts.layers[l].active.size(); ++u)
            m_counts.layers[l].active[u] += from.layers[l].active[u];
        for (std::size_t w = 0; w < m_counts.patterns[l].size(); ++w) m_counts.patterns[l][w] |= from.patterns[l][w];
    }
    m_counts.rows += from.rows;
    return {};
}

void UnitActivity::saveInto(MeasureState& state) {
    std::vector<std::int64_t> active, patterns;
    for (std::size_t l = 0; l < m_counts.layers.size(); ++l) {
        active.insert(active.end(), m_counts.layers[l].active.begin(), m_counts.layers[l].active.end());
        for (const std::uint64_t word : m_counts.patterns[l]) patterns.push_back(std::bit_cast<std::int64_t>(word));
    }
    state.put("rows", std::vector<std::int64_t>{m_counts.rows});
    state.put("active", std::move(active));
    state.put("patterns", std::move(patterns));
}

Result<void> UnitActivity::loadFrom(MeasureState& state) {
    std::int64_t units = 0, words = 0;
    for (std::size_t l = 0; l < m_counts.layers.size(); ++l) {
        units += std::ssize(m_counts.layers[l].active);
        words += std::ssize(m_counts.patterns[l]);
    }
    DLRM_TRY(const auto rows, takeRows(state));
    DLRM_TRY(const auto active, state.take<std::int64_t>("active", units));
    DLRM_TRY(const auto patterns, state.take<std::int64_t>("patterns", words));
    const std::int64_t unused = static_cast<std::int64_t>(m_counts.words) * 64 - m_counts.sample;  // bits of the last
    auto count = active.begin();
    auto word = patterns.begin();
    for (std::size_t l = 0; l < m_counts.layers.size(); ++l)
        for (std::size_t u = 0; u < m_counts.layers[l].active.size(); ++u) {
            std::int64_t on = 0;
            for (std::size_t w = 0; w < m_counts.words; ++w) {
                const auto bits = std::bit_cast<std::uint64_t>(*word++);
                m_counts.patterns[l][u * m_counts.words + w] = bits;
                on += std::popcount(bits);
                if (w + 1 == m_counts.words && unused > 0 && bits >> (64 - unused) != 0)
                    return fail(impossibleState("patterns", "bits of " + std::to_string(m_counts.sample) + " rows",
                                                "more bits"));
            }
            if (*count < on || *count > rows)
                return fail(impossibleState(
                    "active", std::to_string(on) + " .. " + std::to_string(rows) + ", the rows of the sample and all",
                    std::to_string(*count)));
            m_counts.layers[l].active[u] = *count++;
        }
    m_counts.rows = rows;
    return {};
}

}  // namespace dlrm
