// SPDX-License-Identifier: Apache-2.0
// Reads a table that is not in memory ahead of a pass over all its rows, and gives its memory back behind it.
#pragma once

#include <thread>

#include "core/analysis/tables/pass.h"
#include "core/analysis/tables/row_blocks.h"
#include "core/checkpoint/checkpoint.h"

namespace dlrm {

// While it lives, a thread asks for the table's pages in the order of the file, if a sample of its rows is not in the
// page cache. The pass follows it at the disk's speed, and waits for pages under way instead of fetching its own one by
// one.
class TableWarmer {
public:
    // REQUIRES: checkpoint outlives the warmer.
    TableWarmer(const Checkpoint& checkpoint, TableId table);

private:
    std::jthread m_reader;  // stops and joins within 100 ms
};

// The table for a pass over its rows: those that are not in the page cache are read ahead, all are given back behind
// it. REQUIRES: checkpoint outlives it.
TableInput tableInputOf(const Checkpoint& checkpoint, TableId table);

// What gives a table's rows back behind a pass over them. REQUIRES: checkpoint outlives it.
ReleaseRows releaserOf(const Checkpoint& checkpoint, TableId table);

}  // namespace dlrm
