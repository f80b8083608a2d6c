// SPDX-License-Identifier: Apache-2.0
// Adds rows into XᵀX: they are packed by 256 and multiplied in float32, then summed in double.
#pragma once

#include <cstdint>

#include "core/analysis/tables/gram.h"
#include "core/analysis/tables/kernels.h"
#include "core/linear/aligned.h"

namespace dlrm {

class GramAccumulator {
public:
    explicit GramAccumulator(std::int64_t dim);
    // x: (dim), finite. Row · `factor`, rounded to float32.
    void add(const float* x, float factor = 1);
    // Multiplies what is packed; before product sums are read or added.
    void flush();
    // Adds a flushed accumulator of the same dim.
    void add(const GramAccumulator& later);
    void clear();
    // REQUIRES: flushed.
    Gram gram() const;

private:
    std::int64_t m_dim = 0, m_panels = 0, m_packed = 0, m_rows = 0;
    cpu::AlignedArray<float> m_pack;
    cpu::AlignedArray<double> m_tiles, m_sums;
};

}  // namespace dlrm
