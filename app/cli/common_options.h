// SPDX-License-Identifier: Apache-2.0
// Options that several verbs share, and the way from them to an opened model and dataset.
#pragma once

#include <memory>
#include <string>

#include "app/cli/origin.h"
#include "app/cli/verb_options.h"
#include "core/base/job.h"
#include "core/engine/outputs.h"
#include "core/engine/workspace.h"
#include "core/scenarios/workspace_file.h"

namespace dlrm::cli {

struct CommonOptions {
    bool json = false;
    bool quiet = false;
    bool jsonLines = false;                                       // results as JSON lines
    OpenRequest open;                                             // checkpoint and dataset, and how they are read
    std::shared_ptr<const WorkspaceFile> workspace;               // that was named for a checkpoint; null: none was
    std::shared_ptr<Origin> origin = std::make_shared<Origin>();  // what opening a model and a dataset fills in
};

// --json --quiet
void addOutputOptions(VerbOptions& verb, CommonOptions& common);
// --backend --precision --threads --gpu-memory --table-precision
void addBackendOptions(VerbOptions& verb, CommonOptions& common);
// What a verb does with the model, which says what options act in it; each has those of the ones before it.
enum class ModelUse {
    Files,    // opens it: --follow-links --table-order --cardinalities
    Tables,   // and looks at its tables, maybe beside a dataset: --numericals
    Whole,    // and at how the parts work together: --interaction --interaction-tables
    Computed  // and computes with it: the options of addBackendOptions()
};
// CHECKPOINT, which may be a workspace, the options of the output, and those of `use`. A workspace's checkpoint, data
// and reading are in force as far as no option says otherwise; another --data is read without any of its reading.
void addModelOptions(VerbOptions& verb, CommonOptions& common, ModelUse use);
enum class DataUse { Required, Optional };
// --data --split --dictionary --missing-dictionary --lenient --profile. Where the dataset is optional, the others need
// --data.
void addDataOptions(VerbOptions& verb, CommonOptions& common, DataUse use);
// --numerical --id-shift: read the rows otherwise than the dataset means them, as the doctor may have found.
void addReadingOptions(VerbOptions& verb, CommonOptions& common);

// Which table --table is, a number in feature order or a name. Errors: E-ENGINE-001 no such number, E-CLI-001 no such
// name.
Result<TableId> tableNamed(const std::string& table, const Engine& engine);

// The model and, with --data, the dataset; into Origin as well. Errors: those of openWorkspace(), E-DLRMX-005.
Result<Workspace> openAll(const CommonOptions& common, const Job& job);
// The model without the dataset.
Result<std::shared_ptr<Engine>> openModel(const CommonOptions& common, const Job& job);

}  // namespace dlrm::cli
