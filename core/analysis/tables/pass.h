// SPDX-License-Identifier: Apache-2.0
// The one streaming pass over a table that TableStatistics come from. Stopped, it goes on from the last finished group
// of rows when it is run again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

#include "core/analysis/tables/statistics.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/model/table_view.h"

namespace dlrm {

// A table, the way to have rows [first, first + count) read into the page cache without waiting, and the way to give
// their memory back once they were read; both may be empty. readAhead is called from any thread, one at a time; release
// from any thread.
struct TableInput {
    TableId id{};
    const TableView* view = nullptr;
    std::function<void(std::int64_t first, std::int64_t count)> readAhead = {};
    std::function<void(std::int64_t first, std::int64_t count)> release = {};
};

class TablePass {
public:
    enum class Content { WithGram, WithoutGram };  // WithoutGram leaves the spectra empty
    // Reads a few rows to choose the histogram's range and the test for untrained rows. REQUIRES: the view outlives the
    // pass.
    explicit TablePass(TableInput input, Content content = Content::WithGram);
    ~TablePass();
    TablePass(const TablePass&) = delete;
    TablePass& operator=(const TablePass&) = delete;

    // Runs to the end, on all threads of the calling thread's TBB arena. The result has the same bits for any number of
    // threads and stops.
    // progress: in bytes, from the calling thread. E-CANCELLED within 100 ms of a stop. Not from two threads at once.
    // Call once more only after E-CANCELLED.
    Result<TableStatistics> run(const Job& job);

    std::int64_t rowsDone() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// Wider tables have no Gram matrix and no spectrum.
constexpr std::int64_t kWidestGram = 1024;

// Rows of a view as pointers to float32 values: into the mapping, or into a buffer of its own where they must be
// converted.
class RowBlock {
public:
    explicit RowBlock(const TableView& view) : m_view(view) {}
    // Valid until the next call. REQUIRES: 0 <= first, first + count <= rows().
    const float* const* rows(std::int64_t first, std::int64_t count);

private:
    const TableView& m_view;
    std::vector<const float*> m_rows;
    std::vector<float> m_converted;
};

}  // namespace dlrm
