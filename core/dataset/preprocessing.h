// SPDX-License-Identifier: Apache-2.0
// The numerical transform and the tokens of raw Criteo rows, exactly as NVIDIA's Spark preprocessing did them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/dataset/dataset.h"

namespace dlrm {

// A raw numerical token as the model eats it: int32 parse (else missing), x + 3 in int32 wrapping, natural log in
// double, non-positive -> missing, missing -> 0.0, then double -> float32 -> float16 -> float32. Source:
// spark_data_utils.py, parquet_to_binary.py.
float nvidiaSparkNumerical(std::string_view token);
// The int32 of a token, or nothing when Spark would read null ("", "1.5", " 5", "2147483648"; "+5" is 5, "007" is 7).
std::optional<std::int32_t> parseSparkInt(std::string_view token);
// An 8-digit lower-case hex token (a CSV-quoted one is unquoted), or nothing.
std::optional<std::uint32_t> parseHexCategory(std::string_view token);

// One pasted or dropped Criteo line (40 fields with label, or 39 without; tabs).
struct CriteoLine {
    std::optional<int> label;
    RawRow raw;                          // "" where a field is named
    std::vector<std::string> fed, rows;  // the named numbers and categories as they stand, "" elsewhere
};
// Errors: E-TSV-0xx with field and what was found. `row` only names the line in the error.
Result<CriteoLine> parseCriteoLine(std::string_view line, std::size_t numericals, std::size_t categoricals,
                                   std::int64_t row, TextNumbers numbers = TextNumbers::Strict,
                                   NamedFields named = NamedFields::Refuse);

}  // namespace dlrm
