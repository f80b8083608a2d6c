// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "core/report/json.h"
#include "core/report/json_text.h"

namespace dlrm {

std::string logitDifferencesJson(const LogitDifferences& d) {
    using Json = nlohmann::ordered_json;
    Json first = Json::array();
    for (const LogitDifferences::Row& row : d.first)
        first.push_back({{"row", row.row}, {"logit", jsonNumber(row.logit)}, {"expected", jsonNumber(row.expected)}});
    const Json out{
        {"row_count", d.rows},
        {"rows", d.rows},
        {"compared", d.finite},  // finite on both sides
        {"beyond", d.beyond},
        {"not_finite", d.notFinite},
        {"nan_in_both", d.bothNan},
        {"atol", d.tolerance},
        {"max_abs_delta_logit", d.largestAt < 0 ? Json(nullptr) : jsonNumber(d.largest)},  // null: no finite number
        {"max_at_row", d.largestAt < 0 ? Json(nullptr) : Json(d.largestAt)},
        {"mean_abs_delta_logit", d.rows == d.notFinite + d.bothNan ? Json(nullptr) : Json(d.mean)},
        {"passed", d.passed()},
        {"first", std::move(first)},
        {"note", d.note}};
    return jsonText(out, 2) + "\n";
}

}  // namespace dlrm
