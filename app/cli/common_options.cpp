// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common_options.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/cli/usage.h"
#include "core/engine/backends.h"
#include "core/base/random_access_file.h"
#include "core/checkpoint/verify.h"
#include "core/dataset/dictionary.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/dataset/reading.h"
#include "core/export/json.h"

namespace dlrm::cli {

void addOutputOptions(CLI::App& app, CommonOptions& common) {
    app.add_flag("--json", common.json, "Print JSON for programs instead of a table; an error is printed as {\"error\": {...}} too")->group(kOutputGroup);
    app.add_flag("--quiet", common.quiet, "No progress on stderr")->group(kOutputGroup);
}

void addLinksOption(CLI::App& app) {
    app.add_flag_callback("--follow-links", RandomAccessFile::followLinks, "Follow symbolic links that lead out of the directory of the dataset or the checkpoint")
        ->group(kModelGroup);
}

void addBackendOptions(CLI::App& app, CommonOptions& common) {
    const auto add = [&](auto&&... about) { return app.add_option(std::forward<decltype(about)>(about)...)->group(kComputingGroup); };
    add("--backend", common.backend, "Where to compute: auto, cpu or cuda")->capture_default_str();
    add("--precision", common.precision, "Arithmetic of the MLPs: fp32, tf32, bf16, fp16 or int8, as far as the backend has it")
        ->check(oneOf({"fp32", "tf32", "bf16", "fp16", "int8"}))
        ->capture_default_str();
    add("--threads", common.threads, "Threads to compute with (0, or more than there are: all)")->check(CLI::Range(0, 4096))->capture_default_str();
    add("--gpu-memory", common.gpuMemory, "Most GPU memory to use, as 8GiB; the hottest rows of the tables go there. Without it: what is free, less a tenth")
        ->check(notEmpty());
    add("--table-precision", common.tablePrecision, "How tables are stored on a GPU: stored (as in the files), fp16, or int8 with a scale per row")
        ->check(oneOf({"stored", "fp16", "int8"}))
        ->capture_default_str();
}

void addModelOptions(CLI::App& app, CommonOptions& common, std::string& checkpoint, ModelUse use) {
    app.add_option("checkpoint", checkpoint, "Directory of the checkpoint (layout A: also its prefix)")->required();
    addOutputOptions(app, common);
    addLinksOption(app);
    const auto add = [&](auto&&... about) { return app.add_option(std::forward<decltype(about)>(about)...)->group(kModelGroup); };
    add("--table-order", common.tableOrder,
        "Layout A: feature number of each table in the checkpoint's own order, for example 19,0,21. Needed only when a "
        "dataset's cardinalities cannot tell the tables apart")
        ->delimiter(',');
    add("--cardinalities", common.cardinalities,
        "Rows of every embedding table in feature order, for example 1000,7,300. Needed for a model deployed with all "
        "tables in one (layouts E and F) when neither a dataset nor a config.json says them")
        ->delimiter(',')
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{2147483647}));
    if (use == ModelUse::Files) return;
    add("--numericals", common.numericals,
        "How many numerical features the model was trained with, which layouts A, B and C do not record: padding fills "
        "its first layer. A model or dataset with another number is refused. Without it: as many as the dataset has")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{65536}));
    if (use == ModelUse::Tables) return;
    add("--interaction", common.interaction,
        "Order of the interaction's output: custom_cuda or tensorflow. Layouts A, B and C do not record it; "
        "custom_cuda is assumed")
        ->check(oneOf({"custom_cuda", "tensorflow"}));
    add("--interaction-tables", common.tables,
        "In which order the tables take part in the interaction: as_is (by their numbers) or by_cardinality (falling). "
        "Without it: as the layout has them; recorded in every result")
        ->check(oneOf({"as_is", "by_cardinality"}));
    if (use == ModelUse::Computed) addBackendOptions(app, common);
}

void addCombinerOption(CLI::App& app, CommonOptions& common) {
    app.add_option("--combiner", common.combiner,
                   "How the vectors of several ids of a feature become one, for multi-hot rows: sum or mean")
        ->check(oneOf({"sum", "mean"}))
        ->group(kModelGroup);
}

CLI::Validator notEmpty() {
    return {[](const std::string& text) { return text.empty() ? std::string("the text is empty") : std::string(); }, ""};
}

