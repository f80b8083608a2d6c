// SPDX-License-Identifier: Apache-2.0
// Parallel loops over blocks of rows that report the error of the lowest block and stop on request.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>
#include <stop_token>

#include <tbb/parallel_for.h>

#include "core/base/result.h"

namespace dlrm {

// Calls run(block) -> Result<void> for block = first … last, in parallel. Every block below the first failing one is
// run, so the error returned is the same in every run.
template <class Run>
Result<void> forEachBlock(std::int64_t first, std::int64_t last, const std::stop_token& stop, const Run& run) {
    std::atomic<std::int64_t> lowestFailed = std::numeric_limits<std::int64_t>::max();
    std::mutex mutex;
    Error error;
    const auto runOne = [&](std::int64_t block) {
        if (stop.stop_requested() || block > lowestFailed.load(std::memory_order_relaxed)) return;
        Result<void> ok = run(block);
        if (ok) return;
        const std::lock_guard lock(mutex);
        if (block > lowestFailed.load(std::memory_order_relaxed)) return;
        lowestFailed = block;
        error = std::move(ok.error());
    };
    if (first == last) runOne(first);
    else tbb::parallel_for(first, last + 1, runOne);
    if (stop.stop_requested()) return cancelled();
    if (lowestFailed.load() != std::numeric_limits<std::int64_t>::max()) return fail(std::move(error));
    return {};
}

// Calls readBlock(begin, rows) -> Result<void> for all of `count` rows, at most `blockRows` at a time, in parallel;
// `begin` counts from 0.
template <class ReadBlock>
Result<void> fillByBlocks(std::int64_t count, std::int64_t blockRows, const std::stop_token& stop,
                          const ReadBlock& readBlock) {
    if (stop.stop_requested()) return cancelled();
    if (count == 0) return {};
    return forEachBlock(0, (count - 1) / blockRows, stop, [&](std::int64_t block) {
        return readBlock(block * blockRows, std::min(blockRows, count - block * blockRows));
    });
}

}  // namespace dlrm
