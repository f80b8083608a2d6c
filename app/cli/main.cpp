// SPDX-License-Identifier: Apache-2.0
// dlrm-cli: everything the window shows, on a terminal. Exit codes: 0 done, 1 done with findings, 2 could not run, 130
// interrupted.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/help.h"
#include "app/cli/screen.h"
#include "app/cli/usage.h"
#include "app/cli/version.h"
#include "core/base/instruction_sets.h"
#include "core/base/open_files.h"
#include "core/base/stop_signals.h"
#include "core/checkpoint/fingerprint.h"
#include "core/report/json.h"

namespace {

using namespace dlrm;
using namespace dlrm::cli;

constexpr int kFindings = 1;
constexpr int kCouldNotRun = 2;
constexpr int kInterrupted = 130;

// As wide as the screen, but for the name of the file, which is to be copied as it stands.
std::string onScreen(const Error& error, const Screen& on) {
    const std::string text = error.text();
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = std::string_view(text).substr(at, end - at);
        out += (line.starts_with("file: ") ? shownText(line, on) : layOut(line, on)) + "\n";
        at = end + 1;
    }
    return out;
}

int failed(const Error& error, const CommonOptions& common, Output& out) {
    const auto tell = [](const Error& e) { std::fprintf(stderr, "%s", onScreen(e, errorScreen()).c_str()); };
    tell(error);
    if ((common.json || common.jsonLines) && !out.used()) {
        if (!common.jsonLines) out.hasNotes();
        out.write(common.jsonLines ? errorLine(error) : errorJson(error));
        if (auto written = out.finish(); !written) tell(written.error());
    }
    return error.isCancelled() ? kInterrupted : kCouldNotRun;
}

Output outputFor(const CommonOptions& common) {
    if (!common.json && !common.jsonLines) return {};
    return {common.jsonLines ? Output::Form::Lines : Output::Form::Object, [&common] { return provenanceOf(common); }};
}

int runCommand(const Run& run, const CommonOptions& common, std::stop_token stop) {
    Output out = outputFor(common);
    ProgressLine progress;
    progress.setQuiet(common.quiet);
    Context context{common, out, progress, std::move(stop), false};
    Result<void> done;
    try {
        done = checkInstructionSetLimit();  // it acts in every verb, not only where the CPU backend computes
        if (done) done = run(context);
    } catch (const std::exception& e) {
        done = fail(Error("E-CLI-090", "An unexpected failure.")
                        .butFound(e.what())
                        .withRemedy("Try again; if it happens again, report it with the command that led here."));
    }
    progress.clear();
    if (done) done = out.finish();
    else if (out.used())
        static_cast<void>(out.finish());  // what was computed before the failure; the failure itself is reported
    if (!done) return failed(done.error(), common, out);
    return context.findings ? kFindings : 0;
}

// What is asked for without a verb of its own: the version, or help on a verb; nothing where it is something else.
std::string answerTo(std::span<const char* const> arguments, const CommandLine& program) {
    if (arguments.empty()) return {};
    const std::string_view first = arguments.front();
    if (first == "-V" || first == "--version" || first == "version") return versionText();
    if (first != "help" && first != "-h" && first != "--help") return {};
    if (first != "help" || arguments.size() == 1) return helpText(program);
    const VerbOptions* const verb = program.verb(arguments[1]);
    return verb ? helpText(*verb) : std::string();
}

}  // namespace

int main(int argc, char** argv) {
    allowManyOpenFiles();
    const std::stop_token stop = stopOnSignals();
    CommandLine program(
        "Opens NVIDIA TensorFlow-2 DLRM checkpoints: browse tables, predict Criteo rows, evaluate.\n"
        "Results go to stdout, progress and errors to stderr. They name the model by a fingerprint, which "
        "covers " +
        std::string(kFingerprintOf) + ": models that differ in other rows have the same. verify compares all bytes.");
    CommonOptions common;
    std::list<std::pair<const VerbOptions*, Run>> verbs;  // whose options were declared
    for (const Command& command : commands())
        program.add(command.name, command.summary,
                    [&](VerbOptions& verb) { verbs.emplace_back(&verb, command.setUp(verb, common)); });
    std::vector<const char*> arguments{argv + std::min(argc, 1), argv + argc};
    const auto print = [&](const std::string& text) {
        Output out;
        out.write(text);
        const auto written = out.finish();
        return written ? 0 : failed(written.error(), common, out);
    };
    if (const std::string answer = answerTo(arguments, program); !answer.empty()) return print(answer);
    if (!arguments.empty() && std::string_view(arguments.front()) == "help") arguments.erase(arguments.begin());
    std::vector<const char*> line = arguments;
    line.insert(line.begin(), "dlrm-cli");
    common.origin->command = commandLine(line);
    common.origin->stop = stop;
    // The parser may stop before it reaches --json.
    const auto has = [&](std::string_view option) {
        return std::find(arguments.begin(), arguments.end(), option) != arguments.end();
    };
    const auto wrongly = [&](const Error& error) {
        common.jsonLines = has("--jsonl");
        common.json = has("--json") && !common.jsonLines;
        Output out = outputFor(common);
        return failed(error, common, out);
    };
    if (const auto wrong = wrongUse(arguments, program)) return wrongly(*wrong);
    const CommandLine::Parsed parsed = program.parse(argc, argv);
    if (parsed.help) return print(parsed.verb ? helpText(*parsed.verb) : helpText(program));
    if (parsed.refusal) return wrongly(refused(*parsed.refusal, arguments, program));
    for (const auto& [verb, run] : verbs)
        if (verb == parsed.verb) return runCommand(run, common, stop);
    return kCouldNotRun;
}
