// SPDX-License-Identifier: Apache-2.0
// dlrm-cli bench
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <thread>

#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/usage.h"
#include "app/common/program.h"
#include "core/export/json.h"
#include "core/metrics/metric_set.h"
#include "core/synthetic/demo_writer.h"

namespace dlrm::cli {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Options {
    std::vector<std::string> parts;
    std::string checkpoint;
    DataOptions data;
};

// A directory of its own under the system's temporary one, removed at the end.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::error_code error;
        std::string pattern = (std::filesystem::temp_directory_path(error) / "dlrm-bench-XXXXXX").string();
        if (::mkdtemp(pattern.data())) m_path = pattern;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        if (!m_path.empty()) std::filesystem::remove_all(m_path, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::string& path() const { return m_path; }

private:
    std::string m_path;
};

void print(Context& context, const Json& line) { context.out.write(line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"); }

// Median, fastest and slowest of `repeats` runs.
struct Timing {
    double median = 0, fastest = 0, slowest = 0;
};

Result<Timing> timeIt(int repeats, std::stop_token stop, const std::function<Result<void>()>& work) {
    std::vector<double> seconds;
    for (int i = 0; i < repeats; ++i) {
        if (stop.stop_requested()) return cancelled();
        const auto start = Clock::now();
        if (auto done = work(); !done) return fail(std::move(done).error());
        seconds.push_back(secondsSince(start));
    }
    std::sort(seconds.begin(), seconds.end());
    return Timing{seconds[seconds.size() / 2], seconds.front(), seconds.back()};
}

Json timed(const char* bench, const Timing& t) {
    return {{"bench", bench}, {"seconds", t.median}, {"fastest", t.fastest}, {"slowest", t.slowest}};
}

Result<void> benchOpen(Context& context, const Options& options) {
    const auto timing = timeIt(20, context.stop, [&]() -> Result<void> {
        auto engine = openModel(options.checkpoint, context.common, context.progress, context.stop);
        if (!engine) return fail(std::move(engine).error());
        return {};
    });
    if (!timing) return fail(timing.error());
    print(context, timed("open", *timing));
    return {};
}

Result<void> benchBrowse(Context& context, const Options& options) {
    constexpr int kRows = 1000;
    auto engine = openModel(options.checkpoint, context.common, context.progress, context.stop);
    if (!engine) return fail(std::move(engine).error());
    const auto& tables = (*engine)->spec().tables;
    const auto largest = std::max_element(tables.begin(), tables.end(), [](const TableSpec& a, const TableSpec& b) { return a.rows < b.rows; });
    std::mt19937_64 random(1);
    const auto timing = timeIt(10, context.stop, [&]() -> Result<void> {
        std::vector<RowId> ids;
        for (int i = 0; i < kRows; ++i) ids.push_back(RowId{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(largest->rows))});
        auto rows = (*engine)->rows(TableId{static_cast<std::int32_t>(largest - tables.begin())}, ids);
        if (!rows) return fail(std::move(rows).error());
        return {};
    });
    if (!timing) return fail(timing.error());
    Json line = timed("browse", *timing);
    line["rows"] = kRows;
    line["table_rows"] = largest->rows;
    print(context, line);
    return {};
}

Result<void> benchPredict(Context& context, const Options& options) {
    constexpr std::int64_t kMostRows = 65'536;
    auto opened = openModelAndData(options.checkpoint, context.common, options.data, context.progress, context.stop);
    if (!opened) return fail(std::move(opened).error());
    const RowRange range{0, std::min(kMostRows, opened->dataset->rows()) - 1};
    const auto predict = [&](RowRange rows) -> Result<void> {
        auto done = opened->engine->predict(*opened->dataset, rows, {}, {}, context.stop);
        if (!done) return fail(std::move(done).error());
        return {};
    };
    if (auto warm = predict(range); !warm) return warm;
    for (const std::int64_t batch : {std::int64_t{1}, std::int64_t{64}, range.size()}) {
        const auto timing = timeIt(batch > 64 ? 3 : 100, context.stop, [&] { return predict({0, std::min(batch, range.size()) - 1}); });
        if (!timing) return fail(timing.error());
        Json line = timed("predict", *timing);
        line["rows"] = batch;
        line["rows_per_second"] = static_cast<double>(batch) / timing->median;
        line["precision"] = name(opened->engine->info().backend.precision);
        print(context, line);
    }
    return {};
}

Result<void> benchEvaluate(Context& context, const Options& options) {
    auto opened = openModelAndData(options.checkpoint, context.common, options.data, context.progress, context.stop);
    if (!opened) return fail(std::move(opened).error());
    const auto e = opened->engine->evaluate(*opened->dataset, {}, {}, context.progress.callback(), context.stop);
    if (!e) return fail(e.error());
    print(context, {{"bench", "evaluate"}, {"seconds", e->seconds}, {"rows", e->report.rows}, {"rows_per_second", e->rowsPerSecond}, {"precision", name(e->backend.precision)}});
    return {};
}

Result<void> benchAuc(Context& context, const Options&) {
    constexpr std::int64_t kRows = 10'000'000;
    std::vector<float> logits(kRows);
    std::vector<std::uint8_t> labels(kRows);
    std::mt19937_64 random(1);
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const std::uint64_t bits = random();
        labels[i] = bits % 4 == 0;
        logits[i] = static_cast<float>(static_cast<double>(bits >> 40) * 0x1p-22 - 3.0) + (labels[i] ? 1.0F : 0.0F);
    }
    const auto timing = timeIt(3, context.stop, [&]() -> Result<void> {
        MetricSet metrics;
        if (auto added = metrics.add(logits, labels, 0); !added) return added;
        static_cast<void>(metrics.report(false));
        return {};
    });
    if (!timing) return fail(timing.error());
    Json line = timed("auc", *timing);
    line["rows"] = kRows;
    line["what"] = "all metrics, exact AUC with interval included";
    print(context, line);
    return {};
}

struct Part {
    const char* name;
    Result<void> (*run)(Context&, const Options&);
};
constexpr Part kParts[] = {{"open", benchOpen}, {"browse", benchBrowse}, {"predict", benchPredict}, {"evaluate", benchEvaluate}, {"auc", benchAuc}};

Result<void> bench(Context& context, Options& options) {
    context.out.useLines();
    auto backend = backendChoice(context.common);
    if (!backend) return fail(std::move(backend).error());
    std::unique_ptr<TemporaryDirectory> temporary;
    if (options.checkpoint.empty()) {
        temporary = std::make_unique<TemporaryDirectory>();
        if (temporary->path().empty())
            return fail(Error("E-CLI-005", "No temporary directory could be made for the synthetic model.").withRemedy("set TMPDIR, or give --checkpoint and --data"));
        auto demo = writeDemo(temporary->path(), {}, context.progress.callback(), context.stop);
        if (!demo) return fail(std::move(demo).error());
        options.checkpoint = demo->checkpoint;
        options.data.path = demo->dataset;
    }
    print(context, {{"bench", "machine"},
                    {"version", programVersion()},
                    {"provenance", Json::parse(provenanceLine(provenanceOf(context.common)))["provenance"]},
                    {"backend", Json::parse(backendJson(backend->info))},
                    {"device", backend->info.device},
                    {"cores", std::thread::hardware_concurrency()},
                    {"checkpoint", temporary ? "synthetic, small" : options.checkpoint}});
    for (const Part& part : kParts) {
        if (!options.parts.empty() && std::find(options.parts.begin(), options.parts.end(), part.name) == options.parts.end()) continue;
        if (auto done = part.run(context, options); !done) return done;
        if (!context.out.isOpen()) return {};
    }
    return {};
}

}  // namespace

Run setUpBench(CLI::App& app, CommonOptions& common) {
    auto options = std::make_shared<Options>();
    app.add_option("parts", options->parts, "open, browse, predict, evaluate, auc; all of them when none is named")
        ->check(oneOf({"open", "browse", "predict", "evaluate", "auc"}));
    auto* checkpoint = app.add_option("--checkpoint", options->checkpoint, "A checkpoint to measure with; a small synthetic one without it");
    auto* data = app.add_option("--data", options->data.path, "Its dataset (test split)");
    checkpoint->needs(data);
    data->needs(checkpoint);
    addOutputOptions(app, common);
    addLinksOption(app);
    addBackendOptions(app, common);
    return [options](Context& context) { return bench(context, *options); };
}

}  // namespace dlrm::cli
