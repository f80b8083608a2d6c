// SPDX-License-Identifier: Apache-2.0
// Statistics of tables for people.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/export/tables_report.h"
#include "core/model/model_spec.h"

namespace dlrm::cli {

// Counts as a line of `width` blocks ▁▂▃▄▅▆▇█, neighbouring counts added up; a space where there is nothing.
std::string blocks(std::span<const std::int64_t> counts, std::size_t width);

// One line a table. `first`: number of the first one. Indented by two.
std::string statisticsText(const ModelSpec& spec, const TablesReport& report, std::size_t first);

// All about the one table of `report`.
std::string statisticsDetails(const TablesReport& report);

// What a dataset looks up; empty without one.
std::string trafficText(const TablesReport& report);

}  // namespace dlrm::cli
