// SPDX-License-Identifier: Apache-2.0
// What a pass over a table says of its values, as part of a check of the whole model.
#pragma once

#include <string>

#include "core/analysis/tables/statistics.h"
#include "core/engine/results.h"

namespace dlrm {

// Adds the table `name` to `check`: its values and those that are NaN or infinite, its rows by how they were trained.
void addTable(ValueCheck& check, const std::string& name, const TableStatistics& statistics);

}  // namespace dlrm
