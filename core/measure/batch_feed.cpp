// SPDX-License-Identifier: Apache-2.0
#include "core/measure/batch_feed.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/guarded.h"

namespace dlrm {

Result<void> checkIds(const Batch& batch, const Dataset& dataset, const Checkpoint& checkpoint) {
    for (std::int64_t t = 0; t < batch.tables; ++t) {
        const std::span<const std::int32_t> ids = batch.idsOf(t);
        const std::int64_t rows = checkpoint.tables()[static_cast<std::size_t>(t)].rows();
        // As unsigned a negative id is larger than any table: one comparison finds both kinds.
        std::uint32_t largest = 0;
        for (const std::int32_t id : ids) largest = std::max(largest, static_cast<std::uint32_t>(id));
        if (largest < rows) continue;
        const auto bad = std::find_if(ids.begin(), ids.end(), [&](std::int32_t id) {
            return static_cast<std::int64_t>(static_cast<std::uint32_t>(id)) >= rows;
        });
        const auto table = static_cast<std::size_t>(t);
        std::int64_t row = bad - ids.begin();
        if (!batch.bags.empty()) {
            const auto& starts = batch.bags[table].starts;
            row = std::upper_bound(starts.begin(), starts.end(), row) - starts.begin() - 1;
        }
        return fail(Error("E-ENGINE-004", "A category id lies outside its embedding table.")
                        .inFile(dataset.fileOfCategorical(table))
                        .atRow(dataset.numberOf(batch.firstRow + row))
                        .inField(dataset.schema().categoricalNames[table])
                        .butExpected(fmt::format("0 .. {}", rows - 1))
                        .butFound(std::to_string(*bad))
                        .withRemedy("Use a dataset that was preprocessed with this model's dictionary."));
    }
    return {};
}

BatchFeed::BatchFeed(const Dataset& dataset, const Checkpoint& checkpoint, RowRange range, std::int64_t batchRows,
                     std::stop_token stop, Lookups lookups)
    : m_dataset(dataset),
      m_checkpoint(checkpoint),
      m_range(range),
      m_batchRows(std::max<std::int64_t>(1, batchRows)),
      m_stop(std::move(stop)) {
    if (lookups == Lookups::Read) m_warmer.emplace(checkpoint);
    if (m_range.size() > m_batchRows)
        m_reader = std::jthread([this](const std::stop_token& ended) { readAhead(ended); });
}

BatchFeed::~BatchFeed() = default;  // jthread: stops and joins

Result<void> BatchFeed::read(Batch& out, std::int64_t first, const std::stop_token& ended) {
    return guarded([&]() -> Result<void> {
        const std::int64_t count = std::min(m_batchRows, m_range.last + 1 - first);
        DLRM_TRY(m_dataset.read(first, count, out, m_stop));
        DLRM_TRY(checkIds(out, m_dataset, m_checkpoint));
        if (m_warmer) m_warmer->warm(out, m_range.last + 1 - first, ended);
        return {};
    });
}

void BatchFeed::readAhead(const std::stop_token& ended) {
    for (std::int64_t first = m_range.first; first <= m_range.last && !ended.stop_requested(); first += m_batchRows) {
        {
            MutexLock lock(m_mutex);
            if (!m_changed.wait(lock, ended, [&]() DLRM_REQUIRES(m_mutex) { return !m_ready.has_value(); })) return;
        }
        Result<void> outcome = read(m_ahead, first, ended);
        const bool failed = !outcome.has_value();
        {
            const MutexLock lock(m_mutex);
            m_ready = std::move(outcome);
        }
        m_changed.notify_all();
        if (failed) return;
    }
}

Result<const Batch*> BatchFeed::next() {
    if (m_stop.stop_requested()) return cancelled();
    if (m_taken >= m_range.size()) return nullptr;
    if (!m_reader.joinable()) {
        DLRM_TRY(read(m_current, m_range.first, m_stop));
    } else {
        MutexLock lock(m_mutex);
        if (!m_changed.wait(lock, m_stop, [&]() DLRM_REQUIRES(m_mutex) { return m_ready.has_value(); }))
            return cancelled();
        Result<void> outcome = std::move(*m_ready);
        DLRM_TRY(outcome);
        std::swap(m_current, m_ahead);
        m_ready.reset();
        lock.unlock();
        m_changed.notify_all();
    }
    m_taken += m_current.rows;
    return &m_current;
}

}  // namespace dlrm
