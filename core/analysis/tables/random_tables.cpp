// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/random_tables.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/analysis/tables/trained_check.h"
#include "core/analysis/tables/untrained_test.h"

namespace dlrm {
namespace {

constexpr std::int64_t kFirstRows = 64;
constexpr std::int64_t kMostValues = 65'536;  // of them, however wide they are

// Whether the first rows show what training leaves: they differ, and one of them is none that the initializer draws.
bool firstRowsAreTrained(const TableView& table) {
    const auto dim = static_cast<std::size_t>(table.dim());
    const std::int64_t count = std::min(
        {table.rows(), kFirstRows, std::max<std::int64_t>(1, kMostValues / std::max<std::int64_t>(1, table.dim()))});
    std::vector<float> values(static_cast<std::size_t>(count) * dim);
    std::vector<const float*> rows;
    for (std::int64_t r = 0; r < count; ++r) {
        const auto row = std::span(values).subspan(static_cast<std::size_t>(r) * dim, dim);
        table.copyRow(r, row);
        rows.push_back(row.data());
    }
    const bool zeros = std::all_of(values.begin(), values.end(), [](float v) { return v == 0; });
    if (zeros || std::equal(values.begin() + static_cast<std::ptrdiff_t>(std::min(dim, values.size())), values.end(),
                            values.begin()))
        return false;
    const UntrainedTest test = chooseUntrainedTest(table.dtype(), table.rows(), table.dim(), rows);
    if (test.method != UntrainedMethod::Lattice) return true;
    const auto untrained = std::make_unique<bool[]>(rows.size());
    test.apply(rows.data(), count, table.dim(), untrained.get());
    return std::find(untrained.get(), untrained.get() + rows.size(), false) != untrained.get() + rows.size();
}

}  // namespace

Result<std::vector<std::string>> tableFlawNotes(const ModelSpec& spec, std::span<const TableView> tables,
                                                const std::stop_token& stop) {
    TrainedCheck all;
    for (std::size_t t = 0; t < std::min(tables.size(), spec.tables.size()); ++t) {
        if (stop.stop_requested()) return cancelled();
        if (firstRowsAreTrained(tables[t])) {
            all.tables.push_back({spec.tables[t].name, 0, 0, {}, {}});
            continue;
        }
        ModelSpec one;
        one.tables = {spec.tables[t]};
        DLRM_TRY(auto check, checkTrained(one, tables.subspan(t, 1), {.stop = stop}));
        all.tables.push_back(std::move(check.tables.front()));
    }
    return all.notes(spec.layout);
}

}  // namespace dlrm
