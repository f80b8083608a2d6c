// SPDX-License-Identifier: Apache-2.0
#include "core/engine/table_warmer.h"

#include <algorithm>

namespace dlrm {

TableWarmer::TableWarmer(const Checkpoint& checkpoint, TableId table) {
    constexpr std::int64_t kSample = 64;
    const std::int64_t rows = checkpoint.table(table).rows();
    const std::int64_t sampled = std::min(rows, kSample);
    std::vector<RowId> sample;
    for (std::int64_t i = 0; i < sampled; ++i) sample.push_back(RowId{i * rows / sampled});
    if (checkpoint.coldRows(table, sample) == 0) return;
    m_reader =
        std::jthread([&checkpoint, table](const std::stop_token& ended) { checkpoint.prefetchTable(table, ended); });
}

TableInput tableInputOf(const Checkpoint& checkpoint, TableId table) {
    constexpr std::int64_t kLooked = 8;  // rows of a group that tell whether it is in the page cache
    return {table, &checkpoint.table(table),
            [&checkpoint, table](std::int64_t first, std::int64_t count) {
                // A table in the page cache is not asked for again: that would take a tenth of the pass.
                std::vector<RowId> looked;
                for (std::int64_t k = 0; k < kLooked; ++k)
                    looked.push_back(RowId{first + (count - 1) * k / (kLooked - 1)});
                if (checkpoint.coldRows(table, looked) > 0)
                    checkpoint.prefetchRange(table, {first, first + count - 1}, {});
            },
            releaserOf(checkpoint, table)};
}

ReleaseRows releaserOf(const Checkpoint& checkpoint, TableId table) {
    return [&checkpoint, table](std::int64_t first, std::int64_t count) {
        checkpoint.releaseRange(table, {first, first + count - 1});
    };
}

}  // namespace dlrm
