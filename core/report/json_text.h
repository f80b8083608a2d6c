// SPDX-License-Identifier: Apache-2.0
// JSON values as text: numbers with the fewest digits that read back to them.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace dlrm {

// Null for NaN and infinity. A float32 keeps the digits of a float32: 0.0294017680 is 0.029401768, not
// 0.029401767999999998.
nlohmann::ordered_json jsonNumber(double value);
nlohmann::ordered_json jsonNumber(float value);

// Null for an empty text.
nlohmann::ordered_json textOrNull(const std::string& text);

// As nlohmann's dump(), whose own digits of a double are not always the fewest. What is not UTF-8 becomes U+FFFD.
// indent < 0: one line.
std::string jsonText(const nlohmann::ordered_json& json, int indent);

}  // namespace dlrm
