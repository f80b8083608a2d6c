// SPDX-License-Identifier: Apache-2.0
// How a model and a dataset are opened: plain data, the same for the command line, the window and the tests. What of it
// can be said in words stands in THE TABLE OF OPTIONS (open_options.cpp); openWorkspace() (workspace.h) opens it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/reading/hypotheses.h"
#include "core/compute/backend.h"
#include "core/compute/table_storage.h"
#include "core/dataset/dataset.h"
#include "core/dataset/readers/reading.h"
#include "core/model/model_spec.h"

namespace dlrm {

constexpr std::string_view name(MissingDictionary missing) {
    return missing == MissingDictionary::Row0 ? "row0" : missing == MissingDictionary::Hash ? "hash" : "refuse";
}

// What computes, see core/engine/backends.h.
struct BackendRequest {
    std::string name = "auto";  // auto, cpu, cuda
    Precision precision = Precision::Fp32;
    int threads = 0;  // 0: all
    // GPU only:
    std::int64_t gpuMemoryBytes = 0;  // most to use; 0: what is free, less a tenth
    TableStorage tableStorage = TableStorage::AsStored;
    friend bool operator==(const BackendRequest&, const BackendRequest&) = default;
};

// What the files of a model do not say, or say otherwise.
struct ModelChoices {
    std::vector<int> tableOrder;              // layout A: feature number of each table; empty: as cardinalities tell
    std::vector<std::int64_t> cardinalities;  // of tables that were saved as one; a dataset's own go before
    std::int64_t numericals = 0;              // numerical features the model takes; 0: as files and dataset say
    std::optional<InteractionOrder> interactionOrder;
    bool orderDetected = false;                   // the order is what the doctor found, not a person's choice
    std::optional<TableOrder> interactionTables;  // order of the tables in the interaction; nothing: the layout's
    std::optional<Combiner> combiner;             // of multi-hot rows
    bool statisticsOnDisk = true;  // statistics of tables are taken from the cache on disk and kept there
    BackendRequest backend;
    friend bool operator==(const ModelChoices&, const ModelChoices&) = default;
};

// A dataset and how its rows are read.
struct DataChoices {
    std::string path;  // empty: no dataset
    std::string split = "test";
    std::string dictionary;  // directory or file; empty: the dataset's own, if it has one
    MissingDictionary missingDictionary = MissingDictionary::Refuse;
    TextNumbers textNumbers = TextNumbers::Strict;
    NamedFields namedFields = NamedFields::Refuse;  // Take: where no other reading is asked for
    std::string profile;                            // of the preprocessing; empty: the one the format implies
    std::optional<NumericalReading> numerical;      // nothing: as the dataset means its numbers
    int idShift = 0;                                // added to every id
    friend bool operator==(const DataChoices&, const DataChoices&) = default;
};

struct OpenRequest {
    std::string checkpoint;  // empty: no model
    ModelChoices model;
    DataChoices data;
    bool followLinks = false;  // of the whole process, see RandomAccessFile::followLinks()
    friend bool operator==(const OpenRequest&, const OpenRequest&) = default;
};

}  // namespace dlrm
