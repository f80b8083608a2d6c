// SPDX-License-Identifier: Apache-2.0
// Maps of rows: principal components of a table, and UMAP of made-up clusters or of rows read from a file. Prints JSON
// lines.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/analysis/maps/pca.h"
#include "core/analysis/maps/projection.h"
#include "core/analysis/maps/umap.h"
#include "core/analysis/tables/gram_accumulator.h"
#include "core/analysis/tables/pass.h"
#include "core/analysis/tables/row_blocks.h"
#include "tests/bench/probe.h"

namespace {

using namespace dlrm;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void print(const std::string& what, std::vector<double> values, const char* unit) {
    std::sort(values.begin(), values.end());
    fmt::print(
        "{{\"what\": \"{}\", \"value\": {:.5g}, \"unit\": \"{}\", \"min\": {:.5g}, \"max\": {:.5g}, \"reps\": {}}}\n",
        what, values[values.size() / 2], unit, values.front(), values.back(), values.size());
    std::fflush(stdout);
}

bool benchPca(std::int64_t rows, std::int64_t dim, int reps) {
    std::vector<float> values(static_cast<std::size_t>(rows * dim));
    std::mt19937_64 random(2);
    std::normal_distribution<float> normal;
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = normal(random) *
                    (3 - 2.9F * static_cast<float>(i % static_cast<std::size_t>(dim)) / static_cast<float>(dim));
    const TableView table(rows, dim, DType::Float32,
                          {{.rows = rows,
                            .columns = dim,
                            .data = reinterpret_cast<const std::byte*>(values.data()),
                            .rowStride = dim * 4,
                            .columnStride = 4}});
    std::vector<double> whole, gramOnly, share, project;
    for (int rep = 0; rep < reps; ++rep) {
        const double peak = bench::fmaPeak(static_cast<int>(std::thread::hardware_concurrency()));
        auto start = Clock::now();
        std::vector<GramAccumulator> sums;
        for (int w = 0; w < rowWorkers(); ++w) sums.emplace_back(dim);
        std::vector<RowBlockReader> readers;
        for (int w = 0; w < rowWorkers(); ++w) readers.emplace_back(table);
        if (!forEachRowChunk(rows, rowsPerChunk(dim), "", {}, [&](int w, std::int64_t first, std::int64_t count) {
                const FloatRows block = readers[static_cast<std::size_t>(w)].read(first, count);
                for (std::int64_t r = 0; r < block.count; ++r)
                    sums[static_cast<std::size_t>(w)].add(block.data + r * block.stride);
            }))
            return false;
        for (GramAccumulator& sum : sums) sum.flush();
        for (std::size_t w = 1; w < sums.size(); ++w) sums[0].add(sums[w]);
        gramOnly.push_back(secondsSince(start));
        share.push_back(static_cast<double>(rows * dim) * static_cast<double>(dim + 1) / gramOnly.back() / 1e9 / peak);
        const auto axes = pca(sums[0].gram(), 2);
        const auto projecting = Clock::now();
        if (!axes || !projectRows(table, *axes, {})) return false;
        project.push_back(secondsSince(projecting));
        whole.push_back(secondsSince(start));
    }
    print("pca.whole", whole, "s");
    print("pca.gram", gramOnly, "s");
    print("pca.gram.share_of_fma", share, "of probed GFLOP/s, one triangle counted");
    print("pca.projection", project, "s");
    return true;
}

// 20 clusters of spread 1 around centres of spread 3.
std::vector<float> clusters(std::int64_t points, std::int64_t dim) {
    std::mt19937_64 random(2);
    std::normal_distribution<float> normal;
    std::vector<float> centres(static_cast<std::size_t>(20 * dim)), values;
    for (float& c : centres) c = 3 * normal(random);
    for (std::int64_t i = 0; i < points; ++i) {
        const auto centre = static_cast<std::int64_t>(random() % 20);
        for (std::int64_t c = 0; c < dim; ++c)
            values.push_back(centres[static_cast<std::size_t>(centre * dim + c)] + normal(random));
    }
    return values;
}

bool benchUmap(const std::vector<float>& values, std::int64_t dim, const UmapOptions& options, int reps,
               const std::string& out) {
    std::vector<double> whole, firstPicture, layout;
    std::vector<float> picture;
    for (int rep = 0; rep < reps; ++rep) {
        double first = 0, neighboursDone = 0;
        const auto start = Clock::now();
        auto made = umap(values, dim, options,
                         [&](int epoch, int, std::span<const float>) {
                             if (epoch == 0) first = secondsSince(start);
                         },
                         {[&](const Progress& p) {
                             if (p.stage == "laying out" && p.done == 1) neighboursDone = secondsSince(start);
                         }});
        if (!made) return false;
        whole.push_back(secondsSince(start));
        firstPicture.push_back(first);
        layout.push_back(whole.back() - neighboursDone);
        picture = *std::move(made);
    }
    print("umap.whole", whole, "s");
    print("umap.first_picture", firstPicture, "s");
    print("umap.layout", layout, "s");
    if (out.empty()) return true;
    std::ofstream file(out, std::ios::binary);
    file.write(reinterpret_cast<const char*>(picture.data()),
               static_cast<std::streamsize>(picture.size() * sizeof(float)));
    return file.good();
}

}  // namespace

int main(int argc, char** argv) {
    std::int64_t rows = 500'000, points = 20'000, dim = 128;
    int reps = 5;
    std::string only, input, output, metric = "euclidean";
    UmapOptions options;
    CLI::App app("Principal components and UMAP.");
    app.add_option("--rows", rows, "rows of the table for principal components");
    app.add_option("--points", points, "points for UMAP");
    app.add_option("--dim", dim, "columns");
    app.add_option("--reps", reps, "repetitions");
    app.add_option("--only", only, "pca or umap")->check(CLI::IsMember({"pca", "umap"}));
    app.add_option("--input", input, "float32 values, row after row, instead of made-up clusters");
    app.add_option("--output", output, "where the last picture goes: float32, point after point");
    app.add_option("--metric", metric, "euclidean or cosine")->check(CLI::IsMember({"euclidean", "cosine"}));
    app.add_option("--seed", options.seed, "seed");
    app.add_option("--neighbors", options.neighbors, "neighbours of a point");
    CLI11_PARSE(app, argc, argv);
    options.metric = metric == "cosine" ? UmapMetric::Cosine : UmapMetric::Euclidean;
    if (only != "umap" && !benchPca(rows, dim, reps)) return 1;
    if (only == "pca") return 0;
    std::vector<float> values;
    if (input.empty()) {
        values = clusters(points, dim);
    } else {
        std::ifstream file(input, std::ios::binary | std::ios::ate);
        values.resize(static_cast<std::size_t>(file.tellg()) / sizeof(float));
        file.seekg(0);
        if (!file.read(reinterpret_cast<char*>(values.data()),
                       static_cast<std::streamsize>(values.size() * sizeof(float))))
            return 1;
    }
    return benchUmap(values, dim, options, reps, output) ? 0 : 1;
}
