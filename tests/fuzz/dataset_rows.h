// SPDX-License-Identifier: Apache-2.0
// Reads every row of a dataset that was accepted, as prediction and the Samples page do.
#pragma once

#include <algorithm>

#include "core/dataset/dataset.h"
#include "tests/fuzz/fuzz_input.h"

namespace dlrm::fuzz {

inline void readAllRows(const Result<std::shared_ptr<const Dataset>>& opened) {
    checkRefusal(opened);
    if (!opened) return;
    const Dataset& dataset = **opened;
    const std::int64_t rows = dataset.rows();
    if (rows < 0) std::abort();
    Batch batch;
    const auto ok = dataset.read(0, rows, batch);
    checkRefusal(ok);
    if (ok) {
        if (batch.rows != rows) std::abort();
        const auto& limits = dataset.schema().cardinalities;
        for (std::int64_t t = 0; t < batch.tables && !limits.empty(); ++t)
            for (const std::int32_t id : batch.idsOf(t))
                if (id < 0 || id >= limits[static_cast<std::size_t>(t)]) std::abort();
        for (std::size_t t = 0; t < batch.bags.size(); ++t)
            for (std::int64_t r = 0; r < rows; ++r)
                if (batch.view().bag(t, r).empty()) std::abort();
    }
    for (std::int64_t r = 0; r < std::min<std::int64_t>(rows, 4); ++r) checkRefusal(dataset.rawRow(r));
}

}  // namespace dlrm::fuzz
