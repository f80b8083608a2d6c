// SPDX-License-Identifier: Apache-2.0
#include "core/compute/placement.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>

namespace dlrm {
namespace {

// Rows that are placed together: the first ones one by one, then blocks that grow with the rank, within which the prior
// changes by 1/64.
constexpr std::int64_t kSingleRows = 256;
constexpr std::int64_t kBlocksPerOctave = 64;

struct Block {
    std::size_t table = 0;
    std::int64_t first = 0, rows = 0;
    double gain = 0;  // lookups per byte
};

// H(last + 1) − H(first): the prior's weight of rows [first, last], by the midpoint integral beyond the first rows.
double harmonic(std::int64_t first, std::int64_t last) {
    double sum = 0;
    for (; first <= last && first < kSingleRows; ++first) sum += 1.0 / static_cast<double>(first + 1);
    if (first <= last) sum += std::log((static_cast<double>(last) + 1.5) / (static_cast<double>(first) + 0.5));
    return sum;
}

// A prefix can only be cut so that what comes first is worth at least what follows: neighbours that are not in that
// order become one block.
void appendInOrder(std::vector<Block>& blocks, std::size_t begin, Block next) {
    while (blocks.size() > begin && blocks.back().gain < next.gain) {
        const Block& last = blocks.back();
        const double rows = static_cast<double>(last.rows + next.rows);
        next.gain = (last.gain * static_cast<double>(last.rows) + next.gain * static_cast<double>(next.rows)) / rows;
        next.first = last.first;
        next.rows += last.rows;
        blocks.pop_back();
    }
    blocks.push_back(next);
}

void appendBlocks(std::vector<Block>& blocks, std::size_t index, const PlacementTable& table) {
    const std::size_t begin = blocks.size();
    const double priorSum = harmonic(0, table.rows - 1);
    double seen = 0;
    for (const double n : table.traffic) seen += n;
    for (std::int64_t first = 0; first < table.rows;) {
        const std::int64_t rows =
            std::min(first < kSingleRows ? std::int64_t{1} : first / kBlocksPerOctave, table.rows - first);
        double lookups = harmonic(first, first + rows - 1) / priorSum;
        const auto known = static_cast<std::int64_t>(table.traffic.size());
        for (std::int64_t r = first; r < std::min(first + rows, known); ++r)
            lookups += table.traffic[static_cast<std::size_t>(r)];
        // A share of the table's lookups: every row of data looks once into every table. The prior counts as one
        // lookup.
        lookups /= seen + 1;
        appendInOrder(
            blocks, begin,
            {index, first, rows, lookups / (static_cast<double>(rows) * static_cast<double>(table.rowBytes))});
        first += rows;
    }
}

}  // namespace

std::vector<TablePlacement> planPlacement(std::span<const PlacementTable> tables, const PlacementBudget& budget) {
    std::vector<TablePlacement> out(tables.size());
    std::vector<Block> blocks;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        out[t].fileRows = tables[t].rows;
        out[t].rowBytes = tables[t].rowBytes;
        if (tables[t].rows > 0 && tables[t].rowBytes > 0) appendBlocks(blocks, t, tables[t]);
    }
    std::stable_sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) { return a.gain > b.gain; });
    std::int64_t gpuLeft = std::max<std::int64_t>(budget.gpuBytes, 0),
                 pinnedLeft = std::max<std::int64_t>(budget.pinnedBytes, 0);
    bool onGpu = true;
    for (const Block& block : blocks) {
        TablePlacement& place = out[block.table];
        const std::int64_t rowBytes = tables[block.table].rowBytes;
        std::int64_t rows = block.rows;
        if (onGpu) {
            const std::int64_t fit = std::min(rows, gpuLeft / rowBytes);
            place.gpuRowsPlanned += fit;
            gpuLeft -= fit * rowBytes;
            onGpu =
                fit == rows;  // stopping here, and not looking for smaller rows, keeps the order and so the prefixes
            rows -= fit;
        }
        const std::int64_t fit = std::min(rows, pinnedLeft / rowBytes);
        place.pinnedRowsPlanned += fit;
        pinnedLeft -= fit * rowBytes;
        place.fileRows -= block.rows - rows + fit;
        if (fit < rows) break;
    }
    return out;
}

std::int64_t availableMemory() {
    std::ifstream file("/proc/meminfo");
    for (std::string key; file >> key; file.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
        std::int64_t kilobytes = 0;
        if (key == "MemAvailable:" && file >> kilobytes) return kilobytes * 1024;
    }
    return 0;
}

}  // namespace dlrm
