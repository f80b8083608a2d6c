// SPDX-License-Identifier: Apache-2.0
#include "core/engine/gathered_rows.h"

#include <algorithm>

#include "core/measure/batch_feed.h"

namespace dlrm {

Result<Batch> gatherRows(const Dataset& dataset, const Checkpoint& checkpoint, const std::vector<std::int64_t>& rows,
                         const std::stop_token& stop) {
    Batch all, one;
    const auto count = static_cast<std::int64_t>(rows.size());
    for (std::int64_t r = 0; r < count; ++r) {
        if (stop.stop_requested()) return cancelled();
        DLRM_TRY(dataset.read(rows[static_cast<std::size_t>(r)], 1, one, stop));
        DLRM_TRY(checkIds(one, dataset, checkpoint));
        if (r == 0) all.resize(count, one.numericals, one.tables, false);
        std::copy(one.numerical.begin(), one.numerical.end(), all.numerical.begin() + r * one.numericals);
        for (std::int64_t t = 0; t < one.tables; ++t)
            all.ids[static_cast<std::size_t>(t * count + r)] = one.ids[static_cast<std::size_t>(t)];
    }
    return all;
}

}  // namespace dlrm
