// SPDX-License-Identifier: Apache-2.0
// Tables in memory, stored in any of the ways files store them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <random>
#include <vector>

#include "core/base/float_conversions.h"
#include "core/model/table_view.h"

namespace dlrm::test {

enum class Storage { Plain, BigEndian, ColumnParts, RowParts, Fortran, Unaligned, Half, BFloat, Double };

// Owns the bytes of a view. values: (rows, dim) row-major.
class MemoryTable {
public:
    MemoryTable(std::int64_t rows, std::int64_t dim, std::vector<float> values, Storage storage = Storage::Plain)
        : m_rows(rows), m_dim(dim), m_values(std::move(values)) {
        switch (storage) {
            case Storage::Plain:
                add<std::uint32_t>(0, rows, 0, dim, false, false, bitsOf);
                break;
            case Storage::BigEndian:
                add<std::uint32_t>(0, rows, 0, dim, true, false, bitsOf);
                break;
            case Storage::Fortran:
                add<std::uint32_t>(0, rows, 0, dim, false, true, bitsOf);
                break;
            case Storage::Unaligned:
                add<std::uint32_t>(0, rows, 0, dim, false, false, bitsOf, 1);
                break;
            case Storage::ColumnParts:
                add<std::uint32_t>(0, rows, 0, dim / 2, false, false, bitsOf);
                add<std::uint32_t>(0, rows, dim / 2, dim - dim / 2, false, false, bitsOf);
                break;
            case Storage::RowParts:
                for (std::int64_t first = 0; first < rows; first += 100)
                    add<std::uint32_t>(first, std::min<std::int64_t>(100, rows - first), 0, dim, false, false, bitsOf);
                break;
            case Storage::Half:
                add<std::uint16_t>(0, rows, 0, dim, false, false, floatToHalf);
                break;
            case Storage::BFloat:
                add<std::uint16_t>(0, rows, 0, dim, false, false, floatToBfloat16);
                break;
            case Storage::Double:
                add<std::uint64_t>(0, rows, 0, dim, false, false,
                                   [](float v) { return std::bit_cast<std::uint64_t>(static_cast<double>(v)); });
                break;
        }
        std::vector<TablePart> parts = m_parts;
        for (std::size_t p = 0; p < parts.size(); ++p) parts[p].data = m_bytes[p].data() + m_offsets[p];
        const DType dtype = storage == Storage::Half     ? DType::Float16
                            : storage == Storage::BFloat ? DType::BFloat16
                            : storage == Storage::Double ? DType::Float64
                                                         : DType::Float32;
        m_view = TableView(rows, dim, dtype, std::move(parts));
    }
    MemoryTable(const MemoryTable&) = delete;
    MemoryTable& operator=(const MemoryTable&) = delete;
    const TableView& view() const { return m_view; }

private:
    static std::uint32_t bitsOf(float v) { return std::bit_cast<std::uint32_t>(v); }

    template <class Bits, class Convert>
    void add(std::int64_t firstRow, std::int64_t rows, std::int64_t firstColumn, std::int64_t columns, bool swapped,
             bool fortran, Convert convert, std::size_t offset = 0) {
        const auto item = static_cast<std::int64_t>(sizeof(Bits));
        TablePart part{firstRow,
                       rows,
                       firstColumn,
                       columns,
                       nullptr,
                       fortran ? item : columns * item,
                       fortran ? rows * item : item,
                       swapped};
        std::vector<std::byte> bytes(static_cast<std::size_t>(rows * columns * item) + offset);
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t c = 0; c < columns; ++c) {
                Bits bits = convert(m_values[static_cast<std::size_t>((firstRow + r) * m_dim + firstColumn + c)]);
                if (swapped) bits = byteSwapped(bits);
                std::memcpy(bytes.data() + offset + r * part.rowStride + c * part.columnStride, &bits, sizeof bits);
            }
        m_parts.push_back(part);
        m_bytes.push_back(std::move(bytes));
        m_offsets.push_back(offset);
    }

    std::int64_t m_rows, m_dim;
    std::vector<float> m_values;
    std::vector<TablePart> m_parts;
    std::vector<std::vector<std::byte>> m_bytes;
    std::vector<std::size_t> m_offsets;
    TableView m_view;
};

// Normal values times `scale`, around `mean`.
inline std::vector<float> normalValues(std::int64_t count, float scale, float mean, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(mean, scale);
    std::vector<float> out(static_cast<std::size_t>(count));
    for (float& v : out) v = normal(random);
    return out;
}

// What an initializer leaves: fl(fl(k/2²³ · 2a) − a), rounded separately whatever the compiler would fuse.
inline std::vector<float> initialValues(std::int64_t count, float bound, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<float> out(static_cast<std::size_t>(count));
    for (float& v : out) {
        const volatile float product = static_cast<float>(random() >> 9) * 0x1p-23f * (2 * bound);
        v = product - bound;
    }
    return out;
}

}  // namespace dlrm::test
