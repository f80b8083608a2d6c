// SPDX-License-Identifier: Apache-2.0
// Exact nearest rows of a table in memory, one query and many, against what the machine reads and multiplies at most.
// Prints JSON lines.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/analysis/neighbors/neighbors.h"
#include "tests/bench/probe.h"

namespace {

using namespace dlrm;
using Clock = std::chrono::steady_clock;

void print(const std::string& what, std::vector<double> values, const char* unit) {
    std::sort(values.begin(), values.end());
    fmt::print(
        "{{\"what\": \"{}\", \"value\": {:.5g}, \"unit\": \"{}\", \"min\": {:.5g}, \"max\": {:.5g}, \"reps\": {}}}\n",
        what, values[values.size() / 2], unit, values.front(), values.back(), values.size());
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    std::int64_t rows = 1'000'000, dim = 128, k = 10, many = 100;
    int reps = 15;
    CLI::App app("Top-k over a table of normal values.");
    app.add_option("--rows", rows, "rows");
    app.add_option("--dim", dim, "columns");
    app.add_option("--k", k, "neighbours");
    app.add_option("--queries", many, "queries at once");
    app.add_option("--reps", reps, "repetitions");
    CLI11_PARSE(app, argc, argv);

    std::vector<float> values(static_cast<std::size_t>(rows * dim));
    std::mt19937_64 random(1);
    std::normal_distribution<float> normal;
    for (float& v : values) v = normal(random);
    const TableView table(rows, dim, DType::Float32,
                          {{.rows = rows,
                            .columns = dim,
                            .data = reinterpret_cast<const std::byte*>(values.data()),
                            .rowStride = dim * 4,
                            .columnStride = 4}});
    const int threads = static_cast<int>(std::thread::hardware_concurrency());
    const double bytes = static_cast<double>(values.size()) * sizeof(float);
    for (const Similarity similarity : {Similarity::Cosine, Similarity::Dot, Similarity::L2}) {
        std::vector<double> times, read, multiply, shareOne, shareMany;
        for (int rep = 0; rep < reps; ++rep) {
            const auto query = std::span(values).subspan(static_cast<std::size_t>((rep * 7919 % rows) * dim),
                                                         static_cast<std::size_t>(dim));
            const auto start = Clock::now();
            if (!nearestRows(table, query, std::vector<std::int64_t>{-1}, similarity, k)) return 1;
            times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
            if (rep % 5 == 0) read.push_back(bench::readBandwidth(threads));
        }
        const std::string one = fmt::format("neighbors.{}.1query", name(similarity));
        print(one, times, "ms");
        std::sort(read.begin(), read.end());
        for (const double t : times) shareOne.push_back(bytes / t / 1e6 / read[read.size() / 2]);
        print(one + ".share_of_read", shareOne, "of probed GB/s");

        const auto queries = std::span(values).first(static_cast<std::size_t>(many * dim));
        times.clear();
        for (int rep = 0; rep < std::max(1, reps / 5); ++rep) {
            multiply.push_back(bench::fmaPeak(threads));
            const auto start = Clock::now();
            if (!nearestRows(table, queries, std::vector<std::int64_t>(static_cast<std::size_t>(many), -1), similarity,
                             k))
                return 1;
            times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count() /
                            static_cast<double>(many));
            shareMany.push_back(2e-6 * static_cast<double>(rows * dim) / times.back() / multiply.back());
        }
        const std::string all = fmt::format("neighbors.{}.{}queries", name(similarity), many);
        print(all, times, "ms per query");
        print(all + ".share_of_fma", shareMany, "of probed GFLOP/s");
    }
    return 0;
}
