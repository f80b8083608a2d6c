// SPDX-License-Identifier: Apache-2.0
// dlrm-cli sweep CHECKPOINT --data PATH --row N --field NAME [--top N] [--out FILE] [--json]
//
// JSON keys: core/report/sweep_report.h.
#include <charconv>
#include <cmath>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/row_edits.h"
#include "app/cli/text.h"
#include "core/analysis/sweep/sweep_order.h"
#include "core/base/guarded.h"
#include "core/metrics/probability.h"
#include "core/report/sweep_report.h"

namespace dlrm::cli {
namespace {

struct SweepArguments {
    std::int64_t row = 0, top = 100;
    std::string field, out;
};

std::string logitText(float logit) { return std::isfinite(logit) ? fmt::format("{:.6f}", logit) : "not finite"; }
std::string probabilityText(float logit) {
    return std::isfinite(logit) ? fmt::format("{:.6f}", sigmoid(static_cast<double>(logit))) : "-";
}

// What is typed for a number that is fed; what is fed itself where raw numbers cannot be transformed.
std::optional<double> typedFor(float fed, const TypedRows& typed) {
    if (!typed.takesRawNumbers()) return static_cast<double>(fed);
    const std::string token = typed.tokenOf(fed);
    if (token.empty() && fed == 0 && typed.fed("0") == 0) return 0;  // as a missing one is
    double number = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
    return error == std::errc() && end != token.data() ? std::optional(number) : std::nullopt;
}

std::string typedText(const std::optional<double>& typed, float fed) {
    if (typed) return fmt::format("{}", *typed);
    return fed == 0 ? "missing" : "-";
}

std::string idsText(const Sweep& sweep, const SweptRow& about, std::size_t top) {
    const SweepOrder order = sweepOrder(sweep.logits, sweep.current, top);
    std::string out = fmt::format(
        "{} of {} raise the probability ({:.2f} %)\n", thousands(order.raising), plural(order.finite, "id"),
        order.finite > 0 ? 100 * static_cast<double>(order.raising) / static_cast<double>(order.finite) : 0.0);
    if (const std::int64_t others = std::ssize(sweep.logits) - order.finite; others > 0)
        out += fmt::format("{} no finite prediction\n", others == 1 ? "1 id has" : thousands(others) + " ids have");
    TextTable table{">rank", ">id"};
    if (about.category) table.addColumn("<category");
    for (const char* title : {">logit", ">probability", ">change"}) table.addColumn(title);
    const auto add = [&](std::int64_t id, std::int64_t rank) {
        const float logit = sweep.logits[static_cast<std::size_t>(id)];
        std::vector<std::string> cells{rank > 0 ? thousands(rank) : "-", thousands(id)};
        if (about.category) cells.push_back(about.category(RowId{id}));
        for (std::string cell : {logitText(logit), probabilityText(logit)}) cells.push_back(std::move(cell));
        cells.push_back(id == about.id ? "as it is" : fmt::format("{:+.6f}", logit - sweep.current));
        table.addRow(std::move(cells));
    };
    std::int64_t rank = 0;
    const std::int64_t own = rankInSweep(sweep.logits, about.id), below = order.finite - std::ssize(order.lowest);
    const bool between = own == 0 || (own > std::ssize(order.highest) && own <= below);
    for (const std::int64_t id : order.highest) add(id, ++rank);
    if (between) add(about.id, own);
    rank = below;
    for (const std::int64_t id : order.lowest) add(id, ++rank);
    out += table.text("  ");
    if (const std::int64_t listed = std::ssize(order.highest) + std::ssize(order.lowest); listed < order.finite)
        out += fmt::format("  the highest {} and the lowest {} of {}; --top N shows more, --out all\n",
                           std::ssize(order.highest), std::ssize(order.lowest), thousands(order.finite));
    return about.category ? out + "  Row 0 stands for missing, rare and unknown values.\n" : out;
}

std::string valuesText(const Sweep& sweep, const SweptRow& about) {
    TextTable table{">value", ">fed", ">logit", ">probability", ">change"};
    for (std::size_t i = 0; i < sweep.values.size(); ++i) {
        const float logit = sweep.logits[i];
        table.addRow({typedText(about.typed[i], sweep.values[i]), fmt::format("{}", sweep.values[i]), logitText(logit),
                      probabilityText(logit), fmt::format("{:+.6f}", logit - sweep.current)});
    }
    const std::string of = fmt::format("{} in {}", plural(sweep.distinct, "value"), plural(sweep.rowsLooked, "row"));
    return table.text("  ") + (std::ssize(sweep.values) == sweep.distinct
                                   ? "  all of " + of + " of the dataset\n"
                                   : fmt::format("  quantiles of {} of the dataset\n", of));
}

std::string sweepText(const Sweep& sweep, const SweptRow& about, std::size_t top) {
    std::string now = sweep.numerical ? typedText(about.ownTyped, about.fed) : "row " + thousands(about.id);
    if (about.category && !about.category(RowId{about.id}).empty())
        now += fmt::format(" ({})", about.category(RowId{about.id}));
    return fmt::format("row {}: {} is {}, logit {}, probability {}, label {} ({:.0f} predictions/s)\n",
                       thousands(about.row), about.field, now, logitText(sweep.current), probabilityText(sweep.current),
                       about.label ? std::to_string(*about.label) : "-", sweep.rowsPerSecond()) +
           (sweep.numerical ? valuesText(sweep, about) : idsText(sweep, about, top));
}

SweptRow aboutOf(const Prediction& prediction, const RowField& field, const Workspace& opened) {
    const PredictedRow& row = prediction.rows.front();
    const auto index = static_cast<std::size_t>(field.index);
    SweptRow about;
    about.field = field.name;
    about.row = row.row;
    about.label = row.label;
    about.profile = prediction.profile;
    about.interactionOrder = prediction.interactionOrder;
    about.orderSource = prediction.orderSource;
    if (field.numerical) {
        about.fed = row.input.numerical[index];
        about.ownTyped = typedFor(about.fed, typedRows(opened));
        return about;
    }
    about.id = row.input.ids[index];
    if (opened.dictionary)
        about.category = [typed = typedRows(opened), table = field.index](RowId id) {
            return typed.hexOf(table, value(id));
        };
    return about;
}

Result<void> sweepField(const SweepArguments& options, Context& context) {
    if (!options.out.empty()) DLRM_TRY(checkSweepPath(options.out));
    DLRM_TRY(const auto opened, openAll(context.common, context.job()));
    DLRM_TRY(refuseInputAsOutput(options.out, opened));
    DLRM_TRY(const auto field, fieldNamed(options.field, "--field", opened));
    Engine& engine = *opened.engine;
    DLRM_TRY(const auto row, engine.predict(*opened.dataset, {options.row, options.row},
                                            {.inputs = true, .raw = false, .notFinite = true}, context.job()));
    SweptRow about = aboutOf(row, field, opened);
    const InputRow& input = row.rows.front().input;
    DLRM_TRY(const auto sweep, field.numerical ? engine.sweepNumerical(input, static_cast<std::size_t>(field.index),
                                                                       *opened.dataset, context.job())
                                               : engine.sweep(input, TableId{field.index}, context.job()));
    for (const float fed : sweep.values) about.typed.push_back(typedFor(fed, typedRows(opened)));
    context.progress.clear();
    const auto top = static_cast<std::size_t>(options.top);
    if (context.common.json) {
        TextWriter writer([&](std::string_view piece) -> Result<void> {
            context.out.write(piece);
            return {};
        });
        DLRM_TRY(writeSweepJson(sweep, about, top, writer));
    } else {
        std::string text = sweepText(sweep, about, top);
        for (const std::string& note : notesOf(context.common)) text += "  note: " + note + "\n";
        context.out.write(text);
    }
    if (options.out.empty()) return {};
    DLRM_TRY(exportSweep(sweep, about, options.out, provenanceOf(context.common)));
    if (!context.common.json)
        context.out.write(fmt::format("{} written to {}\n",
                                      plural(std::ssize(sweep.logits), sweep.numerical ? "value" : "id"), options.out));
    return {};
}

}  // namespace

Run setUpSweep(VerbOptions& verb, CommonOptions& common) {
    auto options = std::make_shared<SweepArguments>();
    addModelOptions(verb, common, ModelUse::Computed);
    addDataOptions(verb, common, DataUse::Required);
    addReadingOptions(verb, common);
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    verb.whole("--row", options->row, "The row of the dataset, counted from 0", std::int64_t{0}, kMost).required();
    verb.text("--field", options->field,
              "The field whose value is changed, by its name: of a table every id is tried, of a numerical up to " +
                  std::to_string(kSweptValues) + " quantiles of what the dataset has")
        .required();
    verb.whole("--top", options->top, "Of a table: as many of the highest and of the lowest are listed",
               std::int64_t{1}, std::int64_t{100'000})
        .showDefault();
    verb.text(
        "--out", options->out,
        "Also write all of them to this file: .npy (of a table: the logits by id; of a numerical: what is fed, and "
        "the logit) .h5 .csv .tsv .json. Where they come from stands in the file; of .npy, .csv and .tsv in "
        "FILE.json beside it");
    return [options](Context& context) { return guarded([&] { return sweepField(*options, context); }); };
}

}  // namespace dlrm::cli
