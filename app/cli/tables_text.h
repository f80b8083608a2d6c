// SPDX-License-Identifier: Apache-2.0
// The embedding tables as a table for people: info and tables print it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "app/cli/statistics_text.h"
#include "core/model/model_spec.h"

namespace dlrm::cli {

// These tables, in this order. Indented by two.
std::string tablesText(const ModelSpec& spec, std::span<const std::size_t> order);
// By what the headers say, no table read: Rows and Size largest first, else by number.
std::vector<std::size_t> tablesByHeaders(const ModelSpec& spec, TableSort by);

// How it is known which table is which feature; empty when the files say it.
std::string tableOrderText(const ModelSpec& spec);

}  // namespace dlrm::cli
