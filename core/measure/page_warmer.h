// SPDX-License-Identifier: Apache-2.0
// Reads table pages that are not in the page cache ahead of the rows that will be computed, many at once; does next to
// nothing when they are there.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/base/ids.h"
#include "core/base/thread_safety.h"
#include "core/checkpoint/checkpoint.h"
#include "core/dataset/batch.h"

namespace dlrm {

// What is read ahead of one table: nothing, the rows of the batch, or these and then the whole table in its order.
enum class Warming { Nothing, Rows, Table };

struct TableDemand {
    std::int64_t sampled = 0, cold = 0;  // rows looked at, and those of them not in the page cache
    std::int64_t rowsToCome = 0;         // lookups in this table until the end of the range
    std::int64_t tableBytes = 0;
    std::int64_t spareBytes = 0;  // memory that whole tables may still take
};

// The cheaper way: whole table when its bytes in order take less than half the time of the random reads expected, and
// fit the spare memory.
Warming chooseWarming(const TableDemand& demand);

// For one pass over a range of dataset rows. One thread at a time may call warm().
class PageWarmer {
public:
    // REQUIRES: checkpoint outlives the warmer.
    explicit PageWarmer(const Checkpoint& checkpoint);
    // Stops reading whole tables, within 100 ms.
    ~PageWarmer();
    PageWarmer(const PageWarmer&) = delete;
    PageWarmer& operator=(const PageWarmer&) = delete;

    // Starts reading what `batch` needs and is not in memory, without waiting for it. rowsToCome: of the range, this
    // batch included.
    // REQUIRES: every id lies inside its table. Returns early when stop is requested.
    void warm(const Batch& batch, std::int64_t rowsToCome, const std::stop_token& stop);

private:
    struct Table {
        std::int64_t bytes = 0;
        int interval = 1;    // look at every interval-th batch; grows while nothing is cold
        int untilLook = 0;   // batches until the next look
        bool whole = false;  // the whole table is being read, or was
    };
    Warming look(Table& table, TableId id, std::span<const std::int32_t> ids, std::int64_t rowsToCome);
    void readWhole(TableId id);

    const Checkpoint& m_checkpoint;
    std::vector<Table> m_tables;
    std::vector<RowId> m_rows;                 // reused from batch to batch
    std::optional<std::int64_t> m_spareBytes;  // known once a table is cold
    Mutex m_mutex;
    std::condition_variable_any m_queued;
    std::vector<TableId> m_queue DLRM_GUARDED_BY(m_mutex);  // whole tables still to be read
    std::jthread m_reader;                                  // started with the first whole table
};

}  // namespace dlrm
