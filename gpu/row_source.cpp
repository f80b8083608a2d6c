// SPDX-License-Identifier: Apache-2.0
#include "gpu/row_source.h"

#include <algorithm>
#include <cstring>
#include <string>

#include <cuda_fp16.h>

#include "gpu/support/errors.h"

namespace dlrm::cuda {
namespace {

Element elementOf(std::int32_t type) {
    switch (type) {
        case DLRM_TYPE_F16:
            return Element::F16;
        case DLRM_TYPE_BF16:
            return Element::BF16;
        case DLRM_TYPE_F32:
        case DLRM_TYPE_F64:
            return Element::F32;
        default:
            throw shapeFailure("tables of float16, bfloat16, float32 or float64", "type " + std::to_string(type));
    }
}

// One element of Bytes bytes, reversed when the file has the other byte order.
template <std::size_t Bytes>
void copyElement(const char* from, char* to, bool swapped) {
    std::memcpy(to, from, Bytes);
    if (swapped) std::reverse(to, to + Bytes);
}

}  // namespace

RowSource::RowSource(const dlrm_table& table)
    : m_rows(table.rows),
      m_dim(table.dim),
      m_type(table.type),
      m_element(elementOf(table.type)),
      m_fileBytes(table.type == DLRM_TYPE_F64 ? 8 : elementBytes(m_element)),
      m_parts(table.parts, table.parts + table.part_count) {
    std::sort(m_parts.begin(), m_parts.end(), [](const dlrm_table_part& a, const dlrm_table_part& b) {
        return a.first_row != b.first_row ? a.first_row < b.first_row : a.first_column < b.first_column;
    });
    std::int64_t row = 0, column = 0, blockRows = 0;
    for (const dlrm_table_part& p : m_parts) {
        if (column == 0) blockRows = p.rows;
        if (p.first_row != row || p.first_column != column || p.rows != blockRows || p.rows < 1 || p.columns < 1 ||
            column + p.columns > m_dim)
            throw shapeFailure("parts that cover the table once", "a part at row " + std::to_string(p.first_row) +
                                                                      ", column " + std::to_string(p.first_column));
        column += p.columns;
        if (column < m_dim) continue;
        column = 0;
        row += blockRows;
    }
    if (row != m_rows || column != 0)
        throw shapeFailure(std::to_string(m_rows) + " rows in a table's parts", std::to_string(row));
}

void RowSource::read(std::int64_t first, std::int64_t count, void* out) const {
    auto* to = static_cast<char*>(out);
    auto part = std::upper_bound(m_parts.begin(), m_parts.end(), first,
                                 [](std::int64_t row, const dlrm_table_part& p) { return row < p.first_row; });
    --part;
    const std::int64_t blockFirst = part->first_row;
    while (part != m_parts.begin() && std::prev(part)->first_row == blockFirst) --part;
    for (; part != m_parts.end() && part->first_row < first + count; ++part) {
        const std::int64_t from = std::max(first, part->first_row),
                           end = std::min(first + count, part->first_row + part->rows);
        if (from < end) readPart(*part, from, end - from, to + (from - first) * rowBytes());
    }
}

void RowSource::readPart(const dlrm_table_part& part, std::int64_t first, std::int64_t count, char* out) const {
    const char* data = static_cast<const char*>(part.data) + (first - part.first_row) * part.row_stride_bytes;
    const std::int64_t bytes = elementBytes(m_element);
    out += part.first_column * bytes;
    if (m_type != DLRM_TYPE_F64 && !part.byte_swapped && part.column_stride_bytes == bytes) {
        if (part.columns == m_dim && part.row_stride_bytes == rowBytes()) {
            std::memcpy(out, data, static_cast<std::size_t>(count * rowBytes()));
            return;
        }
        for (std::int64_t r = 0; r < count; ++r)
            std::memcpy(out + r * rowBytes(), data + r * part.row_stride_bytes,
                        static_cast<std::size_t>(part.columns * bytes));
        return;
    }
    const bool swapped = part.byte_swapped != 0;
    for (std::int64_t r = 0; r < count; ++r) {
        const char* from = data + r * part.row_stride_bytes;
        char* to = out + r * rowBytes();
        for (std::int64_t c = 0; c < part.columns; ++c, from += part.column_stride_bytes, to += bytes) {
            if (m_type == DLRM_TYPE_F64) {
                double wide;
                copyElement<8>(from, reinterpret_cast<char*>(&wide), swapped);
                const auto value = static_cast<float>(wide);
                std::memcpy(to, &value, sizeof value);
            } else if (bytes == 4) {
                copyElement<4>(from, to, swapped);
            } else {
                copyElement<2>(from, to, swapped);
            }
        }
    }
}

void RowSource::readFloats(std::int64_t row, float* out) const {
    read(row, 1, out);
    if (m_element == Element::F32) return;
    // Widened from the back: the 16-bit values stand in the first half of `out`.
    for (std::int64_t c = m_dim - 1; c >= 0; --c) {
        std::uint16_t bits;
        std::memcpy(&bits, reinterpret_cast<const char*>(out) + c * 2, sizeof bits);
        float value;
        if (m_element == Element::F16) {
            value = __half2float(__half(__half_raw{bits}));
        } else {
            const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
            std::memcpy(&value, &wide, sizeof value);
        }
        std::memcpy(out + c, &value, sizeof value);
    }
}

}  // namespace dlrm::cuda
