// SPDX-License-Identifier: Apache-2.0
// dlrm-cli bench
#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>

#include <stdlib.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/program/program.h"
#include "core/engine/backends.h"
#include "core/engine/benchmark.h"
#include "core/report/json.h"
#include "core/synthetic/demo_writer.h"

namespace dlrm::cli {
namespace {

using Json = nlohmann::ordered_json;

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

void print(Context& context, const Json& line) {
    context.out.write(line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Json timed(const char* bench, const Timing& t) {
    return {{"bench", bench}, {"seconds", t.median}, {"fastest", t.fastest}, {"slowest", t.slowest}};
}

Result<void> benchOpen(Context& context, const CommonOptions& with) {
    const auto openOnce = [&]() -> Result<void> {
        DLRM_TRY(openModel(with, context.job()));
        return {};
    };
    DLRM_TRY(const auto timing, timeRuns(20, openOnce, context.stop));
    print(context, timed("open", timing));
    return {};
}

Result<void> benchBrowse(Context& context, const CommonOptions& with) {
    DLRM_TRY(auto engine, openModel(with, context.job()));
    DLRM_TRY(const auto browsing, timeBrowsing(*engine, context.stop));
    Json line = timed("browse", browsing.rows.timing);
    line["rows"] = browsing.rows.rows;
    line["table_rows"] = browsing.tableRows;
    print(context, line);
    return {};
}

Result<void> benchPredict(Context& context, const CommonOptions& with) {
    DLRM_TRY(auto opened, openAll(with, context.job()));
    const auto each = [&](const RowsTiming& t) {
        Json line = timed("predict", t.timing);
        line["rows"] = t.rows;
        line["rows_per_second"] = t.rowsPerSecond();
        line["precision"] = name(opened.engine->info().backend.precision);
        print(context, line);
    };
    return timePredictions(*opened.engine, *opened.dataset, each, context.stop);
}

Result<void> benchEvaluate(Context& context, const CommonOptions& with) {
    DLRM_TRY(auto opened, openAll(with, context.job()));
    DLRM_TRY(const auto e, opened.engine->evaluate(*opened.dataset, {}, {}, context.job()));
    print(context, {{"bench", "evaluate"},
                    {"seconds", e.seconds},
                    {"rows", e.report.rows},
                    {"rows_per_second", e.rowsPerSecond},
                    {"precision", name(e.backend.precision)}});
    return {};
}

Result<void> benchAuc(Context& context, const CommonOptions&) {
    DLRM_TRY(const auto metrics, timeMetrics(context.stop));
    Json line = timed("auc", metrics.timing);
    line["rows"] = metrics.rows;
    line["what"] = "all metrics, exact AUC with interval included";
    print(context, line);
    return {};
}

struct Part {
    const char* name;
    Result<void> (*run)(Context&, const CommonOptions& with);
};
constexpr Part kParts[] = {{"open", benchOpen},
                           {"browse", benchBrowse},
                           {"predict", benchPredict},
                           {"evaluate", benchEvaluate},
                           {"auc", benchAuc}};

Result<void> bench(Context& context, const std::vector<std::string>& parts) {
    context.out.useLines();
    CommonOptions with = context.common;
    DLRM_TRY(auto backend, chooseBackend(onThisMachine(with.open.model.backend)));
    std::unique_ptr<TemporaryDirectory> temporary;
    if (with.open.checkpoint.empty()) {
        temporary = std::make_unique<TemporaryDirectory>();
        if (temporary->path().empty())
            return fail(Error("E-CLI-005", "No temporary directory could be made for the synthetic model.")
                            .withRemedy("Set TMPDIR, or give --checkpoint and --data."));
        DLRM_TRY(auto demo, writeDemo(temporary->path(), {}, context.job()));
        with.open.checkpoint = demo.checkpoint;
        with.open.data.path = demo.dataset;
    }
    print(context, {{"bench", "machine"},
                    {"version", programVersion()},
                    {"provenance", Json::parse(provenanceLine(provenanceOf(context.common)))["provenance"]},
                    {"backend", Json::parse(backendJson(backend.info))},
                    {"device", backend.info.device},
                    {"cores", std::thread::hardware_concurrency()},
                    {"checkpoint", temporary ? "synthetic, small" : with.open.checkpoint}});
    for (const Part& part : kParts) {
        if (!parts.empty() && std::find(parts.begin(), parts.end(), part.name) == parts.end()) continue;
        DLRM_TRY(part.run(context, with));
        if (!context.out.isOpen()) return {};
    }
    return {};
}

}  // namespace

Run setUpBench(VerbOptions& verb, CommonOptions& common) {
    auto parts = std::make_shared<std::vector<std::string>>();
    verb.words("parts", *parts, {"open", "browse", "predict", "evaluate", "auc"},
               "open, browse, predict, evaluate, auc; all of them when none is named");
    VerbOption checkpoint = verb.text("--checkpoint", common.open.checkpoint,
                                      "A checkpoint to measure with; a small synthetic one without it");
    VerbOption data = verb.open("data", common.open).group(kOwnGroup).about("Its dataset (test split)");
    checkpoint.needs(data);
    data.needs(checkpoint);
    addOutputOptions(verb, common);
    verb.open("follow-links", common.open);
    addBackendOptions(verb, common);
    return [parts](Context& context) { return bench(context, *parts); };
}

}  // namespace dlrm::cli
