// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/trained_check.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/analysis/tables/untrained_test.h"
#include "core/base/counted.h"
#include "core/base/enum_names.h"

namespace dlrm {
namespace {

constexpr std::string_view kFlaws[] = {"", "random numbers", "zeros", "equal rows"};
constexpr std::int64_t kRandomEvidence = 48;  // values on the lattice by chance: once in 10⁸ tables at most
constexpr std::size_t kCheckedPerStop = 64;   // rows of a cold table come at the disk's speed
constexpr std::int64_t kMostBytes = std::int64_t{4} << 20;  // of a table's rows, at most, however wide they are

// The first rows, then as many evenly spaced ones up to the last.
std::vector<std::int64_t> chosenIds(std::int64_t rows, std::int64_t dim) {
    const std::int64_t most =
        std::clamp<std::int64_t>(kMostBytes / (8 * std::max<std::int64_t>(1, dim)), 1, kTrainedCheckRows);
    std::vector<std::int64_t> ids;
    for (std::int64_t r = 0; r < std::min(rows, most); ++r) ids.push_back(r);
    const std::int64_t rest = rows - most, count = std::min(rest, most);
    for (std::int64_t i = 1; i <= count; ++i) ids.push_back(most + i * rest / count - 1);
    return ids;
}

TableFlaw flawOf(const TrainedCheck::Table& table, std::span<const float> values, std::size_t dim) {
    if (values.empty()) return TableFlaw::None;
    if (std::all_of(values.begin(), values.end(), [](float v) { return v == 0; })) return TableFlaw::Zeros;
    // Every row is the first one when every value is the one a row before it.
    if (table.rowsChecked > 1 &&
        std::equal(values.begin() + static_cast<std::ptrdiff_t>(dim), values.end(), values.begin()))
        return TableFlaw::EqualRows;
    const bool random = table.untrained == table.rowsChecked && std::ssize(values) >= kRandomEvidence;
    return random ? TableFlaw::Random : TableFlaw::None;
}

// "Table cat_3 holds", "Tables cat_3, cat_4 and 7 more hold"
std::string subject(const std::vector<const TrainedCheck::Table*>& tables) {
    constexpr std::size_t kNamed = 5;
    std::vector<std::string_view> names;
    for (const TrainedCheck::Table* t : tables)
        if (names.size() < kNamed) names.emplace_back(t->name);
    const std::string more =
        tables.size() > kNamed ? fmt::format(" and {} more", tables.size() - kNamed) : std::string();
    return fmt::format("Table{} {}{} hold{}", tables.size() == 1 ? "" : "s", fmt::join(names, ", "), more,
                       tables.size() == 1 ? "s" : "");
}

}  // namespace

std::string_view name(TableFlaw flaw) { return nameIn(kFlaws, flaw); }

bool TrainedCheck::random() const {
    return !tables.empty() && std::all_of(tables.begin(), tables.end(), [](const Table& t) {
        return t.rowsChecked > 0 && t.untrained == t.rowsChecked;
    });
}

std::string TrainedCheck::note(const std::string& layout) const {
    if (!random()) return {};
    std::int64_t rows = 0;
    for (const Table& t : tables) rows += t.rowsChecked;
    return fmt::format(
        "The tables hold random numbers: in {} of {} every value is one that the initializer draws, so no table was "
        "trained.{}",
        counted(rows, "row"), counted(tables.size(), "table"),
        layout == "E" ? " The training code's monolithic deployment saves tables it never loaded: deploy again with "
                        "the tables restored first."
                      : "");
}

std::vector<std::string> TrainedCheck::notes(const std::string& layout) const {
    if (random()) return {note(layout)};
    std::vector<std::string> out;
    for (const TableFlaw flaw : {TableFlaw::Random, TableFlaw::Zeros, TableFlaw::EqualRows}) {
        std::vector<const Table*> with;
        std::int64_t rows = 0;
        for (const Table& t : tables)
            if (t.flaw == flaw) {
                with.push_back(&t);
                rows += t.rowsChecked;
            }
        if (with.empty()) continue;
        const char* const what = flaw == TableFlaw::Random
                                     ? "random numbers, as the initializer draws them: never trained"
                                 : flaw == TableFlaw::Zeros ? "nothing but zeros"
                                                            : "the same vector in every row";
        out.push_back(fmt::format("{} {} ({} row{} looked at).", subject(with), what, rows, rows == 1 ? "" : "s"));
    }
    return out;
}

std::string TrainedCheck::notFinite() const {
    for (const Table& t : tables)
        if (t.notFinite)
            return fmt::format("Row {} of table {} holds a value that is not finite.", *t.notFinite, t.name);
    return {};
}

Result<TrainedCheck> checkTrained(const ModelSpec& spec, std::span<const TableView> tables, const Job& job) {
    TrainedCheck out;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        if (job.stopped()) return cancelled();
        job.report({"looking for random tables", static_cast<std::int64_t>(t), static_cast<std::int64_t>(tables.size()),
                    "tables"});
        const TableView& table = tables[t];
        const auto dim = static_cast<std::size_t>(table.dim());
        const std::vector<std::int64_t> ids = chosenIds(table.rows(), table.dim());
        std::vector<float> values(ids.size() * dim);
        std::vector<const float*> rows;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (i % kCheckedPerStop == 0 && job.stopped()) return cancelled();
            const auto row = std::span(values).subspan(i * dim, dim);
            table.copyRow(ids[i], row);
            rows.push_back(row.data());
        }
        TrainedCheck::Table& found = out.tables.emplace_back(
            TrainedCheck::Table{spec.tables[t].name, static_cast<std::int64_t>(ids.size()), 0, {}, {}});
        if (const auto bad = std::find_if(values.begin(), values.end(), [](float v) { return !std::isfinite(v); });
            bad != values.end())
            found.notFinite = ids[static_cast<std::size_t>(bad - values.begin()) / dim];
        const UntrainedTest test = chooseUntrainedTest(table.dtype(), table.rows(), table.dim(), rows);
        if (test.method == UntrainedMethod::Lattice) {
            const auto untrained = std::make_unique<bool[]>(ids.size());
            test.apply(rows.data(), static_cast<std::int64_t>(ids.size()), table.dim(), untrained.get());
            found.untrained = std::count(untrained.get(), untrained.get() + ids.size(), true);
        }
        found.flaw = flawOf(found, values, dim);
    }
    return out;
}

}  // namespace dlrm
