// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/row_groups.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <mutex>
#include <thread>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace dlrm {
namespace {

constexpr std::int64_t kGroupBytes = std::int64_t{8} << 20;
constexpr std::int64_t kReadAheadBytes = std::int64_t{64} << 20;
constexpr auto kGroupProgressEvery = std::chrono::milliseconds(50);

}  // namespace

std::int64_t groupRowsOf(std::int64_t dim) {
    const std::int64_t fitting =
        kGroupBytes / (static_cast<std::int64_t>(sizeof(float)) * std::max<std::int64_t>(1, dim));
    return std::max<std::int64_t>(
        64, static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(std::max<std::int64_t>(1, fitting)))));
}

void ReadAhead::before(std::int64_t row) {
    if (!m_input.readAhead) return;
    const TableView& view = *m_input.view;
    const std::int64_t groupRows = groupRowsOf(view.dim());
    const std::int64_t ahead = kReadAheadBytes / std::max<std::int64_t>(1, view.dim() * itemSize(view.dtype()));
    // At most two groups at a time: asking may wait for the disk's queue, and a stop must not.
    const std::int64_t until = std::min({view.rows(), row + std::max(groupRows, ahead), m_next + 2 * groupRows});
    for (; m_next < until; m_next += groupRows) m_input.readAhead(m_next, std::min(groupRows, view.rows() - m_next));
}

bool forEachGroup(const TableInput& input, std::string_view stage, const Job& job,
                  const std::function<void(std::int64_t first, std::int64_t count, RowBlock& block)>& work) {
    using Clock = std::chrono::steady_clock;
    const TableView& view = *input.view;
    const std::int64_t groupRows = groupRowsOf(view.dim()), groups = (view.rows() + groupRows - 1) / groupRows;
    const std::int64_t rowBytes = view.dim() * itemSize(view.dtype());
    const auto caller = std::this_thread::get_id();
    auto lastProgress = Clock::now() - kGroupProgressEvery;
    std::atomic<std::int64_t> next = 0, done = 0;
    std::mutex mutex;  // guards ahead
    ReadAhead ahead(input);
    const auto slots = static_cast<std::int64_t>(tbb::this_task_arena::max_concurrency());
    // Groups are taken in order, whichever thread is free, so that reading ahead stays ahead.
    tbb::parallel_for(std::int64_t{0}, std::min(slots, groups), [&](std::int64_t) {
        RowBlock block(view);
        for (std::int64_t g = next++; g < groups && !job.stopped(); g = next++) {
            const std::int64_t first = g * groupRows, count = std::min(groupRows, view.rows() - first);
            {
                const std::lock_guard lock(mutex);
                ahead.before(first);
            }
            work(first, count, block);
            if (input.release) input.release(first, count);
            done += count;
            if (std::this_thread::get_id() == caller && Clock::now() - lastProgress >= kGroupProgressEvery) {
                lastProgress = Clock::now();
                job.report({stage, done * rowBytes, view.rows() * rowBytes, "bytes"});
            }
        }
    });
    return done == view.rows() && !job.stopped();
}

}  // namespace dlrm
