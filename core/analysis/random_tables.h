// SPDX-License-Identifier: Apache-2.0
// The sampled check for tables that were never trained, cheap enough to stand before every prediction.
#pragma once

#include <span>
#include <stop_token>
#include <string>

#include "core/base/result.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm {

// What TrainedCheck::note() says of the model, or "" where a table was trained. The smallest tables are looked at first and the first trained one ends
// it, so that a trained model costs a few rows. Errors: those of checkTrained().
Result<std::string> randomTablesNote(const ModelSpec& spec, std::span<const TableView> tables, const std::stop_token& stop);

}  // namespace dlrm
