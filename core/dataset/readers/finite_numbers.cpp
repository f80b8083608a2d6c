// SPDX-License-Identifier: Apache-2.0
#include "core/dataset/readers/finite_numbers.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace dlrm {

Result<void> checkFiniteNumbers(const Batch& batch, const DatasetSchema& schema, const std::string& file) {
    constexpr std::uint32_t kExponent =
        0x7f80'0000;  // all of its bits are set in NaN and infinity, and in nothing else
    std::uint32_t found = 0;
    for (const float v : batch.numerical)
        found |= static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(v) & kExponent) == kExponent);
    if (found == 0) return {};
    const auto columns = static_cast<std::size_t>(batch.numericals);
    for (std::size_t i = 0; i < batch.numerical.size(); ++i) {
        if (std::isfinite(batch.numerical[i])) continue;
        return fail(
            Error("E-DATA-018", "A number of the dataset is not finite.")
                .inFile(file)
                .atRow(batch.firstRow + static_cast<std::int64_t>(i / columns))
                .inField(i % columns < schema.numericalNames.size() ? schema.numericalNames[i % columns]
                                                                    : fmt::format("number {}", i % columns))
                .butExpected("finite numbers")
                .butFound(std::isnan(batch.numerical[i]) ? "NaN"
                          : batch.numerical[i] > 0       ? "infinity"
                                                         : "-infinity")
                .withRemedy(
                    "Repair the row, or write the dataset again: a missing number is 0.0 after the transformation."));
    }
    return {};
}

}  // namespace dlrm
