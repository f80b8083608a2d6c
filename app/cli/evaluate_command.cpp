// SPDX-License-Identifier: Apache-2.0
// dlrm-cli evaluate
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/row_choice.h"
#include "app/cli/text.h"
#include "core/checkpoint/fingerprint.h"
#include "core/checkpoint/own_checksums.h"
#include "core/dataset/selected_rows.h"
#include "core/export/export.h"
#include "core/export/json.h"
#include "core/metrics/metric.h"

namespace dlrm::cli {
namespace {

using Align = TextTable::Align;

std::string evaluationText(const Evaluation& e, const Provenance& origin) {
    TextTable facts;
    facts.addColumn("", Align::Left);
    facts.addColumn("", Align::Left);
    facts.addRow({"checkpoint", origin.checkpoint});
    facts.addRow({"", fmt::format("layout {}, fingerprint {}", origin.layout, origin.fingerprint)});
    facts.addRow({"", fmt::format("(of {}; verify compares all bytes)", kFingerprintOf)});
    facts.addRow({"data", e.datasetPath + (e.split.empty() ? "" : ", split " + e.split)});
    facts.addRow({"rows", fmt::format("{}, {} of them positive ({:.3f} %)", thousands(e.report.rows), thousands(e.report.positives),
                                      100.0 * static_cast<double>(e.report.positives) / static_cast<double>(e.report.rows))});
    facts.addRow({"time", fmt::format("{:.2f} s, {} rows/s", e.seconds, thousands(static_cast<std::int64_t>(e.rowsPerSecond)))});
    facts.addRow({"backend", fmt::format("{}, {}, {}", e.backend.name, name(e.backend.precision), e.backend.device)});
    facts.addRow({"interaction", fmt::format("{} ({})", name(e.interactionOrder), e.orderSource == OrderSource::Default ? "assumed" : name(e.orderSource))});
    facts.addRow({"preprocessing", e.profile});
    facts.addRow({"program", fmt::format("{} {}, commit {}", origin.program, origin.version, origin.commit)});

    TextTable metrics;
    metrics.addColumn("metric", Align::Left);
    metrics.addColumn("value", Align::Right);
    metrics.addColumn("95 % interval", Align::Left);
    metrics.addColumn("", Align::Left);
    for (const MetricValue& m : e.report.metrics)
        metrics.addRow({m.title, m.value ? decimalText(*m.value, 7) : "undefined",
                        m.low && m.high ? decimalText(*m.low, 6) + " .. " + decimalText(*m.high, 6) : "", m.note});
    std::string out = facts.text() + "\n" + metrics.text("  ");
    if (!e.notes.empty()) out += "\nNotes\n";
    for (const std::string& note : e.notes) out += "  - " + note + "\n";
    return out;
}

// A single range keeps the row numbers of the dataset in every message; of other choices the engine sees a dataset of their own.
Result<Evaluation> evaluateChosen(Context& context, const Workspace& opened, const RowChoice& choice, EvaluateOptions options) {
    const auto ranges = chosenRanges(choice, *opened.dataset);
    if (!ranges) return fail(ranges.error());
    if (ranges->size() == 1) {
        const RowRange all{0, opened.dataset->rows() - 1};
        if (ranges->front() != all) options.range = ranges->front();
        auto evaluation = opened.engine->evaluate(*opened.dataset, options, {}, context.progress.callback(), context.stop);
        if (evaluation && ranges->front() != all) evaluation->notes.push_back(fmt::format("Only a part of the rows was looked at: {}.", describe(choice)));
        return evaluation;
    }
    const auto chosen = selectRows(opened.dataset, *ranges, describe(choice));
    auto evaluation = opened.engine->evaluate(*chosen, options, {}, context.progress.callback(), context.stop);
    if (evaluation) evaluation->datasetRows = opened.dataset->rows();
    return evaluation;
}

std::string metricWords() {
    std::string out = "Metrics (p: probability, y: label, z: logit):\n";
    for (const Metric& metric : metricTable()) out += fmt::format("  {:<20} {}\n", metric.title, metric.formula);
    return out + "  ECE's note tells its bins, their rows, and the ECE that a perfectly calibrated model of so many rows would show.\n";
}

}  // namespace

Run setUpEvaluate(VerbOptions& verb, CommonOptions& common) {
    struct Options {
        std::string out, sidecar;
        EvaluateOptions evaluate;
        bool verified = false;
        RowChoice rows;
    };
    auto options = std::make_shared<Options>();
    addModelOptions(verb, common, ModelUse::Computed);
    verb.open("combiner", common.open);
    addDataOptions(verb, common, DataUse::Required);
    addReadingOptions(verb, common);
    addSampleOptions(verb, options->rows, addRowsOption(verb, options->rows.rows, "Without it: all rows"));
    verb.whole("--drop-last", options->evaluate.dropLast,
               "Leave out the last partial batch of this many rows, as the training repository does with its "
               "batches of 65,536. Without it: no row is left out",
               std::int64_t{1}, std::numeric_limits<std::int64_t>::max());
    VerbOption gate = verb.flag(
        "--verified", options->verified,
        "Refuse a checkpoint that is not what was recorded with verify, or, without a record, whose files do "
        "not hold checksums that agree (exit code 2)");
    verb.text("--sidecar", options->sidecar,
              "The file of recorded hashes that --verified compares with, where it is not inside the checkpoint")
        .needs(gate);
    verb.text("--out", options->out, "Also write the figures to this file: .h5 .tsv .csv .json. Where they come from stands in the file; of .tsv and .csv in FILE.json beside it");
    verb.footer(metricWords());
    return [options](Context& context) -> Result<void> {
        if (!options->out.empty())
            if (auto writable = checkEvaluationPath(options->out); !writable) return writable;
        auto opened = openAll(context.common, context.progress, context.stop);
        if (!opened) return fail(std::move(opened).error());
        if (auto other = refuseInputAsOutput(options->out, *opened->engine, opened->dataset.get(), options->sidecar);
            !other) return other;
        std::string vouched;
        if (options->verified) {
            auto verified =
                opened->engine->requireVerified(context.progress.callback(), context.stop, options->sidecar);
            if (!verified) return fail(std::move(verified).error());
            vouched = *std::move(verified);
        }
        auto evaluation = evaluateChosen(context, *opened, options->rows, options->evaluate);
        if (!evaluation) return fail(std::move(evaluation).error());
        std::vector<std::string> ofModel = opened->engine->info().notes;
        if (!vouched.empty()) {
            std::erase(ofModel, kChecksumsNotCompared);
            evaluation->notes.push_back(vouched);
        }
        evaluation->notes.insert(evaluation->notes.begin(), ofModel.begin(), ofModel.end());
        if (std::string note = sampleNote(options->rows, *opened->dataset); !note.empty()) evaluation->notes.push_back(std::move(note));
        for (std::string& note : cautions(context.common)) evaluation->notes.push_back(std::move(note));
        std::string foremost;
        if (const auto unknown = opened->dataset->unknownValues(); unknown && unknown->most()) {
            const std::string sentence = unknown->sentence();
            std::erase(evaluation->notes, sentence);
            evaluation->notes.insert(evaluation->notes.begin(), sentence);
            foremost = sentence + "\n\n";
        }
        Provenance origin = provenanceOf(context.common);
        origin.notes = evaluation->notes;
        context.out.hasNotes();
        context.out.write(context.common.json ? evaluationJson(*evaluation)
                                              : foremost + evaluationText(*evaluation, origin));
        if (options->out.empty()) return {};
        if (auto written = exportEvaluation(*evaluation, options->out, origin); !written) return written;
        if (!context.common.json) context.out.write("\nwritten to " + options->out + "\n");
        return {};
    };
}

}  // namespace dlrm::cli
