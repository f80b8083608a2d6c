// SPDX-License-Identifier: Apache-2.0
// Predictions of a model as wide as FL15 with capped tables: batch 1 latency and rows per second, each beside the
// machine's limits probed in the same run. Prints JSON lines.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "core/compute/cpu/cpu_backend.h"
#include "tests/bench/probe.h"

namespace {

using namespace dlrm;
using Clock = std::chrono::steady_clock;

constexpr double kFlopPerRow = 4'820'224;  // multiplications and additions of the MLPs and the 351 dots

struct Options {
    int threads = 2;
    std::int64_t cap = 100'000;
    std::vector<std::int64_t> batches = {1, 64, 256, 2048, 65536};
    std::vector<std::string> precisions = {"fp32", "bf16"};
    int reps = 9;
    double seconds = 0.4;  // per repetition
};

struct Model {
    ModelSpec spec;
    std::vector<float> values;
    std::vector<TableView> tables;
    std::vector<DenseWeights> bottom, top;
};

std::vector<DenseWeights> randomMlp(const std::vector<std::int64_t>& widths, std::vector<LayerSpec>& spec,
                                    bool reluAtEnd, std::mt19937& random) {
    std::vector<DenseWeights> mlp;
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
        DenseWeights w;
        w.inputs = widths[i];
        w.outputs = widths[i + 1];
        std::normal_distribution<float> kernel(0, std::sqrt(2.0f / static_cast<float>(w.inputs))), bias(0, 0.05f);
        w.kernel.resize(static_cast<std::size_t>(w.inputs * w.outputs));
        w.bias.resize(static_cast<std::size_t>(w.outputs));
        for (float& v : w.kernel) v = kernel(random);
        for (float& v : w.bias) v = bias(random);
        LayerSpec layer;
        layer.inputs = w.inputs;
        layer.outputs = w.outputs;
        layer.relu = reluAtEnd || i + 2 < widths.size();
        spec.push_back(layer);
        mlp.push_back(std::move(w));
    }
    return mlp;
}

void makeModel(Model& m, std::int64_t cap) {
    constexpr std::int64_t kDim = 128;
    const std::vector<std::int64_t> cardinalities = {7912889, 33823,   17139,   7339,    20046,  4,     7105, 1382, 63,
                                                     5554114, 582469,  245828,  11,      2209,   10667, 104,  4,    968,
                                                     15,      8165896, 2675940, 7156453, 302516, 12022, 97,   35};
    std::mt19937 random(1);
    std::int64_t rows = 0;
    for (const std::int64_t c : cardinalities) rows += std::min(c, cap);
    m.values.resize(static_cast<std::size_t>(rows * kDim));
    std::uniform_real_distribution<float> value(-0.25f, 0.25f);
    for (float& v : m.values) v = value(random);
    std::int64_t first = 0;
    for (std::size_t t = 0; t < cardinalities.size(); ++t) {
        TableSpec table;
        table.rows = std::min(cardinalities[t], cap);
        table.dim = kDim;
        TablePart part;
        part.rows = table.rows;
        part.columns = kDim;
        part.data = reinterpret_cast<const std::byte*>(m.values.data() + first * kDim);
        part.rowStride = kDim * 4;
        part.columnStride = 4;
        m.tables.emplace_back(table.rows, kDim, DType::Float32, std::vector<TablePart>{part});
        m.spec.tables.push_back(table);
        m.spec.interactionTableOrder.push_back(static_cast<int>(t));
        first += table.rows;
    }
    m.spec.embeddingDim = kDim;
    m.spec.numericalFeatures = 13;
    m.bottom = randomMlp({16, 512, 256, kDim}, m.spec.bottomMlp, true, random);
    m.top = randomMlp({480, 1024, 1024, 512, 256, 1}, m.spec.topMlp, false, random);
}

Batch makeRows(const Model& m, std::int64_t rows, std::uint32_t seed) {
    std::mt19937 random(seed);
    Batch batch;
    batch.resize(rows, 13, 26, false);
    for (float& v : batch.numerical) v = std::log(static_cast<float>(random() % 500) + 3.0f);
    for (std::size_t t = 0; t < 26; ++t)
        for (std::int64_t r = 0; r < rows; ++r)
            batch.ids[t * static_cast<std::size_t>(rows) + static_cast<std::size_t>(r)] =
                static_cast<std::int32_t>(random() % static_cast<std::uint64_t>(m.spec.tables[t].rows));
    return batch;
}

double median(std::vector<double> v) {
    std::sort(v.begin(), v.end());
    return v[v.size() / 2];
}

