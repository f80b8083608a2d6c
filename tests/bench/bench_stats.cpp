// SPDX-License-Identifier: Apache-2.0
// One pass over a table in a warm mapped file, without and with its Gram matrix, against what the machine can read and
// multiply. Prints JSON lines.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/analysis/tables/gram_accumulator.h"
#include "core/analysis/tables/pass.h"
#include "core/analysis/tables/row_order.h"
#include "core/base/random_access_file.h"
#include "tests/bench/probe.h"

namespace {

using namespace dlrm;
using Clock = std::chrono::steady_clock;

double seconds(const std::function<void()>& work) {
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void print(const std::string& what, std::vector<double> values, const char* unit) {
    std::sort(values.begin(), values.end());
    const double median = values[values.size() / 2];
    fmt::print(
        "{{\"what\": \"{}\", \"value\": {:.5g}, \"unit\": \"{}\", \"min\": {:.5g}, \"median\": {:.5g}, \"max\": "
        "{:.5g}, \"reps\": {}}}\n",
        what, median, unit, values.front(), median, values.back(), values.size());
    std::fflush(stdout);
}

// The first share of the rows trained, the rest as an initializer left them: values k · 2⁻²³ · 2a − a.
bool writeTable(const std::string& path, std::int64_t rows, std::int64_t dim, double trained) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!file) return false;
    std::mt19937_64 random(1);
    const auto bound = static_cast<float>(std::sqrt(1.0 / static_cast<double>(rows)));
    std::vector<float> row(static_cast<std::size_t>(dim));
    bool good = true;
    for (std::int64_t r = 0; r < rows && good; ++r) {
        for (float& v : row) {
            const float product = static_cast<float>(random() >> 41) * 0x1p-23f * (2 * bound);
            v = product - bound;
            if (static_cast<double>(r) < trained * static_cast<double>(rows)) v *= 1.37f;
        }
        good = std::fwrite(row.data(), sizeof(float), row.size(), file) == row.size();
    }
    return std::fclose(file) == 0 && good;
}

}  // namespace

int main(int argc, char** argv) {
    std::int64_t rows = 1'048'576, dim = 128;
    int reps = 5;
    double trained = 0.5;
    std::string path = "bench_table.bin";
    CLI::App app("Table statistics.");
    app.add_option("--rows", rows, "rows");
    app.add_option("--dim", dim, "values a row");
    app.add_option("--reps", reps, "repetitions");
    app.add_option("--trained", trained, "share of the rows that are trained");
    app.add_option("--file", path, "where the table is written; removed at the end");
    CLI11_PARSE(app, argc, argv);

    if (!writeTable(path, rows, dim, trained)) return 1;
    const auto file = RandomAccessFile::open(path);
    if (!file) return 1;
    const auto mapped = (*file)->map(Access::Random);
    if (!mapped) return 1;
    const TableView view(rows, dim, DType::Float32, {{0, rows, 0, dim, mapped->data(), dim * 4, 4, false}});
    const int threads = static_cast<int>(std::thread::hardware_concurrency());
    const double bytes = static_cast<double>(rows * dim) * 4;
    // Multiply-adds of the lower triangle with its diagonal, 2 operations each.
    const double operations = static_cast<double>(rows) * static_cast<double>(dim * (dim + 1));

    std::vector<double> read, fma, plain, plainShare, plainCost, whole, gramShare, gram;
    for (int rep = 0; rep < reps; ++rep) {
        read.push_back(bench::readBandwidth(threads));
        const auto pass = [&](TablePass::Content content) {
            return seconds([&] {
                TablePass p({TableId{0}, &view, {}}, content);
                const auto result = p.run({});
                if (!result || result->untrained.count !=
                                   rows - static_cast<std::int64_t>(std::ceil(trained * static_cast<double>(rows))))
                    fmt::print(stderr, "wrong number of untrained rows\n");
            });
        };
        const double without = pass(TablePass::Content::WithoutGram);
        plain.push_back(bytes / without / 1e9);
        plainShare.push_back(plain.back() / read.back());
        plainCost.push_back(without / (bytes / 1e9));
        whole.push_back(pass(TablePass::Content::WithGram) / (bytes / 1e9));
        fma.push_back(bench::fmaPeak(threads));
        std::vector<std::thread> pool;
        const std::int64_t share = rows / threads;
        const double elapsed = seconds([&] {
            for (int t = 0; t < threads; ++t)
                pool.emplace_back([&, t] {
                    GramAccumulator sums(dim);
                    for (std::int64_t r = t * share; r < (t + 1) * share; ++r) sums.add(view.floatRow(r));
                    sums.flush();
                });
            for (std::thread& thread : pool) thread.join();
        });
        gram.push_back(operations / elapsed / 1e9);
        gramShare.push_back(gram.back() / fma.back());
    }
    print("probe.read", read, "GB/s");
    print("probe.fma", fma, "GFLOP/s");
    print("stats.pass", plain, "GB/s");
    print("stats.pass_cost", plainCost, "s/GB");
    print("stats.pass_of_read", plainShare, "");
    print("stats.pass_with_gram_cost", whole, "s/GB");
    print("stats.gram", gram, "GFLOP/s");
    print("stats.gram_of_fma", gramShare, "");

    std::vector<float> norms;
    std::mt19937 random(3);
    for (std::int64_t r = 0; r < rows; ++r) norms.push_back(static_cast<float>(random()));
    RowQuery query;
    query.sortBy = RowKey::Norm;
    RowColumns columns;
    columns.rows = rows;
    columns.norms = norms;
    std::vector<double> sorted, top;
    for (int rep = 0; rep < reps; ++rep) {
        query.limit = 0;
        sorted.push_back(1e3 * seconds([&] { (void)orderRows(columns, query); }));
        query.limit = 1000;
        top.push_back(1e3 * seconds([&] { (void)orderRows(columns, query); }));
    }
    print("rows.sort", sorted, "ms");
    print("rows.top_1000", top, "ms");
    std::remove(path.c_str());
    return 0;
}
