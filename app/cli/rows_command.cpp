// SPDX-License-Identifier: Apache-2.0
// dlrm-cli rows
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/row_choice.h"
#include "app/cli/tables_text.h"
#include "app/cli/text.h"
#include "core/report/export.h"
#include "core/report/json.h"

namespace dlrm::cli {
namespace {

constexpr std::int64_t kMostShownRows = 1'000'000;  // at once; 512 MB at 128 columns

std::string rowsText(const TableRows& rows) {
    constexpr std::int64_t kShown = 8;  // values beside the figures; --json has all
    const std::int64_t shown = std::min(kShown, rows.dim);
    TextTable table{">id", ">norm", ">min", ">max"};
    for (std::int64_t c = 0; c < shown; ++c) table.addColumn(fmt::format(">[{}]", c));
    for (std::size_t i = 0; i < rows.ids.size(); ++i) {
        std::vector<std::string> cells{thousands(value(rows.ids[i])), fmt::format("{:.6g}", rows.norms[i]),
                                       fmt::format("{:.6g}", rows.minima[i]), fmt::format("{:.6g}", rows.maxima[i])};
        for (std::int64_t c = 0; c < shown; ++c)
            cells.push_back(fmt::format(
                "{:.6g}", rows.values[i * static_cast<std::size_t>(rows.dim) + static_cast<std::size_t>(c)]));
        table.addRow(std::move(cells));
    }
    std::string out = table.text("  ");
    if (shown < rows.dim) out += fmt::format("  the first {} of {} values; --json prints all\n", shown, rows.dim);
    return out;
}

}  // namespace

Run setUpRows(VerbOptions& verb, CommonOptions& common) {
    struct Options {
        std::string ids, table, out;
    };
    auto options = std::make_shared<Options>();
    addModelOptions(verb, common, ModelUse::Tables);
    addDataOptions(verb, common, DataUse::Optional);
    verb.text("--table", options->table, "Which table: its number, counted from 0 in feature order, or its name")
        .required();
    verb.text("--ids,--rows", options->ids,
              "Row ids and ranges with both ends: 0-99, or 5, or 0,5,10-20; at most " + thousands(kMostShownRows) +
                  " in one call")
        .required();
    verb.text("--out", options->out,
              "Write the rows to this file instead: .npy (the values) .csv .tsv .json .h5. Where they come from stands "
              "in the file; of .npy, .csv and .tsv in "
              "FILE.json beside it");
    return [options](Context& context) -> Result<void> {
        DLRM_TRY(const auto ids, listedIds(options->ids, kMostShownRows));
        DLRM_TRY(auto opened, openAll(context.common, context.job()));
        const std::shared_ptr<Engine>& engine = opened.engine;
        DLRM_TRY(const auto id, tableNamed(options->table, *engine));
        DLRM_TRY(refuseInputAsOutput(options->out, opened));
        DLRM_TRY(const auto rows, engine->rows(id, ids));
        const TableSpec& table = engine->spec().tables[static_cast<std::size_t>(value(id))];
        if (!options->out.empty()) {
            const RowExport about{engine->info().path, table.name, std::ssize(rows.ids), table.dim};
            DLRM_TRY(exportRows(rows, about, options->out, provenanceOf(context.common)));
            if (!context.common.json) {
                context.out.write(fmt::format("{} of {} written to {}\n", plural(std::ssize(rows.ids), "row"),
                                              table.name, options->out));
                return {};
            }
        }
        if (context.common.json) context.out.write(rowsJson(rows, table.name));
        else
            context.out.write(
                fmt::format("{}: {} × {}, {}\n", table.name, plural(table.rows, "row"), table.dim, name(table.dtype)) +
                rowsText(rows) + tableOrderText(engine->spec()));
        return {};
    };
}

}  // namespace dlrm::cli
