// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/traffic.h"

namespace dlrm {

double UntrainedTraffic::lookupsShare() const {
    std::int64_t lookups = 0, untrained = 0;
    for (const Table& table : tables) {
        lookups += table.lookups;
        untrained += table.untrained;
    }
    return lookups > 0 ? static_cast<double>(untrained) / static_cast<double>(lookups) : 0;
}

}  // namespace dlrm
