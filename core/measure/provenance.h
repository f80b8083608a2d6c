// SPDX-License-Identifier: Apache-2.0
// Where a result comes from: program, model, data, how they were read, which rows, and what has to be known of the
// figures. A pass fills in what it knows (row_pass.h); the program adds itself and how a person had it read
// (core/report/provenance.h), which also writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/compute/backend.h"

namespace dlrm {

class Checkpoint;
class Dataset;
struct ModelSpec;

struct Provenance {
    std::string program, version, commit;  // "dlrm-cli", "0.1.0", "5009da6c1f20" or "unknown"
    std::string command;                   // as it was typed, quoted for a shell
    std::string created;                   // UTC, "2026-11-24T19:00:00Z"
    std::string checkpoint, layout;        // empty where no model was opened
    std::string fingerprint;               // fingerprintOf() it; empty also of a pass that predicted nothing
    std::string interactionOrder, interactionSource, interactionTables;
    std::string combiner;                // of several ids of a feature: "sum", "mean"; empty: each has one id
    std::optional<BackendInfo> backend;  // nothing where nothing was predicted
    std::string tablePrecision;          // of the tables while they are computed with: "stored", "fp16", "int8"
    std::string dataset, split, format, profile;  // empty without a dataset
    std::string datasetFingerprint;               // datasetFingerprintOf() it, as it was read; of a pass only
    // How it is read: "already_logged", "ln3" …; "refuse", "row0", "hash", or empty where there is a dictionary.
    std::string numerical, missingDictionary;
    int idShift = 0;
    bool lenient = false;
    std::vector<std::string> notes;   // assumptions and warnings, one sentence each
    std::string interactionStanding;  // what a check said of the order: "confirmed on 10,000 rows"; empty: nothing
    // What of a larger whole is written: exportedRange(), exportedTableRows(); empty: the whole.
    std::string exported;
    std::vector<std::int64_t> exportedIds;  // ids of the rows, for files that have no place for them
    // Of a pass: the rows it saw, ascending and disjoint, none next to another; how many the dataset has; what it took.
    std::vector<RowRange> rows;
    std::int64_t totalRows = 0;
    double seconds = 0, rowsPerSecond = 0;

    std::int64_t measuredRows() const;  // Σ of `rows`
};

// Fills in what a checkpoint, and the model it is opened as, say of themselves but the fingerprint: path, layout,
// interaction.
void addCheckpoint(const Checkpoint& checkpoint, const ModelSpec& spec, Provenance& provenance);
// Fills in what a dataset says of itself but its fingerprint: path, split, format, profile.
void addDataset(const Dataset& dataset, Provenance& provenance);

}  // namespace dlrm
