// SPDX-License-Identifier: Apache-2.0
// Exact sums of many columns as a measure keeps them, and the first of many rows that has no finite terms.
#pragma once

#include <atomic>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/measure/state.h"
#include "core/metrics/long_sum.h"

namespace dlrm {

std::vector<double> valuesOf(const std::vector<LongSum>& sums);
std::vector<std::uint32_t> digitsOf(const std::vector<LongSum>& sums);
// Errors: those of MeasureState::take().
Result<void> takeSums(MeasureState& state, const char* name, std::vector<LongSum>& sums);
// Σ(x − mean)² of n terms, from their sum and the sum of their squares; both may be sums of doubles. No rounding but
// that of the result.
double deviationsOf(const LongSum& sum, const LongSum& squares, std::int64_t n);

// Any thread.
class FirstBadRow {
public:
    explicit FirstBadRow(std::int64_t rows) : m_rows(rows), m_first(rows) {}
    void tell(std::int64_t row) {
        for (std::int64_t first = m_first; row < first && !m_first.compare_exchange_weak(first, row);) {
        }
    }
    // Error E-MEASURE-008 where a row was told; `firstRow`: of the rows.
    Result<void> result(std::int64_t firstRow, std::string_view what) const;

private:
    const std::int64_t m_rows;
    std::atomic<std::int64_t> m_first;
};

}  // namespace dlrm
