// SPDX-License-Identifier: Apache-2.0
// Checks that tables and layers make a DLRM and hands them over as Checkpoint::Contents. Private to core/checkpoint.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/parts/tensors.h"

namespace dlrm {

struct CheckpointPieces {
    CheckpointPieces(std::string askedPath, std::string_view ofLayout, std::string inWords)
        : path(std::move(askedPath)), layout(ofLayout), description(std::move(inWords)) {}

    std::string path;         // as the user gave it
    std::string_view layout;  // a literal
    std::string description;
    std::vector<OpenTable> tables;  // the checkpoint's own numbering
    std::vector<OpenLayer> bottom, top;
    InteractionKind interaction = InteractionKind::Dot;
    std::vector<OpenCross> cross;      // InteractionKind::Cross only
    bool bottomFirst = false;          // the layout knows one order of the interaction's output
    std::int64_t numericals = 0;       // as the checkpoint's configuration says; 0: it does not
    std::vector<std::string> missing;  // ModelSpec::missing; what is there is then not compared with what is not
    std::vector<NpyTensor> copies;     // files that repeat others (the top MLP of further ranks)
    // Files without tensors of their own: name, what it is, and the file.
    struct OtherFile {
        std::string name, what;
        std::shared_ptr<RandomAccessFile> file;
    };
    std::vector<OtherFile> others;
    std::vector<std::string> ignored;  // names of files that do not belong to the checkpoint
    bool tableOrderKnown = true;
    std::string tableOrderNote;
    std::vector<std::string>
        tableNames;  // entry k: of tables[k], where the checkpoint names them; empty: features name them
    // Entry k: the feature of tables[k]; a permutation. Empty: tables stand in feature order.
    std::vector<int> featureOfTable;
    // Features in the order their vectors enter the interaction. Empty: that of the tables.
    std::vector<int> interactionOrder;
};

// Errors: E-CROSS-001 cross layers do not fit the vectors, E-CKPT-016 layers do not chain, 018 widths differ from the
// embedding dimension, 019 the top MLP does not fit the interaction, 020 a table's rows differ from the dataset's
// cardinality, 023 the bottom MLP does not fit the numericals, 024 the output is not one logit, 029 the dataset has
// another number of categorical features.
Result<Checkpoint::Contents> buildContents(CheckpointPieces pieces, const CheckpointOptions& options);

// Tables and MLPs that are not there, into `missing`.
void nameMissing(CheckpointPieces& pieces);

// Adds a file to those that are open, once.
void keepOpen(Checkpoint::Contents& contents, const std::shared_ptr<RandomAccessFile>& file);

// 0, 1, 2, …
std::vector<int> featureOrder(std::size_t features);

// Error E-CKPT-029 unless the dataset, where one is given, has as many categorical features as there are tables.
Result<void> checkTableCount(const CheckpointOptions& options, std::size_t tables, const std::string& path);

// "the dataset says", or "the given cardinalities say" where there is no dataset.
std::string whereCardinalitiesAreFrom(const CheckpointOptions& options);

// "cat_5", or the dataset's name of feature 5.
std::string featureName(const CheckpointOptions& options, int feature);

}  // namespace dlrm
