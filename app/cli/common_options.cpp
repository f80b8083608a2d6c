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
#include "core/engine/path_kind.h"
#include "core/scenarios/fit.h"

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
    // The first of the options that open: those that follow say otherwise.
    verb.taken("checkpoint", "Directory of the checkpoint (layout A: also its prefix), or a workspace (.dlrmx)",
               [&verb, &common](const std::string& path) -> Result<bool> {
                   common.open.checkpoint = path;
                   if (path.empty() || !isWorkspaceFile(path)) return !path.empty();
                   DLRM_TRY(auto file, readWorkspaceFile(path));
                   const BackendRequest backend = common.open.model.backend;
                   common.open = file.request;
                   common.open.model.backend = backend;
                   if (!file.request.data.path.empty()) verb.givenOtherwise("--data");
                   common.workspace = std::make_shared<const WorkspaceFile>(std::move(file));
                   return true;
               })
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

Result<Workspace> open(const CommonOptions& common, const OpenRequest& request, const Job& job) {
    if (common.workspace) DLRM_TRY(checkThere(*common.workspace, request));
    auto opened = openWorkspace(request, {}, job);
    if (!opened) return opened;
    Origin& origin = *common.origin;
    if (common.workspace) {
        origin.changes = changesSince(*common.workspace, *opened);
        if (std::string unknown = unknownKeys(*common.workspace); !unknown.empty())
            origin.changes.push_back(std::move(unknown));
        const DataChoices& kept = common.workspace->request.data;
        if (!request.data.path.empty() && request.data.dictionary.empty() && !kept.dictionary.empty())
            origin.changes.push_back(
                fmt::format("The workspace's dictionary {} is not used for what --data names; "
                            "name it with --dictionary where it holds for that too.",
                            kept.dictionary));
    }
    origin.engine = opened->engine;
    if (opened->dataset) origin.dataset = opened->dataset;
    origin.reading = readingWords(request, opened->stored.get());
    return opened;
}

}  // namespace

Result<Workspace> openAll(const CommonOptions& common, const Job& job) { return open(common, common.open, job); }

Result<std::shared_ptr<Engine>> openModel(const CommonOptions& common, const Job& job) {
    OpenRequest request = common.open;
    request.data = {};
    DLRM_TRY(auto opened, open(common, request, job));
    return std::move(opened.engine);
}

}  // namespace dlrm::cli