void print(const std::string& what, const std::vector<double>& values, std::string_view unit, std::int64_t n,
           int threads, const std::string& more = {}) {
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    fmt::print(
        "{{\"what\": \"{}\", \"value\": {:.5g}, \"unit\": \"{}\", \"n\": {}, \"min\": {:.5g}, \"median\": {:.5g}, "
        "\"max\": {:.5g}, \"reps\": {}, \"threads\": {}{}}}\n",
        what, median(values), unit, n, sorted.front(), median(values), sorted.back(), values.size(), threads, more);
    std::fflush(stdout);
}

// Microseconds per call, median of the calls of one repetition.
double latency(DeviceModel& model, const std::vector<Batch>& batches, double seconds) {
    std::vector<double> microseconds;
    std::vector<float> logits(static_cast<std::size_t>(batches[0].rows));
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    for (std::size_t i = 0; Clock::now() < end; ++i) {
        const auto start = Clock::now();
        (void)model.forward(batches[i % batches.size()].view(), logits, {}, nullptr, {}).has_value();
        microseconds.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
    }
    return median(microseconds);
}

double rowsPerSecond(DeviceModel& model, const std::vector<Batch>& batches, double seconds) {
    std::vector<float> logits(static_cast<std::size_t>(batches[0].rows));
    const auto start = Clock::now();
    double elapsed = 0;
    std::int64_t rows = 0;
    for (std::size_t i = 0; elapsed < seconds; ++i) {
        (void)model.forward(batches[i % batches.size()].view(), logits, {}, nullptr, {}).has_value();
        rows += batches[0].rows;
        elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    }
    return static_cast<double>(rows) / elapsed;
}

int run(const Options& o) {
    std::string load;
    std::getline(std::ifstream("/proc/loadavg"), load);
    Model model;
    makeModel(model, o.cap);
    std::vector<double> read;
    for (int i = 0; i < 3; ++i) read.push_back(bench::readBandwidth(o.threads));
    print("probe.read", read, "GB/s", 0, o.threads, fmt::format(", \"loadavg\": \"{}\"", load));
    for (const std::string& precisionName : o.precisions) {
        const auto precision = precisionFromName(precisionName);
        if (!precision) return 2;
        auto backend = makeCpuBackend({o.threads, *precision});
        if (!backend) {
            fmt::print(stderr, "{}\n", backend.error().text());
            return 2;
        }
        const BackendInfo info = (*backend)->info();
        auto device = (*backend)->load({&model.spec, model.tables, model.bottom, model.top, {}}, {});
        if (!device) {
            fmt::print(stderr, "{}\n", device.error().text());
            return 2;
        }
        for (const std::int64_t rows : o.batches) {
            std::vector<Batch> batches;
            for (int i = 0; i < (rows == 1 ? 64 : rows <= 2048 ? 8 : 2); ++i)
                batches.push_back(makeRows(model, rows, static_cast<std::uint32_t>(i)));
            const std::string what = fmt::format("predict.{}.batch{}", precisionName, rows);
            rowsPerSecond(**device, batches, 0.05);
            std::vector<double> values, limits, shares;
            for (int r = 0; r < o.reps; ++r) {
                // The limit is probed right before and after each repetition: other work on the machine meets both.
                const auto peak = [&] {
                    const auto dots = *precision == Precision::Bf16 ? bench::bfloat16DotPeak(o.threads) : std::nullopt;
                    return dots ? *dots : bench::fmaPeak(o.threads);
                };
                if (rows == 1) {
                    values.push_back(latency(**device, batches, o.seconds));
                    continue;
                }
                const double before = peak();
                values.push_back(rowsPerSecond(**device, batches, o.seconds));
                limits.push_back((before + peak()) / 2);
                shares.push_back(values.back() * kFlopPerRow / 1e9 / limits.back());
            }
            if (rows == 1)
                print(what + ".p50", values, "us", rows, o.threads, fmt::format(", \"device\": \"{}\"", info.device));
            else
                print(what, values, "rows/s", rows, o.threads,
                      fmt::format(", \"limit_gflops\": {:.4g}, \"limit_rows\": {:.5g}, \"share_of_limit\": {:.3f}, "
                                  "\"share_of_best_limit\": {:.3f}",
                                  median(limits), median(limits) * 1e9 / kFlopPerRow, median(shares),
                                  *std::max_element(values.begin(), values.end()) * kFlopPerRow / 1e9 /
                                      *std::max_element(limits.begin(), limits.end())));
        }
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    Options o;
    CLI::App app{"Predictions per second of the CPU backend on a model as wide as FL15."};
    app.add_option("--threads", o.threads, "threads of the backend and of the probes");
    app.add_option("--cap", o.cap, "largest table cardinality kept");
    app.add_option("--batch", o.batches, "batch sizes")->delimiter(',');
    app.add_option("--precision", o.precisions, "fp32, bf16")->delimiter(',');
    app.add_option("--reps", o.reps, "repetitions");
    app.add_option("--secs", o.seconds, "seconds per repetition");
    CLI11_PARSE(app, argc, argv);
    return run(o);
}
