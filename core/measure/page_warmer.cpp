// SPDX-License-Identifier: Apache-2.0
#include "core/measure/page_warmer.h"

#include <algorithm>

#include "core/compute/placement.h"

namespace dlrm {
namespace {

// Measured on the NVMe disk of a cloud machine: 2.0–2.3 GB/s in order, 61 k random pages a second with 16 of them under
// way. Only their ratio matters: reading 33 kB in order takes as long as one random page.
constexpr double kBytesPerSecond = 2e9;
constexpr double kPagesPerSecond = 60e3;
// The share that is cold now falls from batch to batch, because categories come back: the reads expected from it are at
// most this many times too many.
constexpr double kOverestimate = 2;
// A smaller share than 1 in 32 rows cold is not worth reading ahead: the pages are found in memory or missed one by
// one.
constexpr std::int64_t kSample = 32;
// A warm table is looked at in every 16th batch at least, so looking at 26 warm tables takes some 50 system calls a
// batch.
constexpr int kLongestInterval = 16;
// Fewer rows than this are read while the computation waits for the first ones.
constexpr std::int64_t kFewestRows = 64;
// Part of the available memory that whole tables may fill: the rest is room for programs that start meanwhile.
constexpr double kMemoryShare = 0.875;

}  // namespace

Warming chooseWarming(const TableDemand& demand) {
    if (demand.cold == 0) return Warming::Nothing;
    const double reads =
        static_cast<double>(demand.rowsToCome) * static_cast<double>(demand.cold) / static_cast<double>(demand.sampled);
    const double secondsInOrder = static_cast<double>(demand.tableBytes) / kBytesPerSecond;
    const bool cheaper = secondsInOrder * kOverestimate < reads / kPagesPerSecond;
    return cheaper && demand.tableBytes <= demand.spareBytes ? Warming::Table : Warming::Rows;
}

PageWarmer::PageWarmer(const Checkpoint& checkpoint) : m_checkpoint(checkpoint) {
    for (const TableView& view : checkpoint.tables())
        m_tables.push_back({.bytes = view.rows() * view.dim() * itemSize(view.dtype())});
}

PageWarmer::~PageWarmer() = default;  // jthread: stops and joins

Warming PageWarmer::look(Table& table, TableId id, std::span<const std::int32_t> ids, std::int64_t rowsToCome) {
    const auto rows = static_cast<std::int64_t>(ids.size());
    TableDemand demand{.sampled = std::min(rows, kSample), .rowsToCome = rowsToCome, .tableBytes = table.bytes};
    m_rows.clear();
    for (std::int64_t i = 0; i < demand.sampled; ++i)
        m_rows.push_back(RowId{ids[static_cast<std::size_t>(i * rows / demand.sampled)]});
    demand.cold = m_checkpoint.coldRows(id, m_rows);
    table.interval = demand.cold > 0 ? 1 : std::min(table.interval * 2, kLongestInterval);
    if (demand.cold > 0 && !m_spareBytes)
        m_spareBytes = static_cast<std::int64_t>(static_cast<double>(availableMemory()) * kMemoryShare);
    demand.spareBytes = m_spareBytes.value_or(0);
    return chooseWarming(demand);
}

void PageWarmer::warm(const Batch& batch, std::int64_t rowsToCome, const std::stop_token& stop) {
    if (batch.rows < kFewestRows) return;
    for (std::size_t t = 0; t < m_tables.size() && !stop.stop_requested(); ++t) {
        Table& table = m_tables[t];
        if (table.untilLook-- > 0) continue;
        const auto id = static_cast<TableId>(t);
        const std::span<const std::int32_t> ids = batch.idsOf(static_cast<std::int64_t>(t));
        const Warming warming = look(table, id, ids, rowsToCome);
        table.untilLook = table.interval - 1;
        if (warming == Warming::Nothing) continue;
        m_rows.clear();
        for (const std::int32_t row : ids) m_rows.push_back(RowId{row});
        m_checkpoint.prefetchRows(id, m_rows, stop);
        if (warming != Warming::Table || table.whole) continue;
        table.whole = true;
        *m_spareBytes -= table.bytes;
        readWhole(id);
    }
}

void PageWarmer::readWhole(TableId id) {
    {
        const MutexLock lock(m_mutex);
        m_queue.push_back(id);
    }
    m_queued.notify_all();
    if (m_reader.joinable()) return;
    m_reader = std::jthread([this](const std::stop_token& ended) {
        while (true) {
            MutexLock lock(m_mutex);
            if (!m_queued.wait(lock, ended, [&]() DLRM_REQUIRES(m_mutex) { return !m_queue.empty(); })) return;
            const TableId next = m_queue.front();
            m_queue.erase(m_queue.begin());
            lock.unlock();
            m_checkpoint.prefetchTable(next, ended);
        }
    });
}

}  // namespace dlrm
