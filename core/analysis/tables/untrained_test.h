// SPDX-License-Identifier: Apache-2.0
// Chooses how untrained rows of one table are told (see UntrainedMethod) from some of its rows, and tells them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/analysis/tables/untrained_rows.h"
#include "core/model/model_spec.h"

namespace dlrm {

struct UntrainedTest {
    UntrainedMethod method = UntrainedMethod::None;
    Lattice lattice;                // Unknown: max = √(1/rows)
    std::int64_t valuesNeeded = 0;  // Lattice
    std::string explanation;

    // untrained[r] of the `count` rows at rows[r]. Of zeros, which lie on every lattice but are hardly drawn,
    // such a row has one, or dim − valuesNeeded, and something else.
    void apply(const float* const* rows, std::int64_t count, std::int64_t dim, bool* untrained) const;
};

// Values of `dim` that must lie on the lattice: 120 of 128, the same share rounded up elsewhere.
std::int64_t latticeValuesNeeded(std::int64_t dim);

// Which initializer a table of `tableRows` rows had: max = fl32(√(1/tableRows)), times a power of two, one ulp less,
// none or one more, with and without fusing; the one under which most of the sample's rows are untrained, then most of
// its values on the lattice. A power other than 1 must be earned by kScaleEvidence values of such rows. Where no row
// is, max unscaled. Unknown for float16 and bfloat16, and where every value of the sample is one that float16 or
// bfloat16
// has: a cast moves the values off the lattice, or onto it.
// sample: rows of `dim` float32 values.
UntrainedTest chooseUntrainedTest(DType dtype, std::int64_t tableRows, std::int64_t dim,
                                  std::span<const float* const> sample);

}  // namespace dlrm
