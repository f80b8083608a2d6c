// SPDX-License-Identifier: Apache-2.0
#include "core/engine/benchmark.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <vector>

#include "core/metrics/metric_set.h"

namespace dlrm {

Result<Timing> timeRuns(int repeats, const std::function<Result<void>()>& work, std::stop_token stop) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> seconds;
    for (int i = 0; i < repeats; ++i) {
        if (stop.stop_requested()) return cancelled();
        const auto start = Clock::now();
        DLRM_TRY(work());
        seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    std::sort(seconds.begin(), seconds.end());
    return Timing{seconds[seconds.size() / 2], seconds.front(), seconds.back()};
}

Result<BrowseTiming> timeBrowsing(const Engine& engine, std::stop_token stop) {
    constexpr int kRows = 1000, kRuns = 10;
    const auto& tables = engine.spec().tables;
    const auto largest = std::max_element(tables.begin(), tables.end(),
                                          [](const TableSpec& a, const TableSpec& b) { return a.rows < b.rows; });
    if (largest == tables.end() || largest->rows == 0)
        return fail(engine.rows(TableId{0}, std::array{RowId{0}}).error());
    std::mt19937_64 random(1);
    const auto browse = [&]() -> Result<void> {
        std::vector<RowId> ids;
        for (int i = 0; i < kRows; ++i)
            ids.push_back(RowId{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(largest->rows))});
        DLRM_TRY(engine.rows(TableId{static_cast<std::int32_t>(largest - tables.begin())}, ids));
        return {};
    };
    DLRM_TRY(const auto timing, timeRuns(kRuns, browse, std::move(stop)));
    return BrowseTiming{{timing, kRows}, largest->rows};
}

Result<void> timePredictions(Engine& engine, const Dataset& dataset, const std::function<void(const RowsTiming&)>& each,
                             std::stop_token stop) {
    constexpr std::int64_t kSingle = 1, kFew = 64, kMost = 65'536;
    constexpr int kRunsOfFew = 100, kRunsOfMany = 3;
    const std::int64_t all = std::min(kMost, dataset.rows());
    const auto predict = [&](std::int64_t rows) -> Result<void> {
        DLRM_TRY(engine.predict(dataset, {0, rows - 1}, {}, {.stop = stop}));
        return {};
    };
    DLRM_TRY(predict(all));
    for (const std::int64_t rows : {kSingle, std::min(kFew, all), all}) {
        DLRM_TRY(const auto timing, timeRuns(
                                        rows > kFew ? kRunsOfMany : kRunsOfFew, [&] { return predict(rows); }, stop));
        each({timing, rows});
    }
    return {};
}

Result<RowsTiming> timeMetrics(std::stop_token stop) {
    constexpr std::int64_t kRows = 10'000'000;
    std::vector<float> logits(kRows);
    std::vector<std::uint8_t> labels(kRows);
    std::mt19937_64 random(1);
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const std::uint64_t bits = random();
        labels[i] = bits % 4 == 0;
        logits[i] = static_cast<float>(static_cast<double>(bits >> 40) * 0x1p-22 - 3.0) + (labels[i] ? 1.0F : 0.0F);
    }
    const auto measure = [&]() -> Result<void> {
        MetricSet metrics;
        DLRM_TRY(metrics.add(logits, labels, 0));
        static_cast<void>(metrics.report(false));
        return {};
    };
    DLRM_TRY(const auto timing, timeRuns(3, measure, std::move(stop)));
    return RowsTiming{timing, kRows};
}

}  // namespace dlrm
