// SPDX-License-Identifier: Apache-2.0
#include "core/model/table_view.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "core/base/float_conversions.h"

namespace dlrm {
namespace {

template <class Bits>
Bits load(const std::byte* at, bool swap) {
    Bits bits;
    std::memcpy(&bits, at, sizeof bits);
    return swap ? byteSwapped(bits) : bits;
}

// `count` values, `stride` bytes apart, to float32.
template <class Bits, class Convert>
void copyValues(const std::byte* from, std::int64_t stride, std::int64_t count, bool swap, float* to, Convert convert) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = convert(load<Bits>(from + i * stride, swap));
}

void copyPartRow(const TablePart& part, DType dtype, std::int64_t row, float* to) {
    const std::byte* from = part.data + (row - part.firstRow) * part.rowStride;
    const bool dense = part.columnStride == itemSize(dtype) && !part.byteSwapped;
    switch (dtype) {
        case DType::Float32:
            if (dense) std::memcpy(to, from, static_cast<std::size_t>(part.columns) * sizeof(float));
            else
                copyValues<std::uint32_t>(from, part.columnStride, part.columns, part.byteSwapped, to,
                                          [](std::uint32_t b) { return std::bit_cast<float>(b); });
            break;
        case DType::Float16:
            // The constant stride of the usual case lets the compiler use vector instructions.
            if (dense) copyValues<std::uint16_t>(from, 2, part.columns, false, to, halfToFloat);
            else copyValues<std::uint16_t>(from, part.columnStride, part.columns, part.byteSwapped, to, halfToFloat);
            break;
        case DType::BFloat16:
            copyValues<std::uint16_t>(from, part.columnStride, part.columns, part.byteSwapped, to, bfloat16ToFloat);
            break;
        case DType::Float64:
            copyValues<std::uint64_t>(from, part.columnStride, part.columns, part.byteSwapped, to,
                                      [](std::uint64_t b) { return static_cast<float>(std::bit_cast<double>(b)); });
            break;
    }
}

}  // namespace

TableView::TableView(std::int64_t rows, std::int64_t dim, DType dtype, std::vector<TablePart> parts)
    : m_rows(rows), m_dim(dim), m_dtype(dtype), m_parts(std::move(parts)) {
    if (m_parts.empty()) return;
    m_rowsPerBlock = std::max<std::int64_t>(m_parts.front().rows, 1);
    m_columnBlocks = std::count_if(m_parts.begin(), m_parts.end(), [](const TablePart& p) { return p.firstRow == 0; });
    if (std::has_single_bit(static_cast<std::uint64_t>(m_rowsPerBlock)))
        m_blockShift = std::countr_zero(static_cast<std::uint64_t>(m_rowsPerBlock));
    m_direct = m_dtype == DType::Float32 && m_columnBlocks == 1 &&
               std::all_of(m_parts.begin(), m_parts.end(), [](const TablePart& p) {
                   return !p.byteSwapped && p.columnStride == 4 && p.rowStride % 4 == 0 &&
                          reinterpret_cast<std::uintptr_t>(p.data) % alignof(float) == 0;
               });
}

void TableView::copyRow(std::int64_t row, std::span<float> out) const {
    assert(row >= 0 && row < m_rows && static_cast<std::int64_t>(out.size()) >= m_dim);
    const std::int64_t block = m_blockShift >= 0 ? row >> m_blockShift : row / m_rowsPerBlock;
    for (std::int64_t c = 0; c < m_columnBlocks; ++c) {
        const TablePart& part = m_parts[static_cast<std::size_t>(block * m_columnBlocks + c)];
        copyPartRow(part, m_dtype, row, out.data() + part.firstColumn);
    }
}

}  // namespace dlrm
