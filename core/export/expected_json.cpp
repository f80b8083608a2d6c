// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <nlohmann/json.hpp>

#include "core/export/json.h"

namespace dlrm {

std::string logitDifferencesJson(const LogitDifferences& d) {
    using Json = nlohmann::ordered_json;
    const auto number = [](float v) { return std::isfinite(v) ? Json(v) : Json(nullptr); };
    Json first = Json::array();
    for (const LogitDifferences::Row& row : d.first) first.push_back({{"row", row.row}, {"logit", number(row.logit)}, {"expected", number(row.expected)}});
    const Json out{{"row_count", d.rows},
                   {"rows", d.rows},
                   {"beyond", d.beyond},
                   {"atol", d.tolerance},
                   {"max_abs_delta_logit", d.largestAt < 0 ? Json(nullptr) : Json(d.largest)},
                   {"max_at_row", d.largestAt < 0 ? Json(nullptr) : Json(d.largestAt)},
                   {"mean_abs_delta_logit", d.largestAt < 0 ? Json(nullptr) : Json(d.mean)},
                   {"passed", d.beyond == 0},
                   {"first", std::move(first)},
                   {"note", d.note}};
    return out.dump(2) + "\n";
}

}  // namespace dlrm
