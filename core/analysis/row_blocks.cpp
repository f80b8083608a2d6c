// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/row_blocks.h"

#include <cassert>

namespace dlrm {

FloatRows RowBlockReader::read(std::int64_t first, std::int64_t count) {
    assert(first >= 0 && count >= 1 && first + count <= m_table.rows());
    const std::int64_t dim = m_table.dim();
    if (const float* data = m_table.floatRow(first)) {
        const auto parts = m_table.parts();
        const auto part = std::upper_bound(parts.begin(), parts.end(), first, [](std::int64_t row, const TablePart& p) { return row < p.firstRow; }) - 1;
        return {data, part->rowStride / static_cast<std::int64_t>(sizeof(float)), std::min(count, part->firstRow + part->rows - first)};
    }
    if (m_converted.size() < count * dim) m_converted = cpu::AlignedArray<float>(count * dim);
    for (std::int64_t r = 0; r < count; ++r)
        m_table.copyRow(first + r, {m_converted.data() + r * dim, static_cast<std::size_t>(dim)});
    return {m_converted.data(), dim, count};
}

std::int64_t rowsPerChunk(std::int64_t dim) {
    constexpr std::int64_t kFloats = std::int64_t{128} << 10;
    constexpr std::int64_t kFewest = 64;
    return std::max(kFewest, kFloats / std::max<std::int64_t>(1, dim));
}

}  // namespace dlrm
