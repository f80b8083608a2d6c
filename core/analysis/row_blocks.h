// SPDX-License-Identifier: Apache-2.0
// A table as blocks of float32 rows, worked through in the order of the file by several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <stop_token>
#include <string_view>
#include <thread>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "core/base/ids.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/compute/cpu/aligned.h"
#include "core/model/table_view.h"

namespace dlrm {

// Row r of the block is data[r · stride .. r · stride + dim).
struct FloatRows {
    const float* data = nullptr;
    std::int64_t stride = 0;  // floats
    std::int64_t count = 0;
};

// Reads in the mapping where the table allows it, else converts into a buffer. One object per thread.
class RowBlockReader {
public:
    // REQUIRES: the table outlives the reader.
    explicit RowBlockReader(const TableView& table) : m_table(table) {}
    // Rows first .. first + count − 1, or fewer where the table's files cut them; at least one. Valid until the next call.
    // REQUIRES: 0 <= first, 1 <= count, first + count <= rows. Throws std::bad_alloc.
    FloatRows read(std::int64_t first, std::int64_t count);

private:
    const TableView& m_table;
    cpu::AlignedArray<float> m_converted;
};

// Rows that are about half a MiB of float32: a thread's share between two looks at the stop token, a few milliseconds even from a slow disk.
std::int64_t rowsPerChunk(std::int64_t dim);

inline int rowWorkers() { return std::max(1, tbb::this_task_arena::max_concurrency()); }

// Calls run(worker, first, count) for all rows of `rows`, in chunks of `chunk`, handed out in ascending order to workers 0 .. rowWorkers() − 1;
// one worker's calls come one after the other. Reports progress in rows from the calling thread. Error E-CANCELLED on stop.
template <class Run>
Result<void> forEachRowChunk(std::int64_t rows, std::int64_t chunk, std::string_view stage, const ProgressFn& progress, const std::stop_token& stop,
                             const Run& run) {
    std::atomic<std::int64_t> next = 0;
    const std::thread::id caller = std::this_thread::get_id();
    const auto work = [&](int worker) {
        while (!stop.stop_requested()) {
            const std::int64_t first = next.fetch_add(chunk, std::memory_order_relaxed);
            if (first >= rows) return;
            const std::int64_t count = std::min(chunk, rows - first);
            run(worker, first, count);
            if (std::this_thread::get_id() == caller) report(progress, {stage, first + count, rows, "rows"});
        }
    };
    const auto workers = static_cast<int>(std::clamp<std::int64_t>((rows + chunk - 1) / chunk, 1, rowWorkers()));
    if (workers == 1) work(0);
    else tbb::parallel_for(0, workers, work, tbb::simple_partitioner());
    if (stop.stop_requested()) return cancelled();
    return {};
}

}  // namespace dlrm
