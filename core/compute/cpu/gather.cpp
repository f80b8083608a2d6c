// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/gather.h"

#include <algorithm>

namespace dlrm::cpu {

Gather::Gather(std::span<const TableView> tables, std::span<const int> order) : m_tables(tables), m_order(order) {
    for (const TableView& t : tables) m_widest = std::max(m_widest, t.dim());
    const bool direct = std::all_of(tables.begin(), tables.end(), [](const TableView& t) { return t.rows() > 0 && t.floatRow(0) != nullptr; });
    if (!direct) m_converted = AlignedArray<float>(static_cast<std::int64_t>(tables.size()) * m_widest);
}

void Gather::prefetch(const BatchView& batch, std::int64_t row) const {
    if (row >= batch.rows) return;
    for (std::size_t t = 0; t < m_tables.size(); ++t) {
        const std::int32_t id = batch.ids[t * static_cast<std::size_t>(batch.idStride) + static_cast<std::size_t>(row)];
        const auto* values = reinterpret_cast<const char*>(m_tables[t].floatRow(id));
        if (!values) continue;
        const auto bytes = m_tables[t].dim() * static_cast<std::int64_t>(sizeof(float));
        for (std::int64_t b = 0; b < bytes; b += static_cast<std::int64_t>(kCacheLine)) __builtin_prefetch(values + b);
    }
}

void Gather::lookUp(const BatchView& batch, std::int64_t row, std::span<const float*> vectors) {
    for (std::size_t k = 0; k < m_order.size(); ++k) {
        const auto t = static_cast<std::size_t>(m_order[k]);
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
