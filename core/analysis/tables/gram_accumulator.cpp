// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/gram_accumulator.h"

#include <algorithm>
#include <cstring>

namespace dlrm {
namespace {

using kernels::kBlockRows;
using kernels::kPanel;

}  // namespace

GramAccumulator::GramAccumulator(std::int64_t dim)
    : m_dim(dim),
      m_panels((dim + kPanel - 1) / kPanel),
      m_pack(m_panels * kPanel * kBlockRows),
      m_tiles(m_panels * (m_panels + 1) / 2 * kPanel * kPanel),
      m_sums(m_panels * kPanel) {}

void GramAccumulator::add(const float* x, float factor) {
    float* to = m_pack.data() + m_packed * kPanel;
    std::int64_t c = 0;
    if (factor == 1) {
        for (; c + kPanel <= m_dim; c += kPanel, to += kBlockRows * kPanel)
            std::memcpy(to, x + c, kPanel * sizeof(float));
        std::copy(x + c, x + m_dim, to);  // the rest of the last panel stays zero
    } else {
        for (; c < m_dim; ++c)
            m_pack.data()[(c / kPanel * kBlockRows + m_packed) * kPanel + c % kPanel] = x[c] * factor;
    }
    ++m_rows;
    if (++m_packed == kBlockRows) flush();
}

void GramAccumulator::flush() {
    if (m_packed > 0) kernels::gramBlock(m_pack.data(), m_packed, m_panels, m_tiles.data(), m_sums.data());
    m_packed = 0;
}

void GramAccumulator::add(const GramAccumulator& later) {
    for (std::int64_t i = 0; i < m_tiles.size(); ++i) m_tiles.data()[i] += later.m_tiles.data()[i];
    for (std::int64_t i = 0; i < m_sums.size(); ++i) m_sums.data()[i] += later.m_sums.data()[i];
    m_rows += later.m_rows;
}

void GramAccumulator::clear() {
    std::fill_n(m_tiles.data(), m_tiles.size(), 0.0);
    std::fill_n(m_sums.data(), m_sums.size(), 0.0);
    m_rows = m_packed = 0;
}

Gram GramAccumulator::gram() const {
    Gram out;
    out.dim = m_dim;
    out.rows = m_rows;
    out.products.resize(static_cast<std::size_t>(m_dim * m_dim));
    out.sums.assign(m_sums.data(), m_sums.data() + m_dim);
    const double* tile = m_tiles.data();
    for (std::int64_t i = 0; i < m_panels; ++i)
        for (std::int64_t j = i; j < m_panels; ++j, tile += kPanel * kPanel)
            for (std::int64_t r = 0; r < kPanel; ++r)
                for (std::int64_t c = 0; c < kPanel; ++c) {
                    const std::int64_t row = i * kPanel + r, column = j * kPanel + c;
                    if (row >= m_dim || column >= m_dim || row > column) continue;
                    out.products[static_cast<std::size_t>(row * m_dim + column)] = tile[r * kPanel + c];
                    out.products[static_cast<std::size_t>(column * m_dim + row)] = tile[r * kPanel + c];
                }
    return out;
}

}  // namespace dlrm
