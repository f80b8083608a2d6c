// SPDX-License-Identifier: Apache-2.0
// Rows come out the same whatever the parts, types and memory order a table is stored in.
#include <algorithm>
#include <cstring>

#include <QTest>

#include "core/base/float_conversions.h"
#include "core/model/table_view.h"
#include "tests/support/test_program.h"

namespace tst_table_view {

using namespace dlrm;

namespace {

// Multiples of 1/8 below 128: exact in float16, float32 and float64 (bfloat16 keeps 8 bits, so it gets whole numbers).
float expectedValue(std::int64_t row, std::int64_t column, DType dtype) {
    const auto n = static_cast<float>((row * 31 + column * 7) % 256);
    return dtype == DType::BFloat16 ? n : n / 8 - 16;
}

void store(std::byte* to, float value, DType dtype, bool swapped) {
    std::byte bytes[8];
    const auto put = [&](auto bits) { std::memcpy(bytes, &bits, sizeof bits); };
    if (dtype == DType::Float16) put(floatToHalf(value));
    else if (dtype == DType::BFloat16) put(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16));
    else if (dtype == DType::Float32) put(value);
    else put(static_cast<double>(value));
    const auto size = static_cast<std::size_t>(itemSize(dtype));
    if (swapped) std::reverse(bytes, bytes + size);
    std::memcpy(to, bytes, size);
}

struct StoredTable {
    std::vector<std::vector<std::byte>> memory;
    TableView view;
};

StoredTable makeTable(std::int64_t rows, std::int64_t dim, DType dtype, std::int64_t rowsPerPart,
                      std::int64_t columnsPerPart, bool fortran, bool swapped, std::size_t misalignment) {
    StoredTable t;
    const std::int64_t item = itemSize(dtype);
    std::vector<TablePart> parts;
    for (std::int64_t r = 0; r < rows; r += rowsPerPart)
        for (std::int64_t c = 0; c < dim; c += columnsPerPart) {
            TablePart p;
            p.firstRow = r;
            p.rows = std::min(rowsPerPart, rows - r);
            p.firstColumn = c;
            p.columns = columnsPerPart;
            p.rowStride = fortran ? item : p.columns * item;
            p.columnStride = fortran ? p.rows * item : item;
            p.byteSwapped = swapped;
            auto& memory = t.memory.emplace_back(static_cast<std::size_t>(p.rows * p.columns * item) + misalignment);
            for (std::int64_t i = 0; i < p.rows; ++i)
                for (std::int64_t j = 0; j < p.columns; ++j)
                    store(memory.data() + misalignment + i * p.rowStride + j * p.columnStride,
                          expectedValue(r + i, c + j, dtype), dtype, swapped);
            p.data = memory.data() + misalignment;
            parts.push_back(p);
        }
    t.view = TableView(rows, dim, dtype, std::move(parts));
    return t;
}

}  // namespace

class TestTableView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreTheSameInEveryStorage() {
        constexpr std::int64_t kRows = 53, kDim = 8;
        int direct = 0;
        for (const DType dtype : {DType::Float16, DType::BFloat16, DType::Float32, DType::Float64})
            for (const std::int64_t rowsPerPart : {kRows, std::int64_t{16}, std::int64_t{10}})
                for (const std::int64_t columnsPerPart : {kDim, std::int64_t{2}})
                    for (const bool fortran : {false, true})
                        for (const bool swapped : {false, true})
                            for (const std::size_t misalignment : {0U, 1U}) {
                                const StoredTable t = makeTable(kRows, kDim, dtype, rowsPerPart, columnsPerPart,
                                                                fortran, swapped, misalignment);
                                for (std::int64_t row = 0; row < kRows; ++row) {
                                    float out[kDim];
                                    t.view.copyRow(row, out);
                                    for (std::int64_t c = 0; c < kDim; ++c)
                                        QCOMPARE(out[c], expectedValue(row, c, dtype));
                                    if (const float* values = t.view.floatRow(row)) {
                                        ++direct;
                                        QCOMPARE(std::memcmp(values, out, sizeof out), 0);
                                    }
                                }
                            }
        // Straight from memory: float32, whole rows, C order, little endian, aligned, for each of the three row splits.
        QCOMPARE(direct, 3 * 53);
    }
};

DLRM_TEST(TestTableView);

}  // namespace tst_table_view

#include "tst_table_view.moc"
