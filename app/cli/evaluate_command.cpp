// SPDX-License-Identifier: Apache-2.0
// dlrm-cli evaluate
#include <cstdint>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/text.h"
#include "core/export/export.h"
#include "core/export/json.h"
#include "core/metrics/metric.h"

namespace dlrm::cli {
namespace {

using Align = TextTable::Align;

std::string evaluationText(const Evaluation& e) {
    TextTable facts;
    facts.addColumn("", Align::Left);
    facts.addColumn("", Align::Left);
    facts.addRow({"data", e.datasetPath + (e.split.empty() ? "" : ", split " + e.split)});
    facts.addRow({"rows", fmt::format("{}, {} of them positive ({:.3f} %)", thousands(e.report.rows), thousands(e.report.positives),
                                      100.0 * static_cast<double>(e.report.positives) / static_cast<double>(e.report.rows))});
    facts.addRow({"time", fmt::format("{:.2f} s, {} rows/s", e.seconds, thousands(static_cast<std::int64_t>(e.rowsPerSecond)))});
    facts.addRow({"backend", fmt::format("{}, {}, {}", e.backend.name, name(e.backend.precision), e.backend.device)});
    facts.addRow({"interaction", fmt::format("{} ({})", name(e.interactionOrder), e.orderSource == OrderSource::Default ? "assumed" : name(e.orderSource))});
    facts.addRow({"preprocessing", e.profile});

    TextTable metrics;
    metrics.addColumn("metric", Align::Left);
    metrics.addColumn("value", Align::Right);
    metrics.addColumn("95 % interval", Align::Left);
    metrics.addColumn("", Align::Left);
    for (const MetricValue& m : e.report.metrics)
        metrics.addRow({m.title, m.value ? fmt::format("{:.7f}", *m.value) : "undefined", m.low && m.high ? fmt::format("{:.6f} .. {:.6f}", *m.low, *m.high) : "", m.note});
    std::string out = facts.text() + "\n" + metrics.text("  ");
    if (!e.notes.empty()) out += "\nNotes\n";
    for (const std::string& note : e.notes) out += "  - " + note + "\n";
    return out;
}

std::string metricWords() {
    std::string out = "Metrics (p: probability, y: label, z: logit):\n";
    for (const Metric& metric : metricTable()) out += fmt::format("  {:<20} {}\n", metric.title, metric.formula);
    return out + "  ECE's note tells its bins, their rows, and the ECE that a perfectly calibrated model of so many rows would show.\n";
}

}  // namespace

Run setUpEvaluate(CLI::App& app, CommonOptions& common) {
    struct Options {
        std::string checkpoint, out;
        DataOptions data;
        EvaluateOptions evaluate;
    };
    auto options = std::make_shared<Options>();
    addModelOptions(app, common, options->checkpoint);
    addDataOptions(app, options->data, DataUse::Required);
    addReadingOptions(app, options->data);
    app.add_option("--drop-last", options->evaluate.dropLast, "Leave out the last partial batch of this many rows, as the training repository does (65536)")
        ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()));
    app.add_option("--out", options->out, "Also write the figures to this file: .h5 .tsv .csv .json")->check(notEmpty());
    app.footer(metricWords());
    return [options](Context& context) -> Result<void> {
        if (!options->out.empty())
            if (auto writable = checkEvaluationPath(options->out); !writable) return writable;
        auto opened = openModelAndData(options->checkpoint, context.common, options->data, context.progress, context.stop);
        if (!opened) return fail(std::move(opened).error());
        if (auto other = refuseInputAsOutput(options->out, *opened->engine, opened->dataset.get()); !other) return other;
        const auto evaluation = opened->engine->evaluate(*opened->dataset, options->evaluate, {}, context.progress.callback(), context.stop);
        if (!evaluation) return fail(evaluation.error());
        context.out.write(context.common.json ? evaluationJson(*evaluation) : evaluationText(*evaluation));
        return options->out.empty() ? Result<void>() : exportEvaluation(*evaluation, options->out);
    };
}

}  // namespace dlrm::cli
