// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/sweep/quantiles.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

namespace dlrm {

Result<NumericalQuantiles> numericalQuantiles(const Dataset& dataset, std::size_t index, std::int64_t most,
                                              const Job& job) {
    constexpr std::int64_t kBlock = 10'000;
    const std::int64_t rows = dataset.rows(), looked = std::min(rows, kMostRowsOfQuantiles);
    const std::int64_t blocks = (looked + kBlock - 1) / kBlock;
    std::unordered_map<float, std::int64_t> counts;  // at most kMostRowsOfQuantiles
    NumericalQuantiles out;
    std::int64_t finite = 0;
    Batch batch;
    for (std::int64_t b = 0; b < blocks; ++b) {
        const std::int64_t size = std::min(kBlock, looked - b * kBlock);
        const std::int64_t first = looked == rows ? b * kBlock : (rows - size) * b / (blocks - 1);
        DLRM_TRY(dataset.read(first, size, batch, job.stop));
        for (std::int64_t r = 0; r < size; ++r) {
            const float value = batch.numerical[static_cast<std::size_t>(r * batch.numericals) + index];
            if (!std::isfinite(value)) continue;
            ++counts[value == 0 ? 0.0F : value];  // one zero
            ++finite;
        }
        out.rows += size;
        job.report({"looking at values", out.rows, looked, "rows"});
        if (job.stopped()) return cancelled();
    }
    std::vector<std::pair<float, std::int64_t>> sorted(counts.begin(), counts.end());
    std::sort(sorted.begin(), sorted.end());
    out.distinct = std::ssize(sorted);
    const bool all = out.distinct <= most;
    std::int64_t before = 0, k = 0;  // values below; the next quantile
    for (const auto& [value, count] : sorted) {
        const auto isHere = [&] { return k < most && k * (finite - 1) / (most - 1) < before + count; };
        if (all || isHere()) out.values.push_back(value);
        while (isHere()) ++k;
        before += count;
    }
    return out;
}

}  // namespace dlrm
