// SPDX-License-Identifier: Apache-2.0
// Tables in memory, of any type and layout, for tests of whole-table work.
#pragma once

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "core/base/float_conversions.h"
#include "core/model/table_view.h"

namespace dlrm::test {

struct MadeTable {
    std::int64_t rows = 0, dim = 0;
    std::vector<float> values;  // as the view gives them
    std::vector<std::unique_ptr<std::vector<std::byte>>> storage;
    TableView view;
    std::span<const float> row(std::int64_t r) const {
        return std::span(values).subspan(static_cast<std::size_t>(r * dim), static_cast<std::size_t>(dim));
    }
};

enum class Cut {
    Whole,
    Rows,
    Columns,
    Fortran
};  // one part; parts of rows; parts of rows and columns; one part, column by column

inline void put(std::byte* at, DType dtype, float value) {
    const auto copy = [&](auto bits) { std::memcpy(at, &bits, sizeof bits); };
    switch (dtype) {
        case DType::Float32:
            copy(value);
            break;
        case DType::Float16:
            copy(floatToHalf(value));
            break;
        case DType::BFloat16:
            copy(floatToBfloat16(value));
            break;
        case DType::Float64:
            copy(static_cast<double>(value));
            break;
    }
}

// values: (rows, dim); what the type cannot hold is rounded.
inline MadeTable makeTable(std::vector<float> values, std::int64_t dim, DType dtype = DType::Float32,
                           Cut cut = Cut::Whole) {
    MadeTable made;
    made.dim = dim;
    made.rows = static_cast<std::int64_t>(values.size()) / dim;
    const std::int64_t item = itemSize(dtype);
    const std::int64_t rowsPerPart = cut == Cut::Rows || cut == Cut::Columns
                                         ? std::max<std::int64_t>(1, (made.rows + 2) / 3)
                                         : std::max<std::int64_t>(1, made.rows);
    const std::int64_t columnsPerPart = cut == Cut::Columns && dim > 1 ? (dim + 1) / 2 : dim;
    std::vector<TablePart> parts;
    for (std::int64_t r = 0; r < made.rows; r += rowsPerPart)
        for (std::int64_t c = 0; c < dim; c += columnsPerPart) {
            TablePart part{.firstRow = r,
                           .rows = std::min(rowsPerPart, made.rows - r),
                           .firstColumn = c,
                           .columns = std::min(columnsPerPart, dim - c)};
            made.storage.push_back(
                std::make_unique<std::vector<std::byte>>(static_cast<std::size_t>(part.rows * part.columns * item)));
            std::byte* data = made.storage.back()->data();
            part.data = data;
            part.rowStride = cut == Cut::Fortran ? item : part.columns * item;
            part.columnStride = cut == Cut::Fortran ? part.rows * item : item;
            for (std::int64_t i = 0; i < part.rows; ++i)
                for (std::int64_t j = 0; j < part.columns; ++j)
                    put(data + i * part.rowStride + j * part.columnStride, dtype,
                        values[static_cast<std::size_t>((r + i) * dim + c + j)]);
            parts.push_back(part);
        }
    made.view = TableView(made.rows, dim, dtype, std::move(parts));
    made.values.resize(values.size());
    for (std::int64_t r = 0; r < made.rows; ++r)
        made.view.copyRow(
            r, std::span(made.values).subspan(static_cast<std::size_t>(r * dim), static_cast<std::size_t>(dim)));
    return made;
}

inline std::vector<float> normalValues(std::size_t count, unsigned seed, float spread = 1, float mean = 0) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(mean, spread);
    std::vector<float> values(count);
    for (float& v : values) v = normal(random);
    return values;
}

}  // namespace dlrm::test
