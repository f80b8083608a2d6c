// SPDX-License-Identifier: Apache-2.0
#include "core/report/json_text.h"

#include <cmath>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

std::string textOf(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

void append(const Json& value, int indent, std::size_t depth, std::string& out) {
    const auto line = [&](std::size_t at) {
        if (indent < 0) return;
        out += '\n';
        out.append(at * static_cast<std::size_t>(indent), ' ');
    };
    if (value.is_number_float() && std::isfinite(value.get<double>())) {
        const std::string digits = fmt::format("{}", value.get<double>());
        out += digits;
        if (digits.find_first_of(".e") == std::string::npos) out += ".0";
        return;
    }
    if (!value.is_structured() || value.empty()) {
        out += textOf(value);
        return;
    }
    const bool object = value.is_object();
    out += object ? '{' : '[';
    bool first = true;
    for (auto item = value.begin(); item != value.end(); ++item) {
        if (!first) out += ',';
        first = false;
        line(depth + 1);
        if (object) out += textOf(Json(item.key())) + (indent < 0 ? ":" : ": ");
        append(*item, indent, depth + 1, out);
    }
    line(depth);
    out += object ? '}' : ']';
}

}  // namespace

Json jsonNumber(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json jsonNumber(float value) {
    return std::isfinite(value) ? Json(std::stod(fmt::format("{}", value))) : Json(nullptr);
}

nlohmann::ordered_json textOrNull(const std::string& text) {
    return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

std::string jsonText(const Json& json, int indent) {
    std::string out;
    append(json, indent, 0, out);
    return out;
}

}  // namespace dlrm
