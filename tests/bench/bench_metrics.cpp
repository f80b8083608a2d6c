// SPDX-License-Identifier: Apache-2.0
// Rows a second of MetricSet::add() on one thread, and the time of the exact AUC, of a whole final report and of an
// interim one. Prints JSON lines.
#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/metrics/key_store.h"
#include "core/metrics/metric_set.h"
#include "core/metrics/rank_statistics.h"

namespace {

using namespace dlrm;
using Clock = std::chrono::steady_clock;

struct Rows {
    std::vector<float> logits;
    std::vector<std::uint8_t> labels;
};

// As the scikit-learn peer makes them: a quarter positive, normal scores 1.1 apart.
Rows clickLike(std::int64_t n) {
    Rows rows;
    std::mt19937_64 random(3);
    std::normal_distribution<float> normal;
    for (std::int64_t i = 0; i < n; ++i) {
        rows.labels.push_back((random() & 3) == 0);
        rows.logits.push_back(normal(random) + 1.1f * static_cast<float>(rows.labels.back()) - 1.6f);
    }
    return rows;
}

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

bool feed(MetricSet& set, const Rows& rows) {
    constexpr std::size_t kBatch = 65536;
    for (std::size_t i = 0; i < rows.logits.size(); i += kBatch) {
        const std::size_t n = std::min(kBatch, rows.logits.size() - i);
        if (!set.add({rows.logits.data() + i, n}, {rows.labels.data() + i, n}, static_cast<std::int64_t>(i)))
            return false;
    }
    return true;
}

void print(const char* what, std::vector<double> values, const char* unit, std::int64_t n) {
    std::sort(values.begin(), values.end());
    const double median = values[values.size() / 2];
    fmt::print(
        "{{\"what\": \"{}\", \"value\": {:.5g}, \"unit\": \"{}\", \"n\": {}, \"min\": {:.5g}, \"median\": {:.5g}, "
        "\"max\": {:.5g}, \"reps\": {}}}\n",
        what, median, unit, n, values.front(), median, values.back(), values.size());
}

}  // namespace

int main(int argc, char** argv) {
    std::int64_t n = 10'000'000;
    int reps = 9;
    CLI::App app("Metrics over n rows.");
    app.add_option("--n", n, "rows");
    app.add_option("--reps", reps, "repetitions");
    CLI11_PARSE(app, argc, argv);

    const Rows rows = clickLike(n);
    std::vector<double> addRate, auc, report, interim;
    for (int rep = 0; rep < reps; ++rep) {
        MetricSet set;
        auto start = Clock::now();
        if (!feed(set, rows)) return 1;
        addRate.push_back(static_cast<double>(n) / secondsSince(start));
        start = Clock::now();
        (void)set.report(true);
        interim.push_back(1000 * secondsSince(start));
        start = Clock::now();
        (void)set.report(false);
        report.push_back(secondsSince(start));

        KeyStore positives, negatives;
        for (std::size_t i = 0; i < rows.logits.size(); ++i) {
            KeyStore& store = rows.labels[i] ? positives : negatives;
            *store.room(1) = keyOf(rows.logits[i]);
            store.appended(1);
        }
        start = Clock::now();
        const RankStatistics ranks = rankStatistics(positives.sorted(), negatives.sorted());
        auc.push_back(secondsSince(start));
        if (!(ranks.auc > 0.5)) return 1;
    }
    print("metrics.add", addRate, "rows/s", n);
    print("metrics.exact_auc", auc, "s", n);
    print("metrics.final_report", report, "s", n);
    print("metrics.interim_report", interim, "ms", n);
    return 0;
}
