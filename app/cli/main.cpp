// SPDX-License-Identifier: Apache-2.0
// dlrm-cli: everything the window shows, on a terminal. Exit codes: 0 done, 1 done with findings, 2 could not run, 130 interrupted.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <list>
#include <sstream>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "app/cli/commands.h"
#include "app/common/open_files.h"
#include "app/common/stop_signals.h"

namespace {

using namespace dlrm;
using namespace dlrm::cli;

constexpr int kFindings = 1;
constexpr int kCouldNotRun = 2;
constexpr int kInterrupted = 130;

int failed(const Error& error, const CommonOptions& common, Output& out) {
    if (error.isCancelled()) {
        std::fputs("E-CANCELLED: Cancelled.\n", stderr);
        return kInterrupted;
    }
    std::fprintf(stderr, "%s\n", error.text().c_str());
    if (common.json && !out.used()) {
        out.write(errorJson(error));
        if (auto written = out.finish(); !written) std::fprintf(stderr, "%s\n", written.error().text().c_str());
    }
    return kCouldNotRun;
}

Error wrongUse(const std::string& message, int argc, char** argv) {
    constexpr const char* kRemedy = "see dlrm-cli --help, or dlrm-cli VERB --help";
    const std::string_view first = argc > 1 ? argv[1] : "";
    const auto isVerb = [&](const Command& command) { return command.name == first; };
    if (argc < 2 || first.starts_with('-') || std::any_of(commands().begin(), commands().end(), isVerb)) return Error("E-CLI-001", message).withRemedy(kRemedy);
    std::string verbs;
    for (const Command& command : commands()) verbs += (verbs.empty() ? "" : ", ") + std::string(command.name);
    return Error("E-CLI-001", "There is no such verb.").butExpected(verbs).butFound(std::string(first)).withRemedy(kRemedy);
}

int runCommand(const Run& run, const CommonOptions& common, std::stop_token stop) {
    Output out;
    ProgressLine progress;
    progress.setQuiet(common.quiet);
    Context context{common, out, progress, std::move(stop), false};
    Result<void> done;
    try {
        done = run(context);
    } catch (const std::exception& e) {
        done = fail(Error("E-CLI-090", "An unexpected failure.").butFound(e.what()).withRemedy("try again; if it happens again, report it with the command that led here"));
    }
    progress.clear();
    if (done) done = out.finish();
    else if (out.used()) static_cast<void>(out.finish());  // what was computed before the failure; the failure itself is reported
    if (!done) return failed(done.error(), common, out);
    return context.findings ? kFindings : 0;
}

}  // namespace

int main(int argc, char** argv) {
    allowManyOpenFiles();
    const std::stop_token stop = stopOnSignals();
    CLI::App app("Opens NVIDIA TensorFlow-2 DLRM checkpoints: browse tables, predict Criteo rows, evaluate.\n"
                 "Results go to stdout, progress and errors to stderr. Exit codes: 0 done, 1 done with findings, 2 could not run, 130 interrupted.",
                 "dlrm-cli");
    app.set_version_flag("--version", "dlrm-cli " DLRM_VERSION);
    app.require_subcommand(1);
    CommonOptions common;
    std::list<std::pair<CLI::App*, Run>> verbs;
    for (const Command& command : commands()) {
        CLI::App* verb = app.add_subcommand(std::string(command.name), std::string(command.summary));
        verbs.emplace_back(verb, command.setUp(*verb, common));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) {  // --help, --version
            std::ostringstream text;
            app.exit(e, text, text);
            Output out;
            out.write(text.str());
            const auto written = out.finish();
            return written ? 0 : failed(written.error(), common, out);
        }
        // The parser may have stopped before it reached --json.
        common.json = std::any_of(argv, argv + argc, [](std::string_view argument) { return argument == "--json"; });
        Output out;
        return failed(wrongUse(e.what(), argc, argv), common, out);
    }
    for (const auto& [verb, run] : verbs)
        if (verb->parsed()) return runCommand(run, common, stop);
    return kCouldNotRun;
}
