// SPDX-License-Identifier: Apache-2.0
// What Engine::interactions() found.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/analysis/interactions/comparison.h"
#include "core/analysis/interactions/extremes.h"
#include "core/analysis/interactions/interactions.h"
#include "core/base/ids.h"
#include "core/measure/provenance.h"

namespace dlrm {

struct SlicePlan;

struct InteractionOptions {
    RowRange range{0, -1};     // empty: all rows
    bool attributions = true;  // where the model has some: as much work again
    bool extremes = false;     // also the rows where each product is smallest and largest
    // Its first partition is the slice whose rows are looked at, its second the one it is compared with; null: all
    // rows.
    std::shared_ptr<const SlicePlan> slices = {};
};

// The slice that another one is compared with.
struct InteractionsAgainst {
    std::string slice;  // as --against takes it
    InteractionMatrices matrices;
    InteractionComparison comparison;
};

struct Interactions {
    InteractionMatrices matrices;
    Provenance provenance;       // of the pass: also rows in no slice
    std::int64_t totalRows = 0;  // that will be seen in all
    bool final = false;
    std::string slice = {};  // of the matrices, as --slice takes it; empty: all rows
    std::optional<InteractionsAgainst> against = {};
    std::vector<PairExtremes> extremes = {};  // of the slice, pair by pair; empty: not asked for
};

}  // namespace dlrm
