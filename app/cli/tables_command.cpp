// SPDX-License-Identifier: Apache-2.0
// dlrm-cli tables
#include <algorithm>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/statistics_text.h"
#include "app/cli/tables_text.h"
#include "app/cli/text.h"
#include "app/cli/usage.h"
#include "core/analysis/tables/statistics_cache.h"
#include "core/base/enum_names.h"
#include "core/report/json.h"
#include "core/report/tables_report.h"

namespace dlrm::cli {

std::string tablesText(const ModelSpec& spec, std::span<const std::size_t> order) {
    TextTable table{">#", "<table", ">rows", ">dim", "<dtype", ">size", ">bytes", ">files"};
    for (const std::size_t t : order) {
        const TableSpec& s = spec.tables[t];
        table.addRow({std::to_string(t), s.name, thousands(s.rows), thousands(s.dim), std::string(name(s.dtype)),
                      byteText(s.bytes), thousands(s.bytes), thousands(s.parts)});
    }
    return table.text("  ");
}

std::vector<std::size_t> tablesByHeaders(const ModelSpec& spec, TableSort by) {
    std::vector<std::size_t> order(spec.tables.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto key = [&](std::size_t t) {
        return by == TableSort::Rows ? spec.tables[t].rows : by == TableSort::Size ? spec.tables[t].bytes : 0;
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) > key(b); });
    return order;
}

std::string tableOrderText(const ModelSpec& spec) {
    return spec.tableOrderNote.empty() ? "" : "  note: " + spec.tableOrderNote + "\n";
}

namespace {

struct TablesOptions {
    std::string untrainedIds, out, table;
    bool noStatistics = false;
    std::string sort = "number";
    std::int64_t top = 0;
};

TableSort sortOf(const TablesOptions& options) {
    return valueNamed<TableSort>(kTableSortNames, options.sort).value_or(TableSort::Number);
}

// Without the dataset where the tables' order is not known.
Result<Workspace> openForTables(const TablesOptions& options, Context& context) {
    auto opened = openAll(context.common, context.job());
    if (opened && (options.noStatistics || !opened->engine->spec().tableOrderKnown)) opened->dataset = nullptr;
    return opened;
}

Result<TablesReport> reportOn(Engine& engine, const Dataset* dataset, std::span<const TableId> tables,
                              Context& context) {
    TablesReport out;
    const auto& specs = engine.spec().tables;
    const auto bytesOf = [&](TableId table) { return specs[static_cast<std::size_t>(value(table))].bytes; };
    std::int64_t before = 0, total = 0;  // bytes of the tables that have to be read
    for (const TableId table : tables)
        if (!engine.knownStatistics(table)) total += bytesOf(table);
    for (const TableId table : tables) {
        const bool known = engine.knownStatistics(table) != nullptr;
        const std::string name = fmt::format("{} ({} of {})", specs[static_cast<std::size_t>(value(table))].name,
                                             out.tables.size() + 1, tables.size());
        DLRM_TRY(out.tables.emplace_back().statistics,
                 engine.tableStatistics(
                     table, {context.progress.part("reading the tables", name, before, total), context.stop}));
        if (!known) before += bytesOf(table);
    }
    if (!dataset) return out;
    DLRM_TRY(const auto traffic, engine.traffic(*dataset, context.job()));
    if (tables.size() == engine.spec().tables.size()) {
        DLRM_TRY(out.untrained, engine.untrainedTraffic(*dataset, context.job()));
    }
    for (std::size_t i = 0; i < tables.size(); ++i) {
        const TableTraffic& hits = traffic->tables[static_cast<std::size_t>(value(tables[i]))];
        TablesReport::Table& table = out.tables[i];
        DLRM_TRY(table.trafficSpectrum, engine.trafficSpectrum(tables[i], *traffic, context.job()));
        table.untrained = untrainedLookups(hits, table.statistics->untrained);
        table.traffic = hits;
        table.traffic->hits.clear();
    }
    return out;
}

// Error E-CLI-011 where the tables are to be sorted by what is not read.
Result<void> checkSort(const TablesOptions& options) {
    const TableSort by = sortOf(options);
    if (!options.noStatistics || by == TableSort::Number || by == TableSort::Rows || by == TableSort::Size) return {};
    return fail(Error("E-CLI-011", "The tables cannot be sorted by statistics that are not computed.")
                    .inField("--sort")
                    .butExpected("number, rows or size, beside --no-statistics")
                    .butFound(options.sort)
                    .withRemedy("Leave out --no-statistics, or sort by one of these."));
}

std::string firstOf(std::size_t shown, std::size_t all, const std::string& by) {
    return shown < all
               ? fmt::format("  the first {} of {} by {}\n", plural(static_cast<std::int64_t>(shown), "table"), all, by)
               : std::string();
}

std::string listingText(const ModelSpec& spec, std::optional<std::size_t> only, const TablesOptions& options) {
    std::vector<std::size_t> order = tablesByHeaders(spec, sortOf(options));
    if (only) order = {*only};
    const std::size_t all = order.size();
    if (options.top > 0) order.resize(std::min(all, static_cast<std::size_t>(options.top)));
    return tablesText(spec, order) + firstOf(order.size(), all, options.sort) + tableOrderText(spec);
}

std::string reportText(const ModelSpec& spec, const TablesReport& report, std::optional<std::size_t> only,
                       const TablesOptions& options) {
    std::vector<std::size_t> order = sortedTables(spec, report, sortOf(options));
    if (options.top > 0) order.resize(std::min(order.size(), static_cast<std::size_t>(options.top)));
    std::string out = statisticsText(spec, report, only.value_or(0), order);
    out += firstOf(order.size(), report.tables.size(), options.sort);
    out += only ? "\n" + statisticsDetails(report) : totalsText(spec, report);
    return out + trafficText(report) + tableOrderText(spec);
}

std::string tablesWords() {
    const std::string directory = statisticsDirectory();
    return fmt::format(
        "Figures:\n"
        "  untrained      rows whose values are, bit for bit, what the initializer draws; unknown where the values "
        "were cast to a narrower type\n"
        "  zero rows      rows of zeros; copies: rows equal to a row before them, bit for bit; neither counts as "
        "untrained\n"
        "  norm p01 ...   percentiles of the L2 norms of the finite rows, linear between neighbours as "
        "numpy.percentile\n"
        "  eff. rank      exp of the entropy of the singular values' shares; of trained: over the rows that were "
        "trained\n"
        "Every table is read once. What was found is kept in {}, at most {} in all, "
        "the longest unused is dropped first; it can be deleted at any time, and --no-cache leaves it alone.\n"
        "Exit codes: 0 all values are finite; 1 some are NaN or infinite; 2 could not run.",
        directory.empty() ? "no place, since neither XDG_CACHE_HOME nor HOME is set" : directory,
        byteText(StatisticsCache::kMostBytes));
}

}  // namespace

