// SPDX-License-Identifier: Apache-2.0
// One parallel pass over the rows of a table in groups, with read-ahead, progress and a stop; for results that stand
// row by row.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "core/analysis/tables/pass.h"
#include "core/base/job.h"

namespace dlrm {

// Rows of about 8 MB of float32 values: a power of two, at least 64.
std::int64_t groupRowsOf(std::int64_t dim);

// Keeps about 64 MB of rows on their way into the page cache before the group that is computed next. Calls one at a
// time.
class ReadAhead {
public:
    explicit ReadAhead(const TableInput& input, std::int64_t firstRow = 0) : m_input(input), m_next(firstRow) {}
    void before(std::int64_t row);

private:
    const TableInput& m_input;
    std::int64_t m_next;
};

// work(first, count, block) for every group, groups side by side; block gives its rows. progress: in bytes, from the
// calling thread. False when stopped.
bool forEachGroup(const TableInput& input, std::string_view stage, const Job& job,
                  const std::function<void(std::int64_t first, std::int64_t count, RowBlock& block)>& work);

}  // namespace dlrm
