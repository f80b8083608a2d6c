// SPDX-License-Identifier: Apache-2.0
// Rows as people write them: "100-119", "0,5,10-20".
#pragma once

#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"

namespace dlrm {

// "A-B", 0-based and inclusive, or "A" for one row. Error E-CLI-003.
Result<RowRange> parseRowRange(const std::string& text);
// Comma-separated ids and ranges, in the order given. Error E-CLI-003.
Result<std::vector<RowRange>> parseRowList(const std::string& text);

// Error E-CLI-010 where two of the ranges have a row in common.
Result<void> refuseRowsTwice(std::vector<RowRange> ranges);

}  // namespace dlrm
