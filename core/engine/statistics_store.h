// SPDX-License-Identifier: Apache-2.0
// What is known of an engine's tables: computed once, kept in memory and in the cache on disk.
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "core/analysis/tables/pass.h"
#include "core/analysis/tables/statistics_cache.h"
#include "core/base/thread_safety.h"
#include "core/checkpoint/checkpoint.h"
#include "core/engine/turn_queue.h"

namespace dlrm {

// Any thread. Tables are checked by the caller.
class StatisticsStore {
public:
    // onDisk: whether the cache on disk is looked into and added to.
    StatisticsStore(std::shared_ptr<const Checkpoint> checkpoint, bool onDisk);

    // As Engine::tableStatistics(), knownStatistics(), cosinesToMean().
    Result<std::shared_ptr<const TableStatistics>> statistics(TableId table, const Job& job);
    std::shared_ptr<const TableStatistics> known(TableId table);
    Result<std::shared_ptr<const std::vector<float>>> cosines(TableId table, const Job& job);
    // Of the rows with a weight, the square root of which multiplies them; those that are not finite are left out.
    Result<Spectrum> weightedSpectrum(TableId table, const std::vector<std::uint32_t>& weights, const Job& job);

private:
    struct Entry {
        std::shared_ptr<const TableStatistics> statistics;
        std::shared_ptr<const std::vector<float>> cosines;
        bool lookedForOnDisk = false;
    };
    Entry& entry(TableId table) DLRM_REQUIRES(m_mutex) { return m_entries[static_cast<std::size_t>(value(table))]; }

    const std::shared_ptr<const Checkpoint> m_checkpoint;
    const StatisticsCache m_cache;
    TurnQueue m_turns;  // for passes over tables: one has all threads and the disk
    std::vector<std::unique_ptr<TablePass>>
        m_passes;  // by table, those that were stopped before their end; touched in turn only
    Mutex m_mutex;
    std::vector<Entry> m_entries DLRM_GUARDED_BY(m_mutex);  // by table
};

}  // namespace dlrm
