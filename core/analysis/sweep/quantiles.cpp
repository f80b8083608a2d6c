// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/sweep/quantiles.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dlrm {
namespace {

struct LookedAt {
    std::vector<std::vector<float>> values;  // of the numericals that were asked for: the finite ones
    std::int64_t rows = 0, clicks = 0;
};

Result<LookedAt> lookAtNumbers(const Dataset& dataset, const std::vector<std::size_t>& numericals, const Job& job) {
    constexpr std::int64_t kBlock = 10'000;
    const std::int64_t rows = dataset.rows();
    const std::int64_t most =
        std::min(kMostRowsOfQuantiles, kMostNumbersOfQuantiles / std::max<std::int64_t>(1, std::ssize(numericals)));
    const std::int64_t looked = std::min(rows, most), blocks = (looked + kBlock - 1) / kBlock;
    LookedAt out;
    out.values.resize(numericals.size());
    Batch batch;
    for (std::int64_t b = 0; b < blocks; ++b) {
        const std::int64_t size = std::min(kBlock, looked - b * kBlock);
        const std::int64_t first =
            looked == rows ? b * kBlock : (rows - size) * b / std::max<std::int64_t>(1, blocks - 1);
        DLRM_TRY(dataset.read(first, size, batch, job.stop));
        for (std::size_t k = 0; k < numericals.size(); ++k)
            for (std::int64_t r = 0; r < size; ++r) {
                const float value = batch.numerical[static_cast<std::size_t>(r * batch.numericals) + numericals[k]];
                if (std::isfinite(value)) out.values[k].push_back(value == 0 ? 0.0F : value);  // one zero
            }
        out.clicks += std::accumulate(batch.labels.begin(), batch.labels.end(), std::int64_t{0});
        out.rows += size;
        job.report({"looking at values", out.rows, looked, "rows"});
        if (job.stopped()) return cancelled();
    }
    return out;
}

NumericalQuantiles quantilesOf(std::vector<float> values, std::int64_t rows, std::int64_t most) {
    std::sort(values.begin(), values.end());
    NumericalQuantiles out;
    out.rows = rows;
    const std::int64_t last = std::ssize(values) - 1;
    std::vector<float> all;  // while they are few
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0 && values[i] == values[i - 1]) continue;
        if (++out.distinct <= most) all.push_back(values[i]);
    }
    if (out.distinct <= most) {
        out.values = std::move(all);
        return out;
    }
    for (std::int64_t k = 0; k < most; ++k) {
        const float value = values[static_cast<std::size_t>(k * last / (most - 1))];
        if (out.values.empty() || out.values.back() != value) out.values.push_back(value);
    }
    return out;
}

}  // namespace

Result<NumericalQuantiles> numericalQuantiles(const Dataset& dataset, std::size_t index, std::int64_t most,
                                              const Job& job) {
    DLRM_TRY(auto looked, lookAtNumbers(dataset, {index}, job));
    return quantilesOf(std::move(looked.values.front()), looked.rows, most);
}

Result<DataQuantiles> dataQuantiles(const Dataset& dataset, std::int64_t most, const Job& job) {
    std::vector<std::size_t> all(dataset.schema().numericalNames.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    DLRM_TRY(auto looked, lookAtNumbers(dataset, all, job));
    DataQuantiles out;
    out.rows = looked.rows;
    out.clicks = looked.clicks;
    for (std::vector<float>& values : looked.values) {
        if (job.stopped()) return cancelled();
        out.numericals.push_back(quantilesOf(std::move(values), looked.rows, most));
    }
    return out;
}

}  // namespace dlrm
