// SPDX-License-Identifier: Apache-2.0
// dlrm-cli doctor
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/text.h"
#include "core/export/json.h"

namespace dlrm::cli {
namespace {

using Align = TextTable::Align;

std::string readingText(const Hypothesis& h) {
    return fmt::format("interaction {}, numbers {}, ids {:+}, tables {}", name(h.interaction), name(h.reading.numerical), h.reading.idShift, name(h.tableOrder));
}

std::string weightsText(const DoctorReport& report) {
    const OrderEvidence& e = report.evidence;
    TextTable facts;
    facts.addColumn("", Align::Left);
    facts.addColumn("", Align::Left);
    facts.addRow({"opened with", fmt::format("{} ({})", name(report.interactionOrder), report.orderSource == OrderSource::Default ? "assumed" : name(report.orderSource))});
    facts.addRow({"the weights say", e.verdict ? std::string(name(*e.verdict)) : "undecided"});
    facts.addRow({"likelihood ratio", fmt::format("{:.3g} (custom_cuda over tensorflow)", e.likelihoodRatio())});
    facts.addRow({"", e.reason});
    return "Interaction order, from the weights alone\n" + facts.text("  ");
}

std::string rankingText(const DoctorReport& report) {
    TextTable table;
    for (const char* title : {"", "interaction", "numbers"}) table.addColumn(title, Align::Left);
    table.addColumn("ids", Align::Right);
    table.addColumn("tables", Align::Left);
    table.addColumn("log loss", Align::Right);
    table.addColumn("behind", Align::Right);
    table.addColumn("", Align::Left);
    for (const Hypothesis& h : report.ranking.hypotheses) {
        const bool possible = h.impossible.empty();
        table.addRow({h.asOpened ? "*" : "", std::string(name(h.interaction)), std::string(name(h.reading.numerical)), fmt::format("{:+}", h.reading.idShift),
                      std::string(name(h.tableOrder)), possible ? fmt::format("{:.5f} ± {:.5f}", h.logLoss, h.standardError) : "impossible",
                      possible && h.behind > 0 ? fmt::format("{:.5f} ± {:.5f}", h.behind, h.behindStandardError) : "", h.impossible});
    }
    std::string out = fmt::format("\nReadings of {} rows of {}{}, best first (* as opened; ± one standard error, of the paired difference in \"behind\")\n",
                                  thousands(report.rows), report.datasetPath, report.split.empty() ? "" : ", split " + report.split);
    out += table.text("  ");
    out += report.winner() ? "\nWinner: " + readingText(*report.winner()) + "\n" : "\n";
    out += report.ranking.reason + "\n";
    return out;
}

// The options that read model and data as the verdict says.
std::string optionsFor(const DoctorReport& report) {
    const Hypothesis* const winner = report.winner();
    if (!winner) return fmt::format("--interaction {}", name(*report.evidence.verdict));
    const auto& all = report.ranking.hypotheses;
    const auto own = std::find_if(all.begin(), all.end(), [](const Hypothesis& h) { return h.asOpened; });
    std::string out;
    const auto add = [&](bool differs, std::string option) {
        if (differs) out += (out.empty() ? "" : " ") + std::move(option);
    };
    const bool known = own != all.end();
    add(winner->interaction != report.interactionOrder, fmt::format("--interaction {}", name(winner->interaction)));
    const NumericalReading numbers = winner->reading.numerical;
    const std::string_view typed = numbers == NumericalReading::LnPlus3 ? "ln3" : numbers == NumericalReading::LnPlus2 ? "ln2" : name(numbers);
    add(!known || numbers != own->reading.numerical, fmt::format("--numerical {}", typed));
    add(winner->reading.idShift != 0, fmt::format("--id-shift {}", winner->reading.idShift));
    add(!known || winner->tableOrder != own->tableOrder, fmt::format("--interaction-tables {}", name(winner->tableOrder)));
    return out;
}

}  // namespace

Run setUpDoctor(CLI::App& app, CommonOptions& common) {
    struct Options {
        std::string checkpoint;
        DataOptions data;
        DoctorOptions doctor;
    };
    auto options = std::make_shared<Options>();
    addModelOptions(app, common, options->checkpoint);
    addDataOptions(app, options->data, DataUse::Optional);
    app.add_option("--rows", options->doctor.rows, "How many rows of the dataset to look at, from its first one")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
        ->capture_default_str();
    return [options](Context& context) -> Result<void> {
        ModelAndData opened;
        if (options->data.path.empty()) {
            auto engine = openModel(options->checkpoint, context.common, context.progress, context.stop);
            if (!engine) return fail(std::move(engine).error());
            opened.engine = *std::move(engine);
        } else {
            auto both = openModelAndData(options->checkpoint, context.common, options->data, context.progress, context.stop);
            if (!both) return fail(std::move(both).error());
            opened = *std::move(both);
        }
        const auto report = opened.engine->doctor(opened.dataset.get(), options->doctor, context.progress.callback(), context.stop);
        if (!report) return fail(report.error());
        context.progress.clear();
        context.findings = report->disagrees() || report->tables.random();
        if (context.common.json) {
            context.out.write(doctorJson(*report));
            return {};
        }
        context.out.write(weightsText(*report));
        if (report->tables.random()) context.out.write("\n" + report->tables.note(opened.engine->spec().layout) + "\n");
        if (opened.dataset) context.out.write(rankingText(*report));
        if (report->disagrees()) context.out.write("\nThis is not how the model was opened: use " + optionsFor(*report) + ".\n");
        return {};
    };
}

}  // namespace dlrm::cli
