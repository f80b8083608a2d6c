// SPDX-License-Identifier: Apache-2.0
// Reads a range of dataset rows batch by batch, checks every id against its table, and reads ahead while the caller
// computes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <thread>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/thread_safety.h"
#include "core/checkpoint/checkpoint.h"
#include "core/dataset/dataset.h"
#include "core/measure/page_warmer.h"

namespace dlrm {

// Error E-ENGINE-004 when an id of `batch` is outside 0 .. rows-1 of its table: file, row, field.
Result<void> checkIds(const Batch& batch, const Dataset& dataset, const Checkpoint& checkpoint);

// One thread reads, one thread (the caller's) takes. Table rows that will be read and the page cache lacks are on their
// way when a batch is handed out. Two batches exist at a time, reused throughout. A range that fits one batch is read
// by the caller's thread: no thread is started.
class BatchFeed {
public:
    // Whether the rows of tables that a batch looks up will be read.
    enum class Lookups { Read, NotRead };
    // REQUIRES: range lies inside the dataset; dataset and checkpoint outlive the feed.
    BatchFeed(const Dataset& dataset, const Checkpoint& checkpoint, RowRange range, std::int64_t batchRows,
              std::stop_token stop, Lookups lookups = Lookups::Read);
    ~BatchFeed();
    BatchFeed(const BatchFeed&) = delete;
    BatchFeed& operator=(const BatchFeed&) = delete;

    // The next batch, valid until the next call; nullptr after the last one. E-CANCELLED when stop is requested.
    Result<const Batch*> next();

private:
    // `ended`: when to stop reading table pages ahead.
    Result<void> read(Batch& out, std::int64_t first, const std::stop_token& ended);
    void readAhead(const std::stop_token& ended);

    const Dataset& m_dataset;
    const Checkpoint& m_checkpoint;
    const RowRange m_range;
    const std::int64_t m_batchRows;
    const std::stop_token m_stop;

    std::int64_t m_taken = 0;  // rows handed out
    Batch m_current, m_ahead;
    Mutex m_mutex;
    std::condition_variable_any m_changed;
    // Outcome of reading m_ahead; empty while it is being filled. While it is set m_ahead is the caller's, else the
    // reader's.
    std::optional<Result<void>> m_ready DLRM_GUARDED_BY(m_mutex);
    std::optional<PageWarmer> m_warmer;  // used by whichever thread reads; none where lookups are not read
    std::jthread m_reader;
};

}  // namespace dlrm
