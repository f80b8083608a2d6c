// SPDX-License-Identifier: Apache-2.0
// The embedding tables as a table for people: info and tables print it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/model/model_spec.h"

namespace dlrm::cli {

// All tables, or `only` one. Indented by two.
std::string tablesText(const ModelSpec& spec, std::optional<std::size_t> only);

// How it is known which table is which feature; empty when the files say it.
std::string tableOrderText(const ModelSpec& spec);

}  // namespace dlrm::cli
