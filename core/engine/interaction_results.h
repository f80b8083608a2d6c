// SPDX-License-Identifier: Apache-2.0
// What Engine::interactions() found.
#pragma once

#include <cstdint>

#include "core/analysis/interactions/interactions.h"
#include "core/base/ids.h"
#include "core/measure/provenance.h"

namespace dlrm {

struct InteractionOptions {
    RowRange range{0, -1};     // empty: all rows
    bool attributions = true;  // where the model has some: as much work again
};

struct Interactions {
    InteractionMatrices matrices;
    Provenance provenance;       // of the pass
    std::int64_t totalRows = 0;  // that will be seen in all
    bool final = false;
};

}  // namespace dlrm
