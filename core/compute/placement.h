// SPDX-License-Identifier: Apache-2.0
// Which rows of which table go where: a pure function of sizes, traffic and budgets, so that it can be shown and tested
// without a device.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/compute/backend.h"

namespace dlrm {

// Row ids are frequency ranks, so the hot rows of a table are its first ones and a placement is two prefix lengths per
// table.
struct PlacementTable {
    std::int64_t rows = 0;
    std::int64_t rowBytes = 0;  // on the device, in the storage chosen
    // Lookups seen of each of the first traffic.size() rows. Empty: not known. Rows beyond have not been seen.
    std::span<const double> traffic = {};
};

struct PlacementBudget {
    std::int64_t gpuBytes = 0, pinnedBytes = 0;  // for tables; negative counts as 0
};

// Hottest rows first, over all tables, by lookups per byte: first into GPU memory until the next row does not fit, then
// on into pinned host memory. What was not seen is expected by a prior of 1/(rank + 1), one lookup per table and row of
// data. With more budget every table has at least as many rows on the GPU, and at least as many in memory at all. Never
// over a budget. Returns gpuRowsPlanned, pinnedRowsPlanned, fileRows and rowBytes per table; what is resident stays 0.
std::vector<TablePlacement> planPlacement(std::span<const PlacementTable> tables, const PlacementBudget& budget);

// MemAvailable of /proc/meminfo in bytes; 0 where that cannot be read.
std::int64_t availableMemory();

}  // namespace dlrm
