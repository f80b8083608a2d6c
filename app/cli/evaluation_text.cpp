// SPDX-License-Identifier: Apache-2.0
#include "app/cli/evaluation_text.h"

#include <cstdint>

#include <fmt/format.h>

#include "app/cli/text.h"
#include "core/checkpoint/fingerprint.h"

namespace dlrm::cli {

std::string partNote(const std::string& which) {
    return fmt::format("Only a part of the rows was looked at: {}.", which);
}

namespace {

std::string figureText(const std::optional<double>& value, int decimals) {
    return value ? decimalText(*value, decimals) : "-";
}

std::string intervalText(const std::optional<double>& low, const std::optional<double>& high, int decimals) {
    return low && high ? decimalText(*low, decimals) + ".." + decimalText(*high, decimals) : "";
}

// In how far it differs from all other rows beyond chance.
std::string verdictText(const SliceResult& slice) {
    if (!slice.judged) return "not judged: " + slice.notJudged;
    std::string out;
    for (const SliceFigure& f : slice.figures)
        if (f.differenceLow && f.differenceHigh && (*f.differenceLow > 0 || *f.differenceHigh < 0))
            out += fmt::format("{}{} {:+.4f}", out.empty() ? "" : ", ", f.title, *f.difference);
    return out;
}

std::string slicesText(const std::vector<SliceResult>& slices) {
    TextTable table{"<slice",       ">rows", ">positive",
                    ">AUC",         "<95 %", ">NE",
                    ">calibration", "<95 %", "<from all other rows, beyond 95 %"};
    for (const SliceResult& slice : slices) {
        const auto figure = [&](const char* key) { return figureText(slice.find(key)->value, 4); };
        const auto interval = [&](const char* key) {
            return intervalText(slice.find(key)->low, slice.find(key)->high, 3);
        };
        table.addRow({slice.slice, thousands(slice.rows), thousands(slice.positives), figure("auc"), interval("auc"),
                      figure("normalized_entropy"), figure("calibration"), interval("calibration"),
                      verdictText(slice)});
    }
    return table.text("  ");
}

std::string byGroupText(const std::vector<GroupCalibration>& groups) {
    TextTable table{"<calibration by", ">slices",
                    ">error (mean of |predicted - observed clicks| of its slices, a row)"};
    for (const GroupCalibration& group : groups)
        table.addRow({group.group, thousands(group.slices), decimalText(group.error, 6)});
    return table.text("  ");
}

std::string gaucText(const GroupedAuc& gauc) {
    const double skipped = gauc.rows > 0 ? static_cast<double>(gauc.skippedRows) / static_cast<double>(gauc.rows) : 0;
    return fmt::format(
        "  GAUC by {}: {}  (of {} groups {} have one class only and are left out, with {:.2f} % of the rows)\n",
        gauc.field, figureText(gauc.value, 7), thousands(gauc.groups), thousands(gauc.skippedGroups), 100 * skipped);
}

std::string topText(const TopCalibration& top) {
    const std::string interval = intervalText(top.low, top.high, 6);
    return fmt::format("  PCOC of the top {:g} %: {}{}  ({:.1f} clicks predicted, {:.1f} observed, in {:.1f} rows){}\n",
                       100 * top.share, figureText(top.value, 7), interval.empty() ? "" : ", 95 % " + interval,
                       top.predicted, top.clicks, top.rows, top.note.empty() ? "" : "; " + top.note);
}

// The shares that people ask for first.
std::string gainsText(const std::vector<Gain>& gains) {
    TextTable table{"<rows with the highest scores", ">share of clicks (gain)", ">lift"};
    for (const Gain& gain : gains)
        if (gain.share <= 0.2)
            table.addRow({fmt::format("{:g} %", 100 * gain.share), fmt::format("{:.2f} %", 100 * gain.gain),
                          decimalText(gain.lift, 3)});
    return table.text("  ");
}

std::string weakestText(const WeakestSlices& found) {
    if (found.slices.empty())
        return fmt::format(
            "  none of {} slices is off beyond chance at 5 %: all bins of all fields and all pairs of them\n",
            thousands(found.tested));
    TextTable table{"<weakest slices", ">rows",          ">positive", ">calibration",
                    "<95 %",           ">excess clicks", ">t",        ">p, adjusted"};
    for (const WeakSlice& slice : found.slices)
        table.addRow({slice.slice, thousands(slice.rows), thousands(slice.positives), figureText(slice.calibration, 4),
                      intervalText(slice.low, slice.high, 3), decimalText(slice.excessClicks, 1),
                      decimalText(slice.t, 2), fmt::format("{:.1e}", slice.pAdjusted)});
    return table.text("  ");
}

}  // namespace

std::string evaluationText(const Evaluation& e, const Provenance& origin) {
    TextTable facts{"<", "<"};
    facts.addRow({"checkpoint", origin.checkpoint});
    facts.addRow({"", fmt::format("layout {}, fingerprint {}", origin.layout, origin.fingerprint)});
    facts.addRow({"", fmt::format("(of {}; verify compares all bytes)", kFingerprintOf)});
    facts.addRow({"data", e.datasetPath + (e.split.empty() ? "" : ", split " + e.split)});
    facts.addRow(
        {"rows",
         fmt::format("{}, {} of them positive ({:.3f} %)", thousands(e.report.rows), thousands(e.report.positives),
                     100.0 * static_cast<double>(e.report.positives) / static_cast<double>(e.report.rows))});
    facts.addRow(
        {"time", fmt::format("{:.2f} s, {} rows/s", e.seconds, thousands(static_cast<std::int64_t>(e.rowsPerSecond)))});
    facts.addRow({"backend", fmt::format("{}, {}, {}", e.backend.name, name(e.backend.precision), e.backend.device)});
    facts.addRow({"interaction", fmt::format("{} ({})", name(e.interactionOrder),
                                             e.orderSource == OrderSource::Default ? "assumed" : name(e.orderSource))});
    facts.addRow({"preprocessing", e.profile});
    facts.addRow({"program", fmt::format("{} {}, commit {}", origin.program, origin.version, origin.commit)});

    TextTable metrics{"<metric", ">value", "<95 % interval", "<"};
    for (const MetricValue& m : e.report.metrics)
        metrics.addRow({m.title, m.value ? decimalText(*m.value, 7) : "undefined",
                        m.low && m.high ? decimalText(*m.low, 6) + " .. " + decimalText(*m.high, 6) : "", m.note});
    std::string out = facts.text() + "\n" + metrics.text("  ");
    if (!e.report.gains.empty()) out += "\n" + gainsText(e.report.gains);
    if (e.gauc) out += "\n" + gaucText(*e.gauc);
    if (e.top) out += "\n" + topText(*e.top);
    if (!e.slices.empty()) out += "\n" + slicesText(e.slices);
    if (!e.byGroup.empty()) out += "\n" + byGroupText(e.byGroup);
    if (e.weakest) out += "\n" + weakestText(*e.weakest);
    if (!e.notes.empty()) out += "\nNotes\n";
    for (const std::string& note : e.notes) out += "  - " + note + "\n";
    return out;
}

}  // namespace dlrm::cli
