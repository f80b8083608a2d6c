// SPDX-License-Identifier: Apache-2.0
// The sampled check for tables that were never trained or were lost, cheap enough to stand before every prediction.
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm {

// What TrainedCheck::notes() says of the model; empty where nothing is wrong with any table. The first 64 rows of a
// table decide whether checkTrained() looks at more of it: of a trained model these few pages a table are all that is
// read. Errors: those of checkTrained().
Result<std::vector<std::string>> tableFlawNotes(const ModelSpec& spec, std::span<const TableView> tables,
                                                const std::stop_token& stop);

}  // namespace dlrm
