// SPDX-License-Identifier: Apache-2.0
// Statistics of tables for people.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/model_spec.h"
#include "core/report/tables_report.h"

namespace dlrm::cli {

// Counts as a line of `width` blocks ▁▂▃▄▅▆▇█, neighbouring counts added up; a space where there is nothing.
std::string blocks(std::span<const std::int64_t> counts, std::size_t width);

// Largest first; Number: as they are.
enum class TableSort : std::uint8_t { Number, Rows, Size, Norm, Untrained, Rank, NotFinite };
inline constexpr std::string_view kTableSortNames[] = {"number", "rows", "size", "norm", "untrained", "rank", "nan"};
// Positions of the report's tables in that order.
std::vector<std::size_t> sortedTables(const ModelSpec& spec, const TablesReport& report, TableSort by);

// One line a table, those of `order`. `first`: number of the first one of the report. Indented by two.
std::string statisticsText(const ModelSpec& spec, const TablesReport& report, std::size_t first,
                           std::span<const std::size_t> order);
// Of all tables of the report, and what the columns are.
std::string totalsText(const ModelSpec& spec, const TablesReport& report);

// All about the one table of `report`.
std::string statisticsDetails(const TablesReport& report);

// What a dataset looks up; empty without one.
std::string trafficText(const TablesReport& report);

}  // namespace dlrm::cli
