// SPDX-License-Identifier: Apache-2.0
// dlrm-cli sweep CHECKPOINT --data PATH --row N --field NAME [--with NAME] [--average] [--top N] [--out FILE] [--json]
// dlrm-cli sweep CHECKPOINT --data PATH --row N --cross P [--out FILE] [--json]
//
// JSON keys: core/report/sweep_report.h, core/report/what_if_report.h.
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/row_edits.h"
#include "app/cli/text.h"
#include "core/analysis/sweep/sweep_order.h"
#include "core/base/guarded.h"
#include "core/engine/slice_plan.h"
#include "core/metrics/probability.h"
#include "core/report/sweep_report.h"
#include "core/report/what_if_report.h"

namespace dlrm::cli {
namespace {

struct SweepArguments {
    std::int64_t row = 0, top = 100;
    std::string field, with, cross, out;
    bool average = false;
};

constexpr const char* kClickRate = "click-rate";  // of --cross

std::string logitText(float logit) { return std::isfinite(logit) ? fmt::format("{:.6f}", logit) : "not finite"; }
std::string probabilityText(float logit) {
    return std::isfinite(logit) ? fmt::format("{:.6f}", sigmoid(static_cast<double>(logit))) : "-";
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
    for (const char* title : {">logit", ">probability", ">change of logit"}) table.addColumn(title);
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
    return about.category && about.firstId == 1 ? out + "  Row 0 stands for missing, rare and unknown values.\n" : out;
}

std::string valuesText(const Sweep& sweep, const SweptRow& about) {
    TextTable table{">value", ">fed", ">logit", ">probability", ">change of logit"};
    if (sweep.average)
        for (const char* title : {">mean of rows", ">lower quartile", ">upper quartile"}) table.addColumn(title);
    for (std::size_t i = 0; i < sweep.values.size(); ++i) {
        const float logit = sweep.logits[i];
        std::vector<std::string> cells{typedText(about.typed[i], sweep.values[i]), fmt::format("{}", sweep.values[i]),
                                       logitText(logit), probabilityText(logit),
                                       fmt::format("{:+.6f}", logit - sweep.current)};
        if (sweep.average)
            for (const auto* part :
                 {&sweep.average->mean, &sweep.average->lowerQuartile, &sweep.average->upperQuartile})
                cells.push_back(fmt::format("{:.6f}", (*part)[i]));
        table.addRow(std::move(cells));
    }
    const std::string of = fmt::format("{} in {}", plural(sweep.distinct, "value"), plural(sweep.rowsLooked, "row"));
    std::string out = table.text("  ") + (std::ssize(sweep.values) == sweep.distinct
                                              ? "  all of " + of + " of the dataset\n"
                                              : fmt::format("  quantiles of {} of the dataset\n", of));
    if (sweep.average)
        out += fmt::format("  mean and quartiles of the probabilities of {} of the dataset (seed {})\n",
                           plural(sweep.average->rows, "row"), sweep.average->seed);
    return out;
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

std::int32_t firstIdOf(const Workspace& opened, const Context& context) {
    return firstValueId(opened, idsAreHashes(opened, context.common.open.data.missingDictionary));
}

SweptRow aboutOf(const Prediction& prediction, const RowField& field, const Workspace& opened, const Context& context) {
    const PredictedRow& row = prediction.rows.front();
    const auto index = static_cast<std::size_t>(field.index);
    SweptRow about;
    about.field = field.name;
    about.row = row.row;
    about.label = row.label;
    about.firstId = firstIdOf(opened, context);
    about.profile = prediction.profile;
    about.interactionOrder = prediction.interactionOrder;
    about.orderSource = prediction.orderSource;
    if (field.numerical) {
        about.fed = row.input.numerical[index];
        about.ownTyped = typedRows(opened).typedFor(about.fed);
        return about;
    }
    about.id = row.input.ids[index];
    if (opened.dictionary)
        about.category = [typed = typedRows(opened), table = field.index](RowId id) {
            return typed.hexOf(table, value(id));
        };
    return about;
}

// The row that is asked about, as it is.
Result<Prediction> rowOf(const SweepArguments& options, const Workspace& opened, Context& context) {
    return opened.engine->predict(*opened.dataset, {options.row, options.row},
                                  {.inputs = true, .raw = false, .notFinite = true}, context.job());
}

Result<void> sweepField(const SweepArguments& options, Context& context) {
    if (!options.out.empty()) DLRM_TRY(checkSweepPath(options.out));
    DLRM_TRY(const auto opened, openAll(context.common, context.job()));
    DLRM_TRY(refuseInputAsOutput(options.out, opened));
    DLRM_TRY(const auto field, fieldNamed(options.field, "--field", opened));
    if (options.average && !field.numerical)
        return fail(Error("E-FIELD-004", "Only numbers are averaged over rows.")
                        .inField("--average")
                        .butExpected("a numerical")
                        .butFound(field.name + ", a table of ids")
                        .withRemedy("Leave --average out, or name a numerical with --field."));
    Engine& engine = *opened.engine;
    DLRM_TRY(const auto row, rowOf(options, opened, context));
    SweptRow about = aboutOf(row, field, opened, context);
    const InputRow& input = row.rows.front().input;
    SweepAverageOptions average;
    if (options.average) average.rows = kAveragedRows;
    DLRM_TRY(const auto sweep, field.numerical ? engine.sweepNumerical(input, static_cast<std::size_t>(field.index),
                                                                       *opened.dataset, average, {}, context.job())
                                               : engine.sweep(input, TableId{field.index}, {}, context.job()));
    for (const float fed : sweep.values) about.typed.push_back(typedRows(opened).typedFor(fed));
    context.progress.clear();
    const auto top = static_cast<std::size_t>(options.top);
    if (context.common.json) {
        TextWriter writer([&](std::string_view piece) -> Result<void> {
            context.out.write(piece);
            return {};
        });
        DLRM_TRY(writeSweepJson(sweep, about, top, writer));
    } else {
        context.out.write(sweepText(sweep, about, top) + notesText(context.common));
    }
    if (options.out.empty()) return {};
    DLRM_TRY(exportSweep(sweep, about, options.out, provenanceOf(context.common)));
    if (!context.common.json)
        context.out.write(fmt::format("{} written to {}\n",
                                      plural(std::ssize(sweep.logits), sweep.numerical ? "value" : "id"), options.out));
    return {};
}

WhatIfRow whatIfOf(const Prediction& prediction, const Workspace& opened, const Context& context) {
    const PredictedRow& row = prediction.rows.front();
    WhatIfRow about;
    about.row = row.row;
    about.label = row.label;
    about.input = row.input;
    about.numericals = opened.dataset->schema().numericalNames;
    for (const TableSpec& table : opened.engine->spec().tables) about.tables.push_back(table.name);
    const TypedRows typed = typedRows(opened);
    if (opened.dictionary)
        about.category = [typed](std::size_t table, std::int64_t id) {
            return typed.hexOf(static_cast<int>(table), id);
        };
    about.typed = [typed](float fed) { return typed.typedFor(fed); };
    about.token = [typed](float fed) { return typed.exactToken(fed); };
    about.firstId = firstIdOf(opened, context);
    about.profile = prediction.profile;
    about.interactionOrder = prediction.interactionOrder;
    about.orderSource = prediction.orderSource;
    return about;
}

// A number from 0 to 1; nothing: the share of clicks.
Result<std::optional<double>> thresholdOf(const std::string& text) {
    if (text == kClickRate) return std::optional<double>();
    double threshold = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threshold);
    if (error == std::errc() && end == text.data() + text.size() && threshold > 0 && threshold < 1)
        return std::optional(threshold);
    return fail(Error("E-FIELD-005", "This is no threshold that a probability can cross.")
                    .inField("--cross")
                    .butExpected(std::string("a probability between 0 and 1, or ") + kClickRate)
                    .butFound(text)
                    .withRemedy("Name a probability like 0.5, or click-rate for the share of clicks in the dataset."));
}

// "num_3=12" as "12"; of a table "id:7", and the value that it stands for where a dictionary is open.
std::string shownValue(const WhatIfRow& about, SweptField field, std::int64_t id, float fed) {
    std::string out = about.editOf(field, id, fed).substr(about.nameOf(field).size() + 1);
    if (field.numerical) return out.empty() ? "missing" : out;
    const std::string category = about.category ? about.category(field.index, id) : std::string();
    if (!category.empty()) out += " (" + category + ")";
    return id < about.firstId ? out + " (missing, rare)" : out;
}

std::string changesText(const Counterfactual& found, const WhatIfRow& about) {
    const auto called = [](bool clicked) { return clicked ? "clicked" : "not clicked"; };
    std::int64_t crossing = 0;
    TextTable table{"<field",       "<crosses",    "<is",   "<nearest that crosses, else best",
                    ">probability", ">its change", ">tried"};
    for (const FieldChange& change : found.changes) {
        const SweptField field{change.numerical, change.index};
        const std::string own = field.numerical ? shownValue(about, field, -1, about.input.numerical[field.index])
                                                : shownValue(about, field, about.input.ids[field.index], 0);
        crossing += change.crosses;
        table.addRow({about.nameOf(field), change.crosses ? "yes" : "no", own,
                      change.any ? shownValue(about, field, change.id, change.fed) : "-",
                      change.any ? probabilityText(change.logit) : "-",
                      change.any ? fmt::format("{:+.6f}", sigmoid(static_cast<double>(change.logit)) -
                                                              sigmoid(static_cast<double>(found.current)))
                                 : "-",
                      fmt::format("{} of {}", thousands(change.tried), thousands(change.others))});
    }
    const std::string source = found.byClicks ? fmt::format("{} in {} of the dataset", plural(found.clicks, "click"),
                                                            plural(found.rowsLooked, "row"))
                                              : "as given";
    return fmt::format(
               "row {}: logit {}, probability {}, label {}: called {} at {:.6f} ({})\n"
               "{} of {} can alone make it {}\n",
               thousands(about.row), logitText(found.current), probabilityText(found.current),
               about.label ? std::to_string(*about.label) : "-", called(found.clicked), found.threshold, source,
               thousands(crossing), plural(found.fields, "field"), called(!found.clicked)) +
           table.text("  ") +
           "  Of a table the lowest id that crosses: the most frequent one where ids count by frequency. Of a "
           "numerical the "
           "nearest of the dataset's values.\n";
}

Result<void> crossThreshold(const SweepArguments& options, Context& context) {
    CounterfactualOptions asked;
    DLRM_TRY(asked.threshold, thresholdOf(options.cross));
    if (!options.out.empty()) DLRM_TRY(checkCounterfactualPath(options.out));
    DLRM_TRY(const auto opened, openAll(context.common, context.job()));
    if (!asked.threshold && !opened.dataset->hasLabels())
        return fail(Error("E-FIELD-009", "Without labels there is no share of clicks to cross.")
                        .inFile(opened.dataset->path())
                        .inField("--cross")
                        .butExpected("a probability, as 0.5")
                        .butFound(options.cross)
                        .withRemedy("Give the probability that is to be crossed, or open rows with labels."));
    DLRM_TRY(refuseInputAsOutput(options.out, opened));
    DLRM_TRY(const auto row, rowOf(options, opened, context));
    const WhatIfRow about = whatIfOf(row, opened, context);
    DLRM_TRY(const auto found, opened.engine->counterfactual(about.input, *opened.dataset, asked, {}, context.job()));
    context.progress.clear();
    context.out.write(context.common.json ? counterfactualJson(found, about)
                                          : changesText(found, about) + notesText(context.common));
    if (options.out.empty()) return {};
    DLRM_TRY(exportCounterfactual(found, about, options.out, provenanceOf(context.common)));
    if (!context.common.json)
        context.out.write(fmt::format("{} written to {}\n", plural(std::ssize(found.changes), "field"), options.out));
    return {};
}

std::string pairText(const PairSweep& sweep, const WhatIfRow& about) {
    TextTable table{"<" + about.nameOf(sweep.a.field), "<" + about.nameOf(sweep.b.field), ">logit", ">probability",
                    ">change of logit"};
    const auto told = [&](const SweptAxis& axis, std::size_t place) {
        return axis.field.numerical ? shownValue(about, axis.field, -1, axis.values[place])
                                    : shownValue(about, axis.field, axis.ids[place], 0);
    };
    for (std::size_t i = 0; i < sweep.logits.size(); ++i)
        table.addRow({told(sweep.a, i / sweep.b.size()), told(sweep.b, i % sweep.b.size()), logitText(sweep.logits[i]),
                      probabilityText(sweep.logits[i]), fmt::format("{:+.6f}", sweep.logits[i] - sweep.current)});
    return fmt::format("row {}: logit {}, probability {}, label {}\n", thousands(about.row), logitText(sweep.current),
                       probabilityText(sweep.current), about.label ? std::to_string(*about.label) : "-") +
           table.text("  ");
}

Result<void> sweepBoth(const SweepArguments& options, Context& context) {
    if (!options.out.empty()) DLRM_TRY(checkPairPath(options.out));
    DLRM_TRY(const auto opened, openAll(context.common, context.job()));
    DLRM_TRY(refuseInputAsOutput(options.out, opened));
    DLRM_TRY(const auto first, fieldNamed(options.field, "--field", opened));
    DLRM_TRY(const auto second, fieldNamed(options.with, "--with", opened));
    const SweptField a{first.numerical, static_cast<std::size_t>(first.index)},
        b{second.numerical, static_cast<std::size_t>(second.index)};
    if (a == b)
        return fail(Error("E-FIELD-006", "A pair takes two fields.")
                        .inField("--with")
                        .butExpected("another field than that of --field")
                        .butFound(second.name)
                        .withRemedy("Name two fields, or leave --with out."));
    DLRM_TRY(const auto row, rowOf(options, opened, context));
    const WhatIfRow about = whatIfOf(row, opened, context);
    DLRM_TRY(const auto sweep, opened.engine->sweepPair(about.input, a, b, *opened.dataset, context.job()));
    context.progress.clear();
    context.out.write(context.common.json ? pairJson(sweep, about)
                                          : pairText(sweep, about) + notesText(context.common));
    if (options.out.empty()) return {};
    DLRM_TRY(exportPair(sweep, about, options.out, provenanceOf(context.common)));
    if (!context.common.json)
        context.out.write(fmt::format("{} written to {}\n", plural(std::ssize(sweep.logits), "pair"), options.out));
    return {};
}

Result<void> runSweep(const SweepArguments& options, Context& context) {
    if (!options.cross.empty()) return crossThreshold(options, context);
    if (options.field.empty())
        return fail(Error("E-FIELD-007", "Nothing says which field is to change.")
                        .inField("--field")
                        .butExpected("the name of a field, or --cross with a threshold")
                        .butFound("neither")
                        .withRemedy("Name a field with --field, or a threshold with --cross to search all fields."));
    return options.with.empty() ? sweepField(options, context) : sweepBoth(options, context);
}

}  // namespace

Run setUpSweep(VerbOptions& verb, CommonOptions& common) {
    auto options = std::make_shared<SweepArguments>();
    addModelOptions(verb, common, ModelUse::Computed);
    addDataOptions(verb, common, DataUse::Required);
    addReadingOptions(verb, common);
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    verb.whole("--row", options->row, "The row of the dataset, counted from 0", std::int64_t{0}, kMost).required();
    const auto field =
        verb.text("--field", options->field,
                  "The field whose value is changed, by its name: of a table every id is tried, of a numerical up to " +
                      std::to_string(kSweptValues) + " quantiles of what the dataset has");
    const auto with =
        verb.text("--with", options->with,
                  "A second field, changed with the first: each of up to " + std::to_string(kPairValues) +
                      " values with each, of a table the lowest ids, of a numerical quantiles of what the dataset has")
            .needs(field);
    verb.text("--cross", options->cross,
              std::string("Instead of one field look for the smallest change of each single one that brings the "
                          "probability to the other side of this threshold: of a table the lowest id, of a numerical "
                          "the nearest quantile. A number, as page Evaluate starts with 0.5, or ") +
                  kClickRate + ", the share of clicks in the dataset; rows at or above it are called clicked")
        .excludes(field);
    verb.flag("--average", options->average,
              "Of a numerical: also the mean of the probabilities of up to " + std::to_string(kAveragedRows) +
                  " rows of the dataset with each value, and their quartiles; the rows are the same in every run")
        .needs(field)
        .excludes(with);
    verb.whole("--top", options->top, "Of a table: as many of the highest and of the lowest are listed",
               std::int64_t{1}, std::int64_t{100'000})
        .showDefault();
    verb.text(
        "--out", options->out,
        "Also write all of them to this file: .npy (of a table: the logits by id; of a numerical: what is fed, and "
        "the logit; of two fields: the logits) .h5 (of one field) .csv .tsv .json. Where they come from stands in the "
        "file; of .npy, .csv and .tsv in FILE.json beside it");
    return [options](Context& context) { return guarded([&] { return runSweep(*options, context); }); };
}

}  // namespace dlrm::cli