void addDataOptions(CLI::App& app, DataOptions& data, DataUse use) {
    auto* path = app.add_option("--data", data.path,
                                use == DataUse::Required ? "feature_spec.yaml or its directory, a raw Criteo TSV file, or - for such rows from standard input"
                                                         : "The model's dataset, whose names and cardinalities are shown with the tables: feature_spec.yaml or its "
                                                           "directory, or a raw Criteo TSV file");
    path->check(notEmpty())->group(kDataGroup);
    auto* split = app.add_option("--split", data.split, "Which split of a feature_spec: train or test")->capture_default_str();
    auto* dictionary = app.add_option("--dictionary", data.dictionary, "Directory of category dictionaries, for raw rows")->check(notEmpty());
    auto* missing = app.add_option("--missing-dictionary", data.missingDictionary, "Raw rows without a dictionary: refuse, row0 (every category is missing), or hash (the value modulo the table's rows)");
    missing->check(oneOf({"refuse", "row0", "hash"}))->capture_default_str();
    auto* lenient = app.add_flag("--lenient", data.lenient,
                                 "Raw rows: numbers that are no whole numbers of 32 bits (47.0, 1e3, nan) count as missing, as the original preprocessing takes them; their "
                                 "number and the first place are noted. Without it they are an error");
    std::vector<std::string> profiles;
    for (const PreprocessingProfile& profile : preprocessingProfiles()) profiles.emplace_back(profile.name);
    auto* profile = app.add_option("--profile", data.profile, "Preprocessing the rows went through, or raw rows are to go through; recorded in every result");
    profile->check(oneOf(profiles));
    if (use == DataUse::Required) path->required();
    for (auto* option : {split, dictionary, missing, lenient, profile}) {
        option->group(kDataGroup);
        if (use == DataUse::Optional) option->needs(path);
    }
}

void addReadingOptions(CLI::App& app, DataOptions& data) {
    const CLI::Validator reading = oneOf({"already_logged", "ln3", "ln2", "ln1", "raw"}, [](const std::string& text) {
        return numericalReadingFromName(text).has_value();
    });
    auto* numerical = app.add_option("--numerical", data.numerical,
                                     "How the numbers are fed: already_logged (as stored), ln3, ln2 or ln1 (ln(x+3), "
                                     "ln(x+2), ln(max(x,0)+1) of the numbers in the file, taken for raw ones), or raw "
                                     "(the raw numbers themselves; where the file holds logarithms x, the whole "
                                     "number nearest to exp(x) - 3). Instead of the dataset's own transform, never on "
                                     "top of it. Without it: as the dataset means them; recorded in every result");
    numerical->check(reading);
    auto* shift = app.add_option("--id-shift", data.idShift, "Added to every id, for ids that were counted from another start; recorded in every result")->check(CLI::Range(-1000, 1000));
    for (auto* option : {numerical, shift}) option->needs("--data")->group(kDataGroup);
}

CLI::Option* addTableOption(CLI::App& app, std::string& table, const char* description) { return app.add_option("--table", table, description)->check(notEmpty()); }

Result<TableId> tableNamed(const std::string& table, const Engine& engine) {
    const auto& tables = engine.spec().tables;
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(table.data(), table.data() + table.size(), number);
    if (error == std::errc() && end == table.data() + table.size()) {
        if (auto exists = engine.rows(TableId{number}, {}); !exists) return fail(std::move(exists).error());
        return TableId{number};
    }
    std::vector<std::string> names;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        if (tables[t].name == table) return TableId{static_cast<std::int32_t>(t)};
        names.push_back(tables[t].name);
    }
    return fail(Error("E-CLI-001", "There is no table of this name.")
                    .inField("--table")
                    .butExpected(names.empty() ? "a model with tables" : fmt::format("{} … {}, or a number from 0 to {}", names.front(), names.back(), names.size() - 1))
                    .butFound(table)
                    .withRemedy(suggestion(table, names, "dlrm-cli info lists the tables")));
}

Result<BackendRequest> backendRequest(const CommonOptions& common) {
    // More threads than the machine runs gain nothing, and the thread library would warn on stderr.
    const auto most = static_cast<int>(std::thread::hardware_concurrency());
    const int threads = most > 0 ? std::min(common.threads, most) : common.threads;
    BackendRequest request{common.backend, precisionFromName(common.precision).value_or(Precision::Fp32), threads};
    request.tableStorage = tableStorageFromName(common.tablePrecision).value_or(TableStorage::AsStored);
    if (!common.gpuMemory.empty()) {
        const auto bytes = parseMemorySize(common.gpuMemory);
        if (!bytes) return fail(bytes.error());
        request.gpuMemoryBytes = *bytes;
    }
    return request;
}

Result<BackendChoice> backendChoice(const CommonOptions& common) {
    const auto request = backendRequest(common);
    if (!request) return fail(request.error());
    return chooseBackend(*request);
}

