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

std::string weakestText(const std::vector<WeakSlice>& slices) {
    if (slices.empty()) return "  no slice is off beyond chance: all bins of all fields and all pairs of them\n";
    TextTable table{"<weakest slices", ">rows",          ">positive", ">calibration",
                    "<95 %",           ">excess clicks", ">t",        ">p, adjusted"};
    for (const WeakSlice& slice : slices)
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
    if (!e.slices.empty()) out += "\n" + slicesText(e.slices);
    if (e.weakest) out += "\n" + weakestText(*e.weakest);
    if (!e.notes.empty()) out += "\nNotes\n";
    for (const std::string& note : e.notes) out += "  - " + note + "\n";
    return out;
}

}  // namespace dlrm::cli
