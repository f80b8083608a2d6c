// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/traffic.h"

#include <algorithm>

namespace dlrm {

double UntrainedTraffic::lookupsShare() const {
    std::int64_t lookups = 0, untrained = 0;
    for (const Table& table : tables) {
        if (!table.known) continue;
        lookups += table.lookups;
        untrained += table.untrained;
    }
    return lookups > 0 ? static_cast<double>(untrained) / static_cast<double>(lookups) : 0;
}

std::int64_t UntrainedTraffic::unknownTables() const {
    return std::count_if(tables.begin(), tables.end(), [](const Table& table) { return !table.known; });
}

UntrainedTraffic::Table untrainedLookups(const TableTraffic& traffic, const UntrainedRows& rows) {
    UntrainedTraffic::Table out;
    out.lookups = traffic.lookups;
    out.known = rows.known();
    for (std::size_t id = 0; id < traffic.hits.size(); ++id)
        if (traffic.hits[id] > 0 && rows.contains(static_cast<std::int64_t>(id))) out.untrained += traffic.hits[id];
    return out;
}

}  // namespace dlrm
