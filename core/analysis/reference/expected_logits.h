// SPDX-License-Identifier: Apache-2.0
// Logits that another program computed, the training job's own above all, against ours.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"

namespace dlrm {

struct LogitDifferences {
    struct Row {
        std::int64_t row = 0;  // of the dataset
        float logit = 0, expected = 0;
    };
    static constexpr std::size_t kMostRows = 10;

    std::int64_t rows = 0;       // looked at
    std::int64_t beyond = 0;     // of them: further apart than the tolerance, or only one of the two is finite, or they
                                 // are infinite with other signs
    std::int64_t notFinite = 0;  // of those beyond: |Δlogit| is no finite number
    std::int64_t bothNan = 0;    // rows where both are NaN, which is equal
    std::int64_t finite = 0;     // rows where both are finite numbers: only there a difference says something
    double tolerance = 0;        // on |Δlogit|
    double largest = 0, mean = 0;  // |Δlogit|, NaN above all numbers; the mean is over the rows where it is finite
    std::int64_t largestAt = -1;   // first row of the largest; -1: both are NaN in every row
    std::vector<Row> first;        // the first ones beyond
    std::string note;              // a doubt about the file, or empty

    // None is beyond, and there were numbers to compare.
    bool passed() const { return beyond == 0 && finite > 0; }
};

class ExpectedLogits {
public:
    // A .npy file of floats: one for each of `range`, or one for each of the dataset's `allRows`. Errors: those of
    // readNpyHeader() and readNpyFloats(),
    // E-EXPECT-001 another number of values, E-EXPECT-002 a tolerance that is negative or no number.
    static Result<ExpectedLogits> open(const std::string& path, RowRange range, std::int64_t allRows, double tolerance);

    // Our logits of the rows from `firstRow` on. REQUIRES: they lie in the range.
    void compare(std::int64_t firstRow, std::span<const float> logits);
    const LogitDifferences& differences() const { return m_found; }

private:
    std::vector<float> m_values;
    std::int64_t m_first = 0;  // row of the first value
    double m_sum = 0;
    LogitDifferences m_found;
};

}  // namespace dlrm
