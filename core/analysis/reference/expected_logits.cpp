// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/reference/expected_logits.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/formats/npy.h"

namespace dlrm {

Result<ExpectedLogits> ExpectedLogits::open(const std::string& path, RowRange range, std::int64_t allRows,
                                            double tolerance) {
    if (!(tolerance >= 0) || !std::isfinite(tolerance))
        return fail(Error("E-EXPECT-002", "This tolerance cannot be.")
                        .butExpected("a finite number that is 0 or more")
                        .butFound(fmt::format("{}", tolerance))
                        .withRemedy("Give --atol 1e-5."));
    DLRM_TRY(auto file, RandomAccessFile::open(path));
    DLRM_TRY(auto header, readNpyHeader(*file));
    if (header.elements != range.size() && header.elements != allRows)
        return fail(
            Error("E-EXPECT-001", "The file has another number of logits than there are rows.")
                .inFile(path)
                .butExpected(range.size() == allRows ? counted(allRows, "value")
                                                     : fmt::format("{}, or {} of the whole dataset",
                                                                   counted(range.size(), "value"), allRows))
                .butFound(fmt::format("{}, shape {}", counted(header.elements, "value"), shapeText(header.shape)))
                .withRemedy("Give the logits of the same rows, one each, in their order; --rows A-B chooses rows."));
    DLRM_TRY(auto values, readNpyFloats(*file, header));
    ExpectedLogits out;
    out.m_values = std::move(values);
    out.m_first = header.elements == range.size() ? range.first : 0;
    out.m_found.tolerance = tolerance;
    if (!out.m_values.empty() &&
        std::all_of(out.m_values.begin(), out.m_values.end(), [](float v) { return v >= 0 && v <= 1; }))
        out.m_found.note = "All values of the file lie within 0 and 1: are they probabilities? Logits are expected.";
    return out;
}

void ExpectedLogits::compare(std::int64_t firstRow, std::span<const float> logits) {
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const std::int64_t row = firstRow + static_cast<std::int64_t>(i);
        const float expected = m_values[static_cast<std::size_t>(row - m_first)];
        ++m_found.rows;
        if (std::isnan(logits[i]) && std::isnan(expected)) {
            ++m_found.bothNan;
            continue;
        }
        if (std::isfinite(logits[i]) && std::isfinite(expected)) ++m_found.finite;
        const bool equal = logits[i] == expected;  // infinite ones as well
        const double difference = equal ? 0 : std::fabs(static_cast<double>(logits[i]) - expected);
        const bool finite = std::isfinite(difference);
        if (finite) m_sum += difference;
        else ++m_found.notFinite;
        // An infinite one counts as NaN: no tolerance would let either pass.
        if (m_found.largestAt < 0 || (!std::isnan(m_found.largest) && (!finite || difference > m_found.largest))) {
            m_found.largest = finite ? difference : std::numeric_limits<double>::quiet_NaN();
            m_found.largestAt = row;
        }
        if (finite && difference <= m_found.tolerance) continue;
        if (m_found.beyond++ < static_cast<std::int64_t>(LogitDifferences::kMostRows))
            m_found.first.push_back({row, logits[i], expected});
    }
    const std::int64_t finite = m_found.rows - m_found.notFinite - m_found.bothNan;
    m_found.mean = finite > 0 ? m_sum / static_cast<double>(finite) : 0;
}

}  // namespace dlrm
