// SPDX-License-Identifier: Apache-2.0
// Options that several verbs share, and the way from them to an opened model and dataset.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include "app/cli/origin.h"
#include "app/cli/progress_line.h"
#include "app/common/backends.h"
#include "core/dataset/dataset.h"
#include "core/engine/engine.h"

namespace dlrm::cli {

struct CommonOptions {
    bool json = false;
    bool quiet = false;
    std::string backend = "auto";
    std::string precision = "fp32";
    int threads = 0;
    std::string gpuMemory;          // empty: what is free, less a tenth
    std::string tablePrecision = "stored";
    std::string interaction;        // empty: as the files say, else the default
    std::vector<int> tableOrder;    // layout A
    std::string tables;             // order in the interaction; empty: the layout's
    bool noCache = false;           // statistics of tables are neither taken from the cache on disk nor kept there
    std::string combiner;           // of multi-hot rows; empty: as the checkpoint says
    std::int64_t numericals = 0;    // that the model takes; 0: not said
    std::vector<std::int64_t> cardinalities;  // of tables that were deployed as one
    bool jsonLines = false;         // results as JSON lines
    std::shared_ptr<Origin> origin = std::make_shared<Origin>();  // what opening a model and a dataset fills in
};

// Groups of options as --help lists them, after the verb's own.
inline constexpr const char* kDataGroup = "Data";
inline constexpr const char* kModelGroup = "How the model is read";
inline constexpr const char* kComputingGroup = "Computing";
inline constexpr const char* kOutputGroup = "Output";

struct DataOptions {
    std::string path;
    std::string split = "test";
    std::string dictionary;
    std::string missingDictionary = "refuse";
    std::string profile;            // empty: as the format implies
    std::string numerical;          // another reading of the numbers; empty: the dataset's own
    int idShift = 0;                // added to every id
    bool lenient = false;           // odd numbers in text count as missing
};

// --json --quiet
void addOutputOptions(CLI::App& app, CommonOptions& common);
// --follow-links
void addLinksOption(CLI::App& app);
// --backend --precision --threads --gpu-memory --table-precision
void addBackendOptions(CLI::App& app, CommonOptions& common);
// What a verb does with the model, which says what options act in it; each has those of the ones before it.
enum class ModelUse {
    Files,    // opens it: --follow-links --table-order --cardinalities
    Tables,   // and looks at its tables, maybe beside a dataset: --numericals
    Whole,    // and at how the parts work together: --interaction --interaction-tables
    Computed  // and computes with it: the options of addBackendOptions()
};
// CHECKPOINT, the options of the output, and those of `use`.
void addModelOptions(CLI::App& app, CommonOptions& common, std::string& checkpoint, ModelUse use);
// --combiner
void addCombinerOption(CLI::App& app, CommonOptions& common);
// Refuses "" where leaving the option out means something else.
CLI::Validator notEmpty();
enum class DataUse { Required, Optional };
// --data --split --dictionary --missing-dictionary --profile. Where the dataset is optional, the others need --data.
void addDataOptions(CLI::App& app, DataOptions& data, DataUse use);

// --table, a number in feature order or a name.
CLI::Option* addTableOption(CLI::App& app, std::string& table, const char* description);
// Which table that is. Errors: E-ENGINE-001 no such number, E-CLI-001 no such name.
Result<TableId> tableNamed(const std::string& table, const Engine& engine);

// Error E-CLI-006 when `out`, or the NAME.json beside it, is one of the files that are read: the checkpoint's and the record of
// their hashes, the dataset's, the dictionary's. `dataset` may be null; an empty `out` is none. `also`: another file that is
// read, or empty.
Result<void> refuseInputAsOutput(const std::string& out, const Engine& engine, const Dataset* dataset,
                                 const std::string& also = {});

// The same for a record of hashes, which may take the place of an earlier one.
Result<void> refuseInputAsRecord(const std::string& out, const Engine& engine);

// Error E-CLI-006 when `out`, or the NAME.json beside it, is one of the files `read`; E-CLI-020 when it is where another
// result goes, `other` or the NAME.json beside that. An empty `out` or `other` is none.
Result<void> refuseAsOutput(const std::string& out, std::span<const std::string> read, const std::string& other = {});

// --numerical --id-shift: read the rows otherwise than the dataset means them, as the doctor may have found.
void addReadingOptions(CLI::App& app, DataOptions& data);

Result<BackendRequest> backendRequest(const CommonOptions& common);
Result<BackendChoice> backendChoice(const CommonOptions& common);

Result<std::shared_ptr<Engine>> openModel(const std::string& checkpoint, const CommonOptions& common, ProgressLine& progress, std::stop_token stop);
// With the dataset's names and cardinalities when one is given: they tell layout A which table is which feature.
Result<std::shared_ptr<Engine>> openModel(const std::string& checkpoint, const CommonOptions& common, const DataOptions& data, ProgressLine& progress,
                                          std::stop_token stop);

struct ModelAndData {
    std::shared_ptr<Engine> engine;
    std::shared_ptr<const Dataset> dataset;
};
// The dataset is opened with the model's shapes, then the model again with the dataset's names and cardinalities. Whether they fit is checked.
Result<ModelAndData> openModelAndData(const std::string& checkpoint, const CommonOptions& common, const DataOptions& data, ProgressLine& progress,
                                      std::stop_token stop);

}  // namespace dlrm::cli
