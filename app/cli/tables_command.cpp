// SPDX-License-Identifier: Apache-2.0
// dlrm-cli tables
#include <memory>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/tables_text.h"
#include "app/cli/text.h"
#include "core/export/json.h"

namespace dlrm::cli {

using Align = TextTable::Align;

std::string tablesText(const ModelSpec& spec, std::optional<std::size_t> only) {
    TextTable table;
    table.addColumn("#", Align::Right);
    table.addColumn("table", Align::Left);
    table.addColumn("rows", Align::Right);
    table.addColumn("dim", Align::Right);
    table.addColumn("dtype", Align::Left);
    table.addColumn("size", Align::Right);
    table.addColumn("bytes", Align::Right);
    table.addColumn("files", Align::Right);
    for (std::size_t t = 0; t < spec.tables.size(); ++t) {
        const TableSpec& s = spec.tables[t];
        if (!only || *only == t)
            table.addRow({std::to_string(t), s.name, thousands(s.rows), thousands(s.dim), std::string(name(s.dtype)), byteText(s.bytes), thousands(s.bytes), thousands(s.parts)});
    }
    return table.text("  ");
}

std::string tableOrderText(const ModelSpec& spec) { return spec.tableOrderNote.empty() ? "" : "  note: " + spec.tableOrderNote + "\n"; }

Run setUpTables(CLI::App& app, CommonOptions& common) {
    struct Options {
        std::string checkpoint;
        std::optional<int> table;
        DataOptions data;
    };
    auto options = std::make_shared<Options>();
    addModelOptions(app, common, options->checkpoint);
    addDataOptions(app, options->data, DataUse::Optional);
    app.add_option("--table", options->table, "Only this table, counted from 0 in feature order");
    return [options](Context& context) -> Result<void> {
        auto engine = openModel(options->checkpoint, context.common, options->data, context.progress, context.stop);
        if (!engine) return fail(std::move(engine).error());
        ModelInfo info = (*engine)->info();
        std::optional<std::size_t> only;
        if (options->table) {
            if (auto exists = (*engine)->rows(TableId{*options->table}, {}); !exists) return fail(std::move(exists).error());
            only = static_cast<std::size_t>(*options->table);
        }
        if (!context.common.json) {
            context.out.write(tablesText(info.spec, only) + tableOrderText(info.spec));
            return {};
        }
        if (only) info.spec.tables = {info.spec.tables[*only]};
        context.out.write(tablesJson(info));
        return {};
    };
}

}  // namespace dlrm::cli
