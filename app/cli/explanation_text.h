// SPDX-License-Identifier: Apache-2.0
// predict --explain for people.
#pragma once

#include <span>
#include <string>

#include "core/report/explanation_json.h"

namespace dlrm::cli {

// Norms, strongest pairs, share of active units.
std::string explanationsText(std::span<const ExplainedRow> rows, const ModelSpec& spec);

}  // namespace dlrm::cli
