// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/row_blocks.h"

#include <cassert>

namespace dlrm {
namespace {

constexpr std::int64_t kPieceChunks = 16;  // half a MiB each: see rowsPerChunk()

}  // namespace

FloatRows RowBlockReader::read(std::int64_t first, std::int64_t count) {
    assert(first >= 0 && count >= 1 && first + count <= m_table.rows());
    const std::int64_t dim = m_table.dim();
    if (const float* data = m_table.floatRow(first)) {
        const auto parts = m_table.parts();
        const auto part = std::upper_bound(parts.begin(), parts.end(), first,
                                           [](std::int64_t row, const TablePart& p) { return row < p.firstRow; }) -
                          1;
        return {data, part->rowStride / static_cast<std::int64_t>(sizeof(float)),
                std::min(count, part->firstRow + part->rows - first)};
    }
    if (m_converted.size() < count * dim) m_converted = cpu::AlignedArray<float>(count * dim);
    for (std::int64_t r = 0; r < count; ++r)
        m_table.copyRow(first + r, {m_converted.data() + r * dim, static_cast<std::size_t>(dim)});
    return {m_converted.data(), dim, count};
}

RowsBehind::RowsBehind(std::int64_t rows, std::int64_t chunk, const ReleaseRows& release)
    : m_rows(rows),
      m_pieceRows(kPieceChunks * chunk),
      m_chunk(chunk),
      m_release(release),
      m_left(release ? static_cast<std::size_t>((rows + m_pieceRows - 1) / m_pieceRows) : 0) {
    for (std::size_t p = 0; p < m_left.size(); ++p) {
        const std::int64_t begin = static_cast<std::int64_t>(p) * m_pieceRows;
        m_left[p] = (std::min(m_pieceRows, m_rows - begin) + m_chunk - 1) / m_chunk;
    }
}

void RowsBehind::finished(std::int64_t first) {
    if (m_left.empty()) return;
    const std::int64_t piece = first / m_pieceRows, begin = piece * m_pieceRows;
    if (--m_left[static_cast<std::size_t>(piece)] == 0) m_release(begin, std::min(m_pieceRows, m_rows - begin));
}

std::int64_t rowsPerChunk(std::int64_t dim) {
    constexpr std::int64_t kFloats = std::int64_t{128} << 10;
    constexpr std::int64_t kFewest = 64;
    return std::max(kFewest, kFloats / std::max<std::int64_t>(1, dim));
}

}  // namespace dlrm
