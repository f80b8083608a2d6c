// SPDX-License-Identifier: Apache-2.0
// Which table of a layout A checkpoint is which feature: its files do not say. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/checkpoint/checkpoint.h"

namespace dlrm {

struct FoundTableOrder {
    bool known = false;
    std::vector<int> featureOfTable;  // entry k: the feature of the checkpoint's k-th table; 0, 1, 2, … when not known
    std::string note;                 // one sentence for people
};

// The training code's own distribution of tables to ranks: largest first (ties in feature order), each to the bucket
// that is smallest so far, at most ceil(tables / buckets) to one. One bucket: descending cardinality. REQUIRES: buckets
// > 0.
std::vector<std::vector<int>> distributeToBuckets(std::span<const std::int64_t> cardinalities, int buckets);

// rowsOfRank[r]: rows of the tables of rank r in their numbering. `columnwise`: every rank held all tables, so there is
// one entry. In this order: options.tableOrder; the order of the training code; tables of one rank that stand in
// feature order; tables that are the only ones of their size. Without cardinalities and table order: not known.
// Errors: E-CKPT-020 no table fits a feature, 021 several orders are possible, 022 the given order is not one, 029
// wrong number of tables.
Result<FoundTableOrder> findTableOrder(const std::vector<std::vector<std::int64_t>>& rowsOfRank, bool columnwise,
                                       const CheckpointOptions& options, const std::string& path);

}  // namespace dlrm