Run setUpTables(VerbOptions& verb, CommonOptions& common) {
    auto options = std::make_shared<TablesOptions>();
    addModelOptions(verb, common, ModelUse::Tables);
    addDataOptions(verb, common, DataUse::Optional);
    VerbOption table = verb.text("--table", options->table,
                                 "Only this table: its number, counted from 0 in feature order, or its name");
    VerbOption none =
        verb.flag("--no-statistics", options->noStatistics, "Only what the files' headers say: no table is read");
    verb.choice("--sort", options->sort, {std::begin(kTableSortNames), std::end(kTableSortNames)},
                "Order of the lines: number, or largest first by rows, size, norm, untrained, rank, nan (with "
                "--no-statistics number, "
                "rows or size); JSON keeps the tables' own")
        .showDefault();
    verb.whole("--top", options->top, "Print only the first N lines", std::int64_t{1}, std::int64_t{1'000'000});
    verb.text("--untrained-ids", options->untrainedIds,
              "Write the ids of the table's untrained rows to this .npy file (int64)")
        .needs(table)
        .excludes(none);
    verb.text("--out", options->out, "Write the statistics to this file instead of stdout; .json or .h5")
        .excludes(none);
    verb.open("no-cache", common.open).group(kOwnGroup).excludes(none);
    verb.footer(tablesWords());
    return [options](Context& context) -> Result<void> {
        if (!options->out.empty()) DLRM_TRY(checkTablesPath(options->out));
        DLRM_TRY(checkSort(*options));
        DLRM_TRY(const auto opened, openForTables(*options, context));
        Engine& engine = *opened.engine;
        for (const std::string& out : {options->out, options->untrainedIds}) DLRM_TRY(refuseInputAsOutput(out, opened));
        ModelInfo info = engine.info();
        std::optional<std::size_t> only;
        if (!options->table.empty()) {
            DLRM_TRY(const auto id, tableNamed(options->table, engine));
            only = static_cast<std::size_t>(value(id));
        }
        const std::string listing = listingText(info.spec, only, *options);
        std::vector<TableId> tables;
        for (std::size_t t = 0; t < info.spec.tables.size(); ++t)
            if (!only || *only == t) tables.push_back(static_cast<TableId>(t));
        if (only) info.spec.tables = {info.spec.tables[*only]};
        if (options->noStatistics) {
            context.out.write(context.common.json ? tablesJson(info) : listing);
            return {};
        }
        DLRM_TRY(const auto report, reportOn(engine, opened.dataset.get(), tables, context));
        context.findings = std::any_of(report.tables.begin(), report.tables.end(), [](const TablesReport::Table& t) {
            return t.statistics->scan.nan + t.statistics->scan.inf > 0;
        });
        if (!options->untrainedIds.empty())
            DLRM_TRY(exportUntrainedIds(report.tables.front().statistics->untrained, options->untrainedIds));
        if (!options->out.empty()) {
            DLRM_TRY(exportTables(info, report, options->out, provenanceOf(context.common)));
            if (!context.common.json)
                context.out.write(
                    fmt::format("{} written to {}\n", plural(std::ssize(report.tables), "table"), options->out));
            return {};
        }
        if (context.common.json) context.out.write(tablesJson(info, report));
        else context.out.write(reportText(info.spec, report, only, *options));
        return {};
    };
}

}  // namespace dlrm::cli
