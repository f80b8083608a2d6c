// SPDX-License-Identifier: Apache-2.0
// Chooses how untrained rows of one table are told (see UntrainedMethod) from some of its rows, and tells them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/analysis/untrained_rows.h"
#include "core/model/model_spec.h"

namespace dlrm {

struct UntrainedTest {
    UntrainedMethod method = UntrainedMethod::None;
    Lattice lattice;                 // Norm: max is the bound of the values
    std::int64_t valuesNeeded = 0;   // Lattice
    float normLow = 0, normHigh = 0; // Norm
    std::string explanation;

    // untrained[r] of the rows at rows[r]; norms: theirs.
    void apply(const float* const* rows, std::span<const float> norms, std::int64_t dim, bool* untrained) const;
};

// Values of `dim` that must lie on the lattice: 120 of 128, the same share rounded up elsewhere.
std::int64_t latticeValuesNeeded(std::int64_t dim);

// Which initializer a table of `tableRows` rows had: max = fl32(√(1/tableRows)), times a power of two, one ulp less, none or one more, with and without
// fusing; the one under which most of the sample's rows are untrained, then most of its values on the lattice. A power other than 1 must be
// earned by kScaleEvidence values of such rows. Where no row is, max unscaled. dtype float16 and bfloat16: the norm test.
// sample: rows of `dim` float32 values.
UntrainedTest chooseUntrainedTest(DType dtype, std::int64_t tableRows, std::int64_t dim, std::span<const float* const> sample);

}  // namespace dlrm
