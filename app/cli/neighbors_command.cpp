// SPDX-License-Identifier: Apache-2.0
// dlrm-cli neighbors
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/row_choice.h"
#include "app/cli/tables_text.h"
#include "app/cli/text.h"
#include "app/cli/usage.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/report/export.h"
#include "core/report/json.h"

namespace dlrm::cli {
namespace {

Result<Similarity> parseMetric(const std::string& text) {
    if (const auto found = similarityFromName(text)) return *found;
    return fail(Error("E-KNN-004", "There is no such metric.")
                    .inField("--metric")
                    .butExpected("cosine, dot or l2")
                    .butFound(text)
                    .withRemedy(suggestion(text, {"cosine", "dot", "l2"}, "Name one of the three.")));
}

std::string neighborsText(const RowNeighbors& row, Similarity similarity, const HexValueFn& hexValue) {
    const auto number = [](double v) { return std::isfinite(v) ? fmt::format("{:.9g}", v) : std::string("none"); };
    std::string out =
        fmt::format("row {}{}, norm {}\n", thousands(value(row.row)),
                    hexValue && !hexValue(row.row).empty() ? " (" + hexValue(row.row) + ")" : "", number(row.norm));
    TextTable table{">rank", ">id"};
    if (hexValue) table.addColumn("<category");
    table.addColumn(fmt::format(">{}", name(similarity)));
    table.addColumn(">norm");
    for (std::size_t i = 0; i < row.neighbors.size(); ++i) {
        std::vector<std::string> cells{std::to_string(i + 1), thousands(value(row.neighbors[i].id))};
        if (hexValue) cells.push_back(hexValue(row.neighbors[i].id));
        cells.push_back(number(row.neighbors[i].score));
        cells.push_back(number(row.norms[i]));
        table.addRow(std::move(cells));
    }
    return out + table.text("  ");
}

}  // namespace

Run setUpNeighbors(VerbOptions& verb, CommonOptions& common) {
    struct Options {
        std::string ids, table, out, metric = "cosine";
        std::int64_t k = 10;
    };
    auto options = std::make_shared<Options>();
    addModelOptions(verb, common, ModelUse::Tables);
    addDataOptions(verb, common, DataUse::Optional);
    verb.text("--table", options->table, "Which table: its number, counted from 0 in feature order, or its name")
        .required();
    verb.text("--id,--ids,--rows", options->ids,
              "The row whose neighbours are wanted; also several: 0-99, or 0,5,10-20")
        .required();
    verb.text("--metric", options->metric, "cosine, dot or l2; cosine and dot: higher is nearer, l2: lower")
        .showDefault();
    verb.whole("-k", options->k, "How many, at most " + thousands(kMostNeighbors) + "; the row itself is not listed")
        .showDefault();
    verb.text("--out", options->out,
              "Write them to this file instead: .npy (the ids) .csv .tsv .json .h5. Where they come from stands in the "
              "file; of .npy, "
              ".csv and .tsv in FILE.json beside it");
    return [options](Context& context) -> Result<void> {
        DLRM_TRY(const auto metric, parseMetric(options->metric));
        DLRM_TRY(auto ids, listedIds(options->ids, kMostNeighborPairs));
        DLRM_TRY(const auto opened, openAll(context.common, context.job()));
        DLRM_TRY(const auto chosen, tableNamed(options->table, *opened.engine));
        DLRM_TRY(refuseInputAsOutput(options->out, opened));
        DLRM_TRY(const auto found,
                 opened.engine->neighbors({chosen, std::move(ids), metric, options->k}, context.job()));
        const NeighborResult& result = *found;
        context.findings = !result.failed.empty();
        const TableSpec& table = opened.engine->spec().tables[static_cast<std::size_t>(value(chosen))];
        HexValueFn hexValue;
        if (const auto dictionary = opened.dataset ? opened.dataset->dictionary() : nullptr)
            hexValue = [dictionary, feature = static_cast<std::size_t>(value(chosen))](RowId id) {
                const auto hex = dictionary->hexValue(feature, value(id));
                return hex ? formatHex(*hex) : std::string();
            };
        const std::string json =
            context.common.json || !options->out.empty() ? neighborsJson(result, table.name, hexValue) : "";
        if (!options->out.empty()) {
            DLRM_TRY(exportNeighbors(result, table.name, json, options->out, provenanceOf(context.common)));
            if (!context.common.json) {
                context.out.write(fmt::format("neighbours of {} written to {}\n",
                                              plural(std::ssize(result.rows), "row"), options->out));
                return {};
            }
        }
        if (context.common.json) {
            context.out.write(json);
            return {};
        }
        context.out.write(fmt::format("{}: nearest of {} by {}\n", table.name, plural(result.rowsCompared, "row"),
                                      name(result.similarity)));
        for (const RowNeighbors& row : result.rows) context.out.write(neighborsText(row, result.similarity, hexValue));
        for (const RowWithoutNeighbors& f : result.failed)
            context.out.write(fmt::format("row {}: {} {} (found: {})\n", thousands(value(f.row)), f.why.code,
                                          f.why.message, f.why.found));
        context.out.write(tableOrderText(opened.engine->spec()));
        return {};
    };
}

}  // namespace dlrm::cli
