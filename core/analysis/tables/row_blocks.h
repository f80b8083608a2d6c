// SPDX-License-Identifier: Apache-2.0
// A table as blocks of float32 rows, worked through in the order of the file by several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/linear/aligned.h"
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
    // Rows first .. first + count − 1, or fewer where the table's files cut them; at least one. Valid until the next
    // call.
    // REQUIRES: 0 <= first, 1 <= count, first + count <= rows. Throws std::bad_alloc.
    FloatRows read(std::int64_t first, std::int64_t count);

private:
    const TableView& m_table;
    cpu::AlignedArray<float> m_converted;
};

// Rows that are about half a MiB of float32: a thread's share between two looks at the stop token, a few milliseconds
// even from a slow disk.
std::int64_t rowsPerChunk(std::int64_t dim);

// Gives the memory of rows [first, first + count) back once a pass has read them. Any thread.
using ReleaseRows = std::function<void(std::int64_t first, std::int64_t count)>;

// Gives rows back whose chunks end in any order, about 8 MiB at a time: the pages where two pieces meet stay in memory.
class RowsBehind {
public:
    // Chunks begin at 0, chunk, 2 · chunk, … < rows. `release` may be empty. REQUIRES: it outlives this object.
    RowsBehind(std::int64_t rows, std::int64_t chunk, const ReleaseRows& release);
    // The chunk that begins at `first` has been read. Any thread, once a chunk.
    void finished(std::int64_t first);

private:
    const std::int64_t m_rows, m_pieceRows, m_chunk;
    const ReleaseRows& m_release;
    std::vector<std::atomic<std::int64_t>> m_left;  // chunks of each piece that are still to be read
};

inline int rowWorkers() { return std::max(1, tbb::this_task_arena::max_concurrency()); }

// Calls run(worker, first, count) for all rows of `rows`, in chunks of `chunk`, handed out in ascending order to
// workers 0 .. rowWorkers() − 1; one worker's calls come one after the other. `release`, unless it is empty, is called
// for all rows as well, behind run(). Reports progress in rows from the calling thread, at the end that all are done.
// Error E-CANCELLED on stop.
template <class Run>
Result<void> forEachRowChunk(std::int64_t rows, std::int64_t chunk, std::string_view stage, const Job& job,
                             const Run& run, const ReleaseRows& release = {}) {
    std::atomic<std::int64_t> next = 0;
    RowsBehind behind(rows, chunk, release);
    const std::thread::id caller = std::this_thread::get_id();
    const auto work = [&](int worker) {
        while (!job.stopped()) {
            const std::int64_t first = next.fetch_add(chunk, std::memory_order_relaxed);
            if (first >= rows) return;
            const std::int64_t count = std::min(chunk, rows - first);
            run(worker, first, {count});
            behind.finished(first);
            if (std::this_thread::get_id() == caller) job.report({stage, first + count, rows, "rows"});
        }
    };
    const auto workers = static_cast<int>(std::clamp<std::int64_t>((rows + chunk - 1) / chunk, 1, rowWorkers()));
    if (workers == 1) work(0);
    else tbb::parallel_for(0, workers, work, tbb::simple_partitioner());
    if (job.stopped()) return cancelled();
    if (rows > 0) job.report({stage, rows, rows, "rows"});
    return {};
}

}  // namespace dlrm
