// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF MEASURES and what its entries are made from.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/analysis/slices/partition.h"
#include "core/analysis/tables/untrained_rows.h"
#include "core/base/ids.h"
#include "core/measure/measure.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm {

// Everything that any measure is made from. Must outlive it.
struct MeasureInput {
    const ModelSpec& spec;
    // Of the dataset: all that are to be measured, on whatever machine. REQUIRES: not empty.
    RowRange rows;
    TableId table{};                                                 // that a measure of one table looks at
    std::vector<const UntrainedRows*> untrained;                     // per table, feature order
    bool labelled = true;                                            // whether the rows have labels
    std::span<const DenseWeights> top = {};                          // the top MLP
    std::vector<std::shared_ptr<const SlicePartition>> slices = {};  // to be told apart
    std::vector<std::shared_ptr<const SlicePartition>> bins = {};    // of every field
};

struct MeasureEntry {
    const char* key;    // Measure::key(), stable
    const char* title;  // what it is, for people
    Result<std::unique_ptr<Measure>> (*make)(const MeasureInput&);
};

std::span<const MeasureEntry> measureTable();

}  // namespace dlrm
