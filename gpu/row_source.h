// SPDX-License-Identifier: Apache-2.0
// Rows of a table as its files hold them, read by the host: any type, byte order, alignment, and cut into parts by rows
// and columns.
#pragma once

#include <cstdint>
#include <vector>

#include "core/compute/backend_abi.h"
#include "gpu/support/types.h"

namespace dlrm::cuda {

class RowSource {
public:
    // Copies the description; what parts point to must stay. Throws Failure E-CUDA-110 when parts do not cover rows ×
    // dim.
    explicit RowSource(const dlrm_table& table);

    std::int64_t rows() const { return m_rows; }
    std::int64_t dim() const { return m_dim; }
    // The type rows have when they are read: float64 becomes float32, others stay as they are.
    Element element() const { return m_element; }
    std::int64_t rowBytes() const { return m_dim * elementBytes(m_element); }

    // Rows [first, first + count) of `element()`, one after the other. Any thread.
    void read(std::int64_t first, std::int64_t count, void* out) const;
    // One row as float32. Any thread.
    void readFloats(std::int64_t row, float* out) const;

private:
    void readPart(const dlrm_table_part& part, std::int64_t first, std::int64_t count, char* out) const;

    std::int64_t m_rows, m_dim;
    std::int32_t m_type;
    Element m_element;
    std::int64_t m_fileBytes;              // of an element in the file
    std::vector<dlrm_table_part> m_parts;  // by (first_row, first_column)
};

}  // namespace dlrm::cuda
