// SPDX-License-Identifier: Apache-2.0
// A look at one embedding table in mapped memory, whatever parts its files cut it into. Owns nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/model/model_spec.h"

namespace dlrm {

// Rows [firstRow, firstRow + rows) × columns [firstColumn, firstColumn + columns). Value (r, c) of the part stands at
// data + r·rowStride + c·columnStride bytes, in any alignment.
struct TablePart {
    std::int64_t firstRow = 0, rows = 0;
    std::int64_t firstColumn = 0, columns = 0;
    const std::byte* data = nullptr;
    std::int64_t rowStride = 0, columnStride = 0;
    bool byteSwapped = false;  // big-endian file
};

class TableView {
public:
    TableView() = default;
    // Parts cover rows × dim exactly, sorted by (firstRow, firstColumn); every part but those of the last row block
    // holds the same number of rows.
    TableView(std::int64_t rows, std::int64_t dim, DType dtype, std::vector<TablePart> parts);

    std::int64_t rows() const { return m_rows; }
    std::int64_t dim() const { return m_dim; }
    DType dtype() const { return m_dtype; }
    std::span<const TablePart> parts() const { return m_parts; }

    // Row `row` as dim float32 values in the mapping itself, or nullptr when the values are not stored like that
    // (other type, column parts, not 4-byte aligned). REQUIRES: 0 <= row < rows().
    const float* floatRow(std::int64_t row) const {
        if (!m_direct) return nullptr;
        const std::int64_t block = m_blockShift >= 0 ? row >> m_blockShift : row / m_rowsPerBlock;
        const TablePart& part = m_parts[static_cast<std::size_t>(block)];
        return reinterpret_cast<const float*>(part.data + (row - part.firstRow) * part.rowStride);
    }

    // Row `row` converted to float32. out: (dim). REQUIRES: 0 <= row < rows().
    void copyRow(std::int64_t row, std::span<float> out) const;

private:
    std::int64_t m_rows = 0, m_dim = 0, m_rowsPerBlock = 1, m_columnBlocks = 1;
    int m_blockShift = -1;  // log2 of m_rowsPerBlock when it is a power of two
    DType m_dtype = DType::Float32;
    bool m_direct = false;
    std::vector<TablePart> m_parts;
};

// One Dense layer: y = x·kernel + bias. kernel: (inputs, outputs) row-major, bias: (outputs).
struct DenseWeights {
    std::int64_t inputs = 0, outputs = 0;
    std::vector<float> kernel, bias;
};

// One cross layer of DCNv2, see CrossLayerSpec. u: (width, projection), empty when full rank; v: (projection, width),
// full rank (width, width);
// bias: (width). All row-major.
struct CrossWeights {
    std::int64_t width = 0, projection = 0;
    std::vector<float> u, v, bias;
};

}  // namespace dlrm
