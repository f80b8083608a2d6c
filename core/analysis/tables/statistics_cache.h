// SPDX-License-Identifier: Apache-2.0
// Statistics of tables kept on disk between runs, one file a table, found by what identifies the table's bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/analysis/tables/statistics.h"

namespace dlrm {

// "$XDG_CACHE_HOME/dlrm-explorer/statistics", "~/.cache/…" where that is not set; empty when neither is an absolute
// path.
std::string statisticsDirectory();

// Any thread, any number of processes. A cache that cannot be read or written is no error: the table is read instead.
class StatisticsCache {
public:
    static constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;
    // directory: made on the first store; empty: nothing is kept. mostBytes: what all its files may take together.
    explicit StatisticsCache(std::string directory, std::int64_t mostBytes = kMostBytes);

    // key: everything that identifies the table's bytes. Nothing when they are not known, or the file is of another
    // version, key or shape, or damaged.
    std::optional<TableStatistics> load(const std::string& key, std::int64_t rows, std::int64_t dim) const;
    // Replaces what was there at once, then removes the files that were used the longest ago beyond the limit.
    void store(const std::string& key, const TableStatistics& statistics) const;

    // Where statistics of this key stand.
    std::string pathOf(const std::string& key) const;

private:
    void makeRoom(const std::string& keep) const;

    std::string m_directory;
    std::int64_t m_mostBytes;
};

}  // namespace dlrm
