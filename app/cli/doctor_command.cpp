// SPDX-License-Identifier: Apache-2.0
// dlrm-cli doctor
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/commands.h"
#include "app/cli/row_choice.h"
#include "app/cli/text.h"
#include "core/dataset/readers/reading.h"
#include "core/report/json.h"

namespace dlrm::cli {
namespace {

constexpr std::int64_t kMostDoctorRows = 1'000'000;

std::string readingText(const Hypothesis& h) {
    return fmt::format("interaction {}, numbers {}, ids {:+}, tables {}", name(h.interaction),
                       optionName(h.reading.numerical), h.reading.idShift, name(h.tableOrder));
}

std::string weightsText(const DoctorReport& report) {
    const OrderEvidence& e = report.evidence;
    TextTable facts{"<", "<"};
    facts.addRow({"opened with",
                  fmt::format("{} ({})", name(report.interactionOrder),
                              report.orderSource == OrderSource::Default ? "assumed" : name(report.orderSource))});
    facts.addRow({"the weights say", e.verdict ? std::string(name(*e.verdict)) : "undecided"});
    facts.addRow({"likelihood ratio", fmt::format("{:.3g} (custom_cuda over tensorflow)", e.likelihoodRatio())});
    facts.addRow({"", e.reason});
    return "\nInteraction order, from the weights alone\n" + facts.text("  ");
}

std::string rankingText(const DoctorReport& report, bool all) {
    TextTable table{"<", "<interaction", "<numbers", ">ids", "<tables", ">log loss", ">behind", "<"};
    std::int64_t hidden = 0;  // the one as opened is listed, also where the data cannot be read so
    for (const Hypothesis& h : report.ranking.hypotheses) {
        const bool possible = h.impossible.empty();
        if (!possible && !all && !h.asOpened) {
            ++hidden;
            continue;
        }
        table.addRow(
            {h.asOpened ? "*" : "", std::string(name(h.interaction)), std::string(optionName(h.reading.numerical)),
             fmt::format("{:+}", h.reading.idShift), std::string(name(h.tableOrder)),
             possible ? decimalText(h.logLoss, 5) + " ± " + decimalText(h.standardError, 5) : "",
             possible && h.behind > 0 ? decimalText(h.behind, 5) + " ± " + decimalText(h.behindStandardError, 5) : "",
             possible ? "" : cannotBeRead(h)});
    }
    std::string out = fmt::format(
        "\nReadings of {} of {}{}, best first (* as opened; log loss as predicted; \"behind\" with an intercept fitted "
        "to each reading; ± one standard error)\n",
        plural(report.rows, "row"), report.datasetPath, report.split.empty() ? "" : ", split " + report.split);
    out += table.text("  ");
    if (hidden > 0)
        out += fmt::format("  The data cannot be read in {} other way{}: --all says why\n", hidden,
                           hidden == 1 ? "" : "s");
    return out;
}

// The options that read model and data as the verdict says.
std::string optionsFor(const DoctorReport& report) {
    const Hypothesis* const winner = report.winner();
    if (!winner) return fmt::format("--interaction {}", name(*report.evidence.verdict));
    const Hypothesis* const own = report.ranking.asOpened();
    std::string out;
    const auto add = [&](bool differs, std::string option) {
        if (differs) out += (out.empty() ? "" : " ") + std::move(option);
    };
    add(winner->interaction != report.interactionOrder, fmt::format("--interaction {}", name(winner->interaction)));
    const NumericalReading numbers = winner->reading.numerical;
    add(!own || numbers != own->reading.numerical, fmt::format("--numerical {}", optionName(numbers)));
    add(winner->reading.idShift != 0, fmt::format("--id-shift {}", winner->reading.idShift));
    add(!own || winner->tableOrder != own->tableOrder,
        fmt::format("--interaction-tables {}", name(winner->tableOrder)));
    return out;
}

std::string verdictText(const DoctorReport& report, const std::vector<std::string>& findings) {
    std::string out;
    for (const std::string& finding : findings) out += finding + "\n";
    if (const Hypothesis* winner = report.winner()) {
        if (!winner->asOpened) out += "Winner: " + readingText(*winner) + ". ";
        out += report.ranking.reason + "\n" + std::string(kNotTold) + "\n";
    } else if (findings.empty()) {
        if (!report.ranking.hypotheses.empty()) out += report.ranking.reason + "\n";
        else if (report.evidence.verdict)
            out += fmt::format("The weights agree with {}.\n", name(*report.evidence.verdict));
        else out += report.evidence.reason + "\n";
    }
    if (report.disagrees())
        out += "This is not how the model was opened: use " + optionsFor(report) +
               " (options of predict, evaluate, parity and layers).\n";
    return out;
}

// All that ends with exit code 1.
std::string findingsText() {
    std::vector<std::string_view> parts;
    for (const FindingEntry& entry : findingTable()) parts.emplace_back(entry.help);
    return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace

Run setUpDoctor(VerbOptions& verb, CommonOptions& common) {
    struct Options {
        DoctorOptions doctor;
        RowChoice rows;
        bool strict = false, all = false;
    };
    auto options = std::make_shared<Options>();
    addModelOptions(verb, common, ModelUse::Whole);
    addDataOptions(verb, common, DataUse::Optional);
    VerbOption rows = addRowsOption(verb, options->rows.rows, "At most 1,000,000 of them are looked at");
    rows.needs(verb.named("--data"));
    verb.whole("--limit", options->doctor.rows, "How many rows to look at, the first ones", std::int64_t{1},
               kMostDoctorRows)
        .showDefault()
        .excludes(rows);
    verb.flag("--all", options->all, "List every reading, also those in which the data cannot be read");
    verb.flag("--strict", options->strict, "Exit with 1 also when nothing is wrong but nothing is proved either");
    verb.footer(
        "What is tried: the interaction's two orders, the numbers as stored, as raw ones and through logarithms, all "
        "ids one row on or back, and the tables by number or by size. Then each "
        "table's vectors are replaced by their mean: one without which the model predicts better by 5 standard errors "
        "is told. That one of these is best says nothing about a "
        "single table's rows or ids where they do less harm, about tables of equal size that were exchanged, or about "
        "how good the model is. "
        "Readings are compared by log loss after the intercept that suits the labels best is added to the logits of "
        "each, so that none wins by making up for a model that predicts too many or too few clicks; that is told as "
        "miscalibrated, from 10 % and 5 standard errors on.\n"
        "Exit codes: 0 the reading as opened is the best of those tried, or undecided with nothing beaten; 1 " +
        findingsText() +
        " (of values and tables the layers and some rows of each table are looked at, and the rows that the data look "
        "up; `tables` looks at all); 2 could not run.");
    return [options](Context& context) -> Result<void> {
        DLRM_TRY(auto opened, openAll(context.common, context.job()));
        DoctorOptions doctor = options->doctor;
        if (const auto count = takeCount(options->rows, "--limit", context.common.quiet))
            doctor.rows = std::min(*count, kMostDoctorRows);
        else if (!options->rows.rows.empty()) doctor.rows = kMostDoctorRows;
        if (opened.dataset && !options->rows.rows.empty()) {
            DLRM_TRY(opened.dataset, chosenRows(options->rows, opened.dataset));
            context.common.origin->dataset = opened.dataset;
        }
        DLRM_TRY(const auto report, opened.engine->doctor(opened.dataset.get(), doctor, context.job()));
        context.progress.clear();
        const std::string& layout = opened.engine->spec().layout;
        const std::vector<std::string> findings = report.findings(layout);
        context.findings = !findings.empty() || (options->strict && report.undecided());
        if (context.common.json) {
            context.out.write(doctorJson(report, layout));
            return {};
        }
        context.out.write(verdictText(report, findings));
        if (opened.dataset) context.out.write(rankingText(report, options->all));
        context.out.write(weightsText(report));
        if (!report.padding.reason.empty())
            context.out.write("\nNumerical features, from the weights alone\n  " + report.padding.reason + "\n");
        return {};
    };
}

}  // namespace dlrm::cli
