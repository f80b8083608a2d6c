// SPDX-License-Identifier: Apache-2.0
// Benchmarks of the CUDA module, each beside limits and a straightforward baseline of the same run; one JSON line each.
// gpu_bench [--module FILE] [--scale S] [--no-probe]: S scales table and row counts (default 1: the full 15.6 GiB
// model, which takes that much host memory too). Needs a driver and cuBLAS, nothing else. Exit 77 without a device.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <dlfcn.h>

#include "core/compute/backend_abi.h"
#include "gpu_bench_probe.h"

namespace {

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

using dlrm::bench::Limits;

// The full model's shapes.
constexpr std::int64_t kCardinalities[] = {7912889, 33823,   17139,   7339,    20046,  4,     7105, 1382, 63,
                                           5554114, 582469,  245828,  11,      2209,   10667, 104,  4,    968,
                                           15,      8165896, 2675940, 7156453, 302516, 12022, 97,   35};
constexpr std::int64_t kDim = 128, kNumericals = 13;
constexpr double kFlopPerRow = 4'820'224;

[[noreturn]] void die(const dlrm_error& e) {
    std::fprintf(stderr, "%s: %s (%s)\n", e.code, e.message, e.found);
    std::exit(1);
}

void report(const char* what, const std::string& variant, double value, const char* unit, double limit,
            double baseline) {
    std::printf("{\"what\":\"%s\",\"variant\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"", what, variant.c_str(), value,
                unit);
    if (limit > 0) std::printf(",\"share_of_limit\":%.4g", value / limit);
    if (baseline > 0) std::printf(",\"ratio_to_baseline\":%.4g", value / baseline);
    std::printf("}\n");
    std::fflush(stdout);
}

// The median and the 99th percentile of `times`, in seconds.
std::pair<double, double> quantiles(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

struct Weights {
    std::vector<std::vector<float>> values;
    std::vector<std::vector<float>> tableData;
    std::vector<dlrm_table_part> parts;
    std::vector<dlrm_table> tables;
    std::vector<std::int32_t> order;
    std::vector<dlrm_dense> bottom, top;
    dlrm_model_description description{};
};

void makeWeights(Weights& w, double scale) {
    std::mt19937 random(1);
    const auto values = [&](std::int64_t count, double bound) {
        std::vector<float> v(static_cast<std::size_t>(count));
        for (float& x : v) x = static_cast<float>((static_cast<double>(random()) / 4294967296.0 * 2 - 1) * bound);
        w.values.push_back(std::move(v));
        return w.values.back().data();
    };
    w.tableData.resize(std::size(kCardinalities));
    std::vector<std::thread> fillers;  // counter-based values, in parallel
    for (std::size_t t = 0; t < std::size(kCardinalities); ++t) {
        const auto rows = std::max<std::int64_t>(4, static_cast<std::int64_t>(static_cast<double>(kCardinalities[t]) *
                                                                              (kCardinalities[t] > 50000 ? scale : 1)));
        w.tableData[t].resize(static_cast<std::size_t>(rows * kDim));
        fillers.emplace_back([&data = w.tableData[t], t] {
            std::uint64_t state = t + 1;
            for (float& x : data) {
                state = state * 6364136223846793005ull + 1442695040888963407ull;
                x = static_cast<float>(static_cast<std::int32_t>(state >> 32)) * (0.05f / 2147483648.0f);
            }
        });
    }
    for (std::thread& f : fillers) f.join();
    for (const auto& data : w.tableData) {
        const std::int64_t rows = static_cast<std::int64_t>(data.size()) / kDim;
        w.parts.push_back({0, rows, 0, kDim, data.data(), kDim * 4, 4, 0});
        w.tables.push_back({rows, kDim, DLRM_TYPE_F32, 1, nullptr, rows, 0});
        w.order.push_back(static_cast<std::int32_t>(w.order.size()));
    }
    for (std::size_t t = 0; t < w.tables.size(); ++t) w.tables[t].parts = &w.parts[t];
    const auto layers = [&](std::vector<dlrm_dense>& to, std::int64_t inputs, std::int64_t used,
                            std::vector<std::int64_t> outputs, bool logit) {
        for (std::size_t k = 0; k < outputs.size(); ++k) {
            const float* kernel =
                values(inputs * outputs[k], std::sqrt(6.0 / static_cast<double>(inputs + outputs[k])));
            to.push_back({inputs, outputs[k], k == 0 ? used : inputs, !(logit && k + 1 == outputs.size()), kernel,
                          values(outputs[k], 0.05)});
            inputs = outputs[k];
        }
    };
    layers(w.bottom, kNumericals, kNumericals, {512, 256, kDim}, false);
    layers(w.top, 480, 479, {1024, 1024, 512, 256, 1}, true);
    w.description = {static_cast<std::int64_t>(w.tables.size()),
                     w.tables.data(),
                     w.order.data(),
                     kDim,
                     kNumericals,
                     DLRM_BOTTOM_FIRST,
                     3,
                     5,
                     0,
                     w.bottom.data(),
                     w.top.data(),
                     nullptr};
}

struct Rows {
    std::vector<float> numerical, logits;
    std::vector<std::int32_t> ids;
    dlrm_batch view{};
};

// zipf: exponent of the ranks' probabilities, 0: uniform.
void makeRows(Rows& r, const Weights& w, std::int64_t count, double zipf) {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> uniform(0, 1);
    r.numerical.resize(static_cast<std::size_t>(count * kNumericals));
    for (float& x : r.numerical) x = static_cast<float>(uniform(random) * 3);
    r.ids.clear();
    for (const dlrm_table& t : w.tables)
        for (std::int64_t k = 0; k < count; ++k) {
            const double u = uniform(random), n = static_cast<double>(t.rows);
            const double rank = zipf > 1 ? std::pow(1 - u * (1 - std::pow(n + 1, 1 - zipf)), 1 / (1 - zipf)) - 1
                                         : u * n;  // inverse of the continuous Zipf law
            r.ids.push_back(
                static_cast<std::int32_t>(std::min<std::int64_t>(t.rows - 1, static_cast<std::int64_t>(rank))));
        }
    r.logits.resize(static_cast<std::size_t>(count));
    r.view = {count, kNumericals, count, r.numerical.data(), r.ids.data()};
}

struct Bench {
    const dlrm_backend_table& m;
    const Limits limits;
    const Weights& w;
    double scale;
    bool probed;
    // A scale below a hundredth only shows that the program works: an emulated GPU takes long for a row.
    std::int64_t batch = scale < 0.01 ? 64 : 65536;
    int repeats = scale < 0.01 ? 3 : 60;
    dlrm_error error{};

    void must(std::int32_t answer) {
        if (answer != DLRM_OK) die(error);
    }

    void precision(const char* name, std::int32_t value, double flopLimit,
                   std::int32_t storage = DLRM_TABLES_AS_STORED) {
        dlrm_device* device = nullptr;
        dlrm_model* model = nullptr;
        const dlrm_options options{0, value, storage, 0};
        must(m.open_device(&options, &device, &error));
        const auto loadStart = Clock::now();
        must(m.load_model(device, &w.description, nullptr, &model, &error));
        must(m.wait_loaded(model, nullptr, &error));
        double bytes = 0;
        for (const dlrm_table& t : w.tables) bytes += static_cast<double>(t.rows * t.dim * 4);
        report("load", name, bytes / secondsSince(loadStart), "B/s", limits.pinnedToDevicePerSecond, 0);

        Rows rows;
        for (const std::int64_t few : {std::int64_t{1}, std::int64_t{64}}) {
            makeRows(rows, w, few, 1.45);
            std::vector<double> times;
            for (int k = 0; k < repeats * 30; ++k) {
                const auto start = Clock::now();
                must(m.forward(model, &rows.view, rows.logits.data(), nullptr, nullptr, &error));
                if (k >= repeats) times.push_back(secondsSince(start));
            }
            const auto [median, p99] = quantiles(times);
            report("latency", std::string(name) + " batch " + std::to_string(few) + " p50", median * 1e6, "us", 0, 0);
            report("latency", std::string(name) + " batch " + std::to_string(few) + " p99", p99 * 1e6, "us", 0, 0);
        }
        for (const std::int64_t many : {batch / 32, batch})
            for (const double zipf : {0.0, 1.45}) {
                makeRows(rows, w, many, zipf);
                std::vector<double> times;
                for (int k = 0; k < repeats; ++k) {
                    const auto start = Clock::now();
                    must(m.forward(model, &rows.view, rows.logits.data(), nullptr, nullptr, &error));
                    if (k >= repeats / 6 + 2) times.push_back(secondsSince(start));
                }
                double baseline = 0;
                if (probed && zipf == 0 && storage == DLRM_TABLES_AS_STORED &&
                    (value == DLRM_TF32 || value == DLRM_BF16))
                    baseline = static_cast<double>(many) /
                               dlrm::bench::Baseline(w.description, many, value == DLRM_BF16).run(10);
                report("throughput",
                       std::string(name) + " batch " + std::to_string(many) + (zipf > 0 ? " zipf" : " uniform"),
                       static_cast<double>(many) / quantiles(times).first, "rows/s",
                       flopLimit > 0 ? flopLimit / kFlopPerRow : 0, baseline);
            }
        m.free_model(model);
        m.close_device(device);
    }

    // Gather and interaction with the smallest MLPs there can be: what is left is the fused kernel and the copies.
    void interaction() {
        const std::vector<float> weights(static_cast<std::size_t>(kNumericals * kDim), 0.01f), bias(kDim);
        const std::vector<float> last(480, 0.01f);
        const dlrm_dense bottom{kNumericals, kDim, kNumericals, 1, weights.data(), bias.data()},
            top{480, 1, 479, 0, last.data(), bias.data()};
        dlrm_model_description d = w.description;
        d.bottom = &bottom;
        d.bottom_count = 1;
        d.top = &top;
        d.top_count = 1;
        for (const auto& [name, value] : {std::pair{"fp32", DLRM_FP32}, std::pair{"bf16", DLRM_BF16}}) {
            dlrm_device* device = nullptr;
            dlrm_model* model = nullptr;
            const dlrm_options options{0, value, DLRM_TABLES_AS_STORED, 0};
            must(m.open_device(&options, &device, &error));
            must(m.load_model(device, &d, nullptr, &model, &error));
            must(m.wait_loaded(model, nullptr, &error));
            const double baseline =
                probed ? static_cast<double>(batch) / dlrm::bench::Baseline(d, batch, false).gatherSeconds(10) : 0;
            for (const double zipf : {0.0, 1.45}) {
                Rows rows;
                makeRows(rows, w, batch, zipf);
                std::vector<double> times;
                for (int k = 0; k < repeats; ++k) {
                    const auto start = Clock::now();
                    must(m.forward(model, &rows.view, rows.logits.data(), nullptr, nullptr, &error));
                    if (k >= repeats / 6 + 2) times.push_back(secondsSince(start));
                }
                report("gather and interaction", std::string(name) + (zipf > 0 ? " zipf" : " uniform"),
                       static_cast<double>(batch) / quantiles(times).first, "rows/s",
                       limits.copyBytesPerSecond / (26.0 * kDim * 4), baseline);
            }
            m.free_model(model);
            m.close_device(device);
        }
    }

    // Rows in batches as an evaluation hands them over, without the file and the metrics.
    void evaluate() {
        dlrm_device* device = nullptr;
        dlrm_model* model = nullptr;
        const dlrm_options options{0, DLRM_BF16, DLRM_TABLES_AS_STORED, 0};
        must(m.open_device(&options, &device, &error));
        must(m.load_model(device, &w.description, nullptr, &model, &error));
        must(m.wait_loaded(model, nullptr, &error));
        Rows rows;
        makeRows(rows, w, batch, 1.45);
        const auto pieces = std::max<std::int64_t>(4, static_cast<std::int64_t>(1360 * scale));
        std::vector<float> logits(static_cast<std::size_t>(pieces * batch));
        must(m.forward(model, &rows.view, logits.data(), nullptr, nullptr, &error));
        must(m.forward(model, &rows.view, logits.data(), nullptr, nullptr, &error));
        const auto start = Clock::now();
        for (std::int64_t k = 0; k < pieces; ++k)
            must(m.forward(model, &rows.view, logits.data() + k * batch, nullptr, nullptr, &error));
        report("predict", std::to_string(logits.size()) + " rows, bf16",
               static_cast<double>(logits.size()) / secondsSince(start), "rows/s",
               limits.bf16FlopPerSecond / kFlopPerRow, 0);
        m.free_model(model);
        m.close_device(device);
    }
};

}  // namespace

int main(int argc, char** argv) {
    std::string path = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "dlrm_cuda.so").string();
    double scale = 1;
    bool probe = true;
    for (int k = 1; k < argc; ++k) {
        if (std::strcmp(argv[k], "--no-probe") == 0) probe = false;
        else if (std::strcmp(argv[k], "--module") == 0 && k + 1 < argc) path = argv[++k];
        else if (std::strcmp(argv[k], "--scale") == 0 && k + 1 < argc)
            scale = std::clamp(std::atof(argv[++k]), 1e-6, 1.0);
        else {
            std::fprintf(stderr, "gpu_bench [--module FILE] [--scale S] [--no-probe]\n");
            return 2;
        }
    }
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    const auto entry =
        library ? reinterpret_cast<dlrm_backend_module_fn>(dlsym(library, DLRM_BACKEND_SYMBOL)) : nullptr;
    if (!entry) {
        std::fprintf(stderr, "%s\n", dlerror());
        return 77;
    }
    const dlrm_options options{};
    dlrm_device_info info{};
    dlrm_error error{};
    if (entry()->probe(&options, &info, &error) != DLRM_OK) {
        std::fprintf(stderr, "%s: %s (%s)\n", error.code, error.message, error.found);
        return 77;
    }
    std::printf(
        "{\"what\":\"device\",\"variant\":\"%s\",\"compute_capability\":\"%d.%d\",\"driver\":%d,\"scale\":%g}\n",
        info.name, info.compute_major, info.compute_minor, info.driver_version, scale);
    Limits limits;
    if (probe) limits = dlrm::bench::probeLimits();
    report("limit", "device copy", limits.copyBytesPerSecond, "B/s", 0, 0);
    report("limit", "pinned to device", limits.pinnedToDevicePerSecond, "B/s", 0, 0);
    report("limit", "fp32 product", limits.fp32FlopPerSecond, "FLOP/s", 0, 0);
    report("limit", "tf32 product", limits.tf32FlopPerSecond, "FLOP/s", 0, 0);
    report("limit", "bf16 product", limits.bf16FlopPerSecond, "FLOP/s", 0, 0);
    Weights weights;
    makeWeights(weights, scale);
    Bench bench{*entry(), limits, weights, scale, probe};
    bench.precision("fp32", DLRM_FP32, limits.fp32FlopPerSecond);
    bench.precision("tf32", DLRM_TF32, limits.tf32FlopPerSecond);
    bench.precision("bf16", DLRM_BF16, limits.bf16FlopPerSecond);
    bench.precision("fp16", DLRM_FP16, limits.bf16FlopPerSecond);
    bench.precision("bf16, tables fp16", DLRM_BF16, limits.bf16FlopPerSecond, DLRM_TABLES_FP16);
    bench.precision("bf16, tables int8", DLRM_BF16, limits.bf16FlopPerSecond, DLRM_TABLES_INT8);
    bench.interaction();
    bench.evaluate();
    return 0;
}