namespace {

Result<EngineOptions> engineOptions(const CommonOptions& common) {
    auto backend = backendChoice(common);
    if (!backend) return fail(std::move(backend).error());
    EngineOptions out;
    out.backend = *std::move(backend);
    out.tableOrder = common.tableOrder;
    out.cardinalities = common.cardinalities;
    out.numericalFeatures = common.numericals;
    out.statisticsOnDisk = !common.noCache;
    if (!common.tables.empty()) out.interactionTables = common.tables == name(TableOrder::ByCardinality) ? TableOrder::ByCardinality : TableOrder::AsIs;
    if (!common.combiner.empty()) out.combiner = common.combiner == name(Combiner::Mean) ? Combiner::Mean : Combiner::Sum;
    if (!common.interaction.empty())
        out.interactionOrder = common.interaction == "tensorflow" ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda;
    return out;
}

// Error E-CLI-012 where the files or the dataset say another number than --numericals.
Result<void> requireNumericals(const Engine& engine, const CommonOptions& common) {
    const std::int64_t takes = engine.spec().numericalFeatures;
    if (common.numericals == 0 || takes == common.numericals) return {};
    return fail(Error("E-CLI-012", "The model takes another number of numerical features than --numericals says.")
                    .inFile(engine.info().path)
                    .inField("--numericals")
                    .butExpected(fmt::format("{}", common.numericals))
                    .butFound(takes > 0 ? fmt::format("{}", takes) : "not known")
                    .withRemedy("Leave the option out if the checkpoint and its dataset are right."));
}

Error wouldReplace(const std::string& out, std::string what) {
    return Error("E-CLI-006", "The result would replace a file that is read.")
        .inFile(out)
        .butExpected("another file")
        .butFound(std::move(what))
        .withRemedy("choose another name");
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
    const std::filesystem::path of = std::filesystem::canonical(directory, none), at = std::filesystem::canonical(file, none);
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
        if (auto other = refuseInputAsRecord(written, engine); !other) return other;
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

Result<std::shared_ptr<Engine>> openModel(const std::string& checkpoint, const CommonOptions& common, ProgressLine& progress, std::stop_token stop) {
    auto options = engineOptions(common);
    if (!options) return fail(std::move(options).error());
    auto model = Engine::open(checkpoint, *options, progress.callback(), std::move(stop));
    if (!model) return model;
    if (auto same = requireNumericals(**model, common); !same) return fail(std::move(same).error());
    common.origin->engine = *model;
    return model;
}

Result<ModelAndData> openModelAndData(const std::string& checkpoint, const CommonOptions& common, const DataOptions& data, ProgressLine& progress,
                                      std::stop_token stop) {
    auto options = engineOptions(common);
    if (!options) return fail(std::move(options).error());
    auto model = Engine::open(checkpoint, *options, progress.callback(), stop);
    const bool needsCardinalities = !model && model.error().code == "E-FUSED-001";  // the dataset may say them
    if (!model && !needsCardinalities) return fail(std::move(model).error());

    DatasetOptions dataOptions;
    dataOptions.split = data.split;
    dataOptions.dictionary = data.dictionary;
    dataOptions.textNumbers = data.lenient ? TextNumbers::Lenient : TextNumbers::Strict;
    dataOptions.missingDictionary = data.missingDictionary == "row0"   ? MissingDictionary::Row0
                                    : data.missingDictionary == "hash" ? MissingDictionary::Hash
                                                                       : MissingDictionary::Refuse;
    dataOptions.profile = data.profile;
    if (model) {
        const ModelSpec& spec = (*model)->spec();
        dataOptions.numericals = spec.numericalFeatures;
        if (spec.tableOrderKnown)
            for (const TableSpec& table : spec.tables) dataOptions.tableRows.push_back(table.rows);
    }
    auto dataset = openDataset(data.path, dataOptions, progress.callback(), stop);
    if (!dataset) return fail(std::move(dataset).error());

    Reading reading = ownReading(**dataset);
    if (!data.numerical.empty()) reading.numerical = *numericalReadingFromName(data.numerical);
    reading.idShift = data.idShift;
    Origin& origin = *common.origin;
    origin.numerical = optionName(reading.numerical);
    origin.idShift = data.idShift;
    origin.lenient = data.lenient;
    origin.missingDictionary = (*dataset)->format() == "criteo_tsv" ? data.missingDictionary : "";
    if (auto possible = checkReading(**dataset, reading); !possible) return fail(std::move(possible).error());
    dataset = readAs(*dataset, reading);

    // Checked first: the engine's message names the dataset, and covers what opening cannot see.
    if (model)
        if (auto fits = (*model)->checkFits(**dataset); !fits) return fail(std::move(fits).error());
    options->dataset = *dataset;
    model = Engine::open(checkpoint, *options, progress.callback(), stop);
    if (!model) return fail(std::move(model).error());
    if (auto fits = (*model)->checkFits(**dataset); !fits) return fail(std::move(fits).error());
    if (auto same = requireNumericals(**model, common); !same) return fail(std::move(same).error());
    origin.engine = *model;
    origin.dataset = *dataset;
    return ModelAndData{*std::move(model), *std::move(dataset)};
}

Result<std::shared_ptr<Engine>> openModel(const std::string& checkpoint, const CommonOptions& common, const DataOptions& data, ProgressLine& progress,
                                          std::stop_token stop) {
    if (data.path.empty()) return openModel(checkpoint, common, progress, std::move(stop));
    auto opened = openModelAndData(checkpoint, common, data, progress, std::move(stop));
    if (!opened) return fail(std::move(opened).error());
    return std::move(opened->engine);
}

}  // namespace dlrm::cli
