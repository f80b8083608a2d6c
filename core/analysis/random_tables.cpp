// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/random_tables.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "core/analysis/trained_check.h"

namespace dlrm {

Result<std::string> randomTablesNote(const ModelSpec& spec, std::span<const TableView> tables, const std::stop_token& stop) {
    std::vector<std::size_t> order(std::min(tables.size(), spec.tables.size()));
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return tables[a].rows() < tables[b].rows(); });
    TrainedCheck all;
    for (const std::size_t t : order) {
        ModelSpec one;
        one.tables = {spec.tables[t]};
        auto check = checkTrained(one, tables.subspan(t, 1), {}, stop);
        if (!check) return fail(std::move(check).error());
        if (!check->random()) return std::string();
        all.tables.push_back(std::move(check->tables.front()));
    }
    return all.note(spec.layout);
}

}  // namespace dlrm
