// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/gather.h"

#include <algorithm>

namespace dlrm::cpu {

Gather::Gather(std::span<const TableView> tables, std::span<const int> order, std::optional<Combiner> combiner)
    : m_tables(tables), m_order(order), m_combiner(combiner) {
    for (const TableView& t : tables) m_widest = std::max(m_widest, t.dim());
    const bool direct = std::all_of(tables.begin(), tables.end(),
                                    [](const TableView& t) { return t.rows() > 0 && t.floatRow(0) != nullptr; });
    if (!direct) m_converted = AlignedArray<float>(static_cast<std::int64_t>(tables.size()) * m_widest);
}

void Gather::prefetch(const BatchView& batch, std::int64_t row) const {
    if (row >= batch.rows) return;
    const auto one = [&](std::size_t t, std::int32_t id) {
        const auto* values = reinterpret_cast<const char*>(m_tables[t].floatRow(id));
        if (!values) return;
        const auto bytes = m_tables[t].dim() * static_cast<std::int64_t>(sizeof(float));
        for (std::int64_t b = 0; b < bytes; b += static_cast<std::int64_t>(kCacheLine)) __builtin_prefetch(values + b);
    };
    for (std::size_t t = 0; t < m_tables.size(); ++t) {
        if (batch.multiHot())
            for (const std::int32_t id : batch.bag(t, row)) one(t, id);
        else one(t, batch.ids[t * static_cast<std::size_t>(batch.idStride) + static_cast<std::size_t>(row)]);
    }
}

const float* Gather::combine(std::size_t table, std::span<const std::int32_t> ids, float* to) {
    const auto dim = static_cast<std::size_t>(m_tables[table].dim());
    m_row.resize(static_cast<std::size_t>(m_widest));
    m_sum.assign(dim, 0.0);
    for (const std::int32_t id : ids) {
        m_tables[table].copyRow(id, std::span(m_row).first(dim));
        for (std::size_t c = 0; c < dim; ++c) m_sum[c] += static_cast<double>(m_row[c]);
    }
    const double count = m_combiner == Combiner::Mean ? static_cast<double>(ids.size()) : 1.0;
    for (std::size_t c = 0; c < dim; ++c) to[c] = static_cast<float>(m_sum[c] / count);
    return to;
}

void Gather::lookUp(const BatchView& batch, std::int64_t row, std::span<const float*> vectors) {
    if (batch.multiHot() && m_converted.size() == 0)
        m_converted = AlignedArray<float>(static_cast<std::int64_t>(m_tables.size()) * m_widest);
    for (std::size_t k = 0; k < m_order.size(); ++k) {
        const auto t = static_cast<std::size_t>(m_order[k]);
        if (batch.multiHot()) {
            vectors[1 + k] =
                combine(t, batch.bag(t, row), m_converted.data() + static_cast<std::int64_t>(k) * m_widest);
            continue;
        }
        const std::int32_t id = batch.ids[t * static_cast<std::size_t>(batch.idStride) + static_cast<std::size_t>(row)];
        const float* values = m_tables[t].floatRow(id);
        if (!values) {
            float* converted = m_converted.data() + static_cast<std::int64_t>(k) * m_widest;
            m_tables[t].copyRow(id, {converted, static_cast<std::size_t>(m_tables[t].dim())});
            values = converted;
        }
        vectors[1 + k] = values;
    }
}

}  // namespace dlrm::cpu
