// SPDX-License-Identifier: Apache-2.0
// Fields of a raw row that say what a model is given where no raw value is known, as copied rows have them: fed:X is
// what is fed for a number, id:N row N of a table. They mean the same in every reading.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dlrm {

bool namesFed(std::string_view token);
bool namesRow(std::string_view token);

std::string fedToken(float value);
std::string rowToken(std::int64_t row);

// The float of "fed:1.5", also one that is no number or infinite; nothing: it is none.
std::optional<float> fedNumber(std::string_view token);
// The number of "id:12" or "id: 1,234"; nothing: no whole number. REQUIRES: namesRow(token).
std::optional<std::int64_t> rowNumber(std::string_view token);

}  // namespace dlrm
