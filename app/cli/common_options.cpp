// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common_options.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "app/cli/usage.h"
#include "core/checkpoint/verify/verify.h"
#include "core/dataset/dictionary/dictionary.h"

namespace dlrm::cli {

void addOutputOptions(VerbOptions& verb, CommonOptions& common) {
    verb.flag("--json", common.json,
              "Print JSON for programs instead of a table; an error is printed as {\"error\": {...}} too")
        .group(kOutputGroup);
    verb.flag("--quiet", common.quiet, "No progress on stderr").group(kOutputGroup);
}

void addBackendOptions(VerbOptions& verb, CommonOptions& common) {
    for (const char* name : {"backend", "precision", "threads", "gpu-memory", "table-precision"})
        verb.open(name, common.open);
}

void addModelOptions(VerbOptions& verb, CommonOptions& common, ModelUse use) {
    verb.text("checkpoint", common.open.checkpoint, "Directory of the checkpoint (layout A: also its prefix)")
        .required();
    addOutputOptions(verb, common);
    for (const char* name : {"follow-links", "table-order", "cardinalities"}) verb.open(name, common.open);
    if (use == ModelUse::Files) return;
    verb.open("numericals", common.open);
    if (use == ModelUse::Tables) return;
    for (const char* name : {"interaction", "interaction-tables"}) verb.open(name, common.open);
    if (use == ModelUse::Computed) addBackendOptions(verb, common);
}

void addDataOptions(VerbOptions& verb, CommonOptions& common, DataUse use) {
    VerbOption path = verb.open("data", common.open);
    if (use == DataUse::Required) {
        path.about("feature_spec.yaml or its directory, a raw Criteo TSV file, or - for such rows from standard input")
            .required();
    } else {
        path.about(
            "The model's dataset, whose names and cardinalities are shown with the tables: feature_spec.yaml or its "
            "directory, or a raw Criteo TSV file");
    }
    for (const char* name : {"split", "dictionary", "missing-dictionary", "lenient", "profile"}) {
        VerbOption option = verb.open(name, common.open);
        if (use == DataUse::Optional) option.needs(path);
    }
}

void addReadingOptions(VerbOptions& verb, CommonOptions& common) {
    for (const char* name : {"numerical", "id-shift"}) verb.open(name, common.open).needs(verb.named("--data"));
}

VerbOption addTableOption(VerbOptions& verb, std::string& table, const char* description) {
    return verb.text("--table", table, description);
}

Result<TableId> tableNamed(const std::string& table, const Engine& engine) {
    const auto& tables = engine.spec().tables;
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(table.data(), table.data() + table.size(), number);
    if (error == std::errc() && end == table.data() + table.size()) {
        DLRM_TRY(engine.rows(TableId{number}, {}));
        return TableId{number};
    }
    std::vector<std::string> names;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        if (tables[t].name == table) return TableId{static_cast<std::int32_t>(t)};
        names.push_back(tables[t].name);
    }
    return fail(Error("E-CLI-001", "There is no table of this name.")
                    .inField("--table")
                    .butExpected(names.empty() ? "a model with tables"
                                               : fmt::format("{} … {}, or a number from 0 to {}", names.front(),
                                                             names.back(), names.size() - 1))
                    .butFound(table)
                    .withRemedy(suggestion(table, names, "List the tables with dlrm-cli info.")));
}

namespace {

Error wouldReplace(const std::string& out, std::string what) {
    return Error("E-CLI-006", "The result would replace a file that is read.")
        .inFile(out)
        .butExpected("another file")
        .butFound(std::move(what))
        .withRemedy("Choose another name.");
}

// Where either cannot be looked at, they are not one file.
bool isOneFile(const std::string& a, const std::string& b) {
    std::error_code none;
    return !a.empty() && std::filesystem::equivalent(a, b, none);
}

// Whether the file that is there lies in `directory`, or is it.
bool isOf(const std::string& directory, const std::string& file) {
    std::error_code none;
    if (isOneFile(directory, file)) return true;
    if (!std::filesystem::is_directory(directory, none) || !std::filesystem::exists(file, none)) return false;
    const std::filesystem::path of = std::filesystem::canonical(directory, none),
                                at = std::filesystem::canonical(file, none);
    return std::mismatch(of.begin(), of.end(), at.begin(), at.end()).first == of.end();
}

}  // namespace

Result<void> refuseInputAsRecord(const std::string& out, const Engine& engine) {
    for (const auto& file : engine.checkpoint().openFiles())
        if (isOneFile(file->path(), out)) return fail(wouldReplace(out, "one of the checkpoint"));
    return {};
}

Result<void> refuseInputAsOutput(const std::string& out, const Engine& engine, const Dataset* dataset,
                                 const std::string& also) {
    if (out.empty()) return {};
    for (const std::string& written : {out, out + ".json"}) {  // what has no place for its origin has a second file
        DLRM_TRY(refuseInputAsRecord(written, engine));
        if (isOneFile(also, written) || isOneFile(defaultRecord(engine.info().path), written))
            return fail(wouldReplace(written, "a file that the checkpoint is compared with"));
        if (!dataset) continue;
        bool ofData = isOneFile(dataset->path(), written);
        for (std::size_t t = 0; t < dataset->schema().categoricalNames.size(); ++t)
            ofData = ofData || isOneFile(dataset->fileOfCategorical(t), written);
        if (ofData) return fail(wouldReplace(written, "one of the dataset"));
        if (const auto dictionary = dataset->dictionary(); dictionary && isOf(dictionary->path(), written))
            return fail(wouldReplace(written, "one of the dictionary"));
    }
    return {};
}

Result<void> refuseAsOutput(const std::string& out, std::span<const std::string> read, const std::string& other) {
    if (out.empty()) return {};
    for (const std::string& input : read)
        if (isOneFile(input, out) || isOneFile(input, out + ".json")) return fail(wouldReplace(out, input));
    std::error_code none;
    const auto place = [&](const std::string& path) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(path, none), none);
    };
    if (other.empty() || (place(out) != place(other) && place(out) != place(other + ".json"))) return {};
    return fail(Error("E-CLI-020", "Two results would be written into one file.")
                    .inFile(out)
                    .butExpected("a file for each")
                    .butFound(other)
                    .withRemedy("Choose another name for one of them."));
}

namespace {

Result<Workspace> open(const OpenRequest& request, Origin& origin, ProgressLine& progress, std::stop_token stop) {
    auto opened = openWorkspace(request, {}, {progress.callback(), std::move(stop)});
    if (!opened) return opened;
    origin.engine = opened->engine;
    if (opened->dataset) origin.dataset = opened->dataset;
    origin.reading = readingWords(request, opened->stored.get());
    return opened;
}

}  // namespace

Result<Workspace> openAll(const CommonOptions& common, ProgressLine& progress, std::stop_token stop) {
    return open(common.open, *common.origin, progress, std::move(stop));
}

Result<std::shared_ptr<Engine>> openModel(const CommonOptions& common, ProgressLine& progress, std::stop_token stop) {
    OpenRequest request = common.open;
    request.data = {};
    DLRM_TRY(auto opened, open(request, *common.origin, progress, std::move(stop)));
    return std::move(opened.engine);
}

}  // namespace dlrm::cli
