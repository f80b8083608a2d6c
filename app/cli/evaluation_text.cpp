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
    if (!e.notes.empty()) out += "\nNotes\n";
    for (const std::string& note : e.notes) out += "  - " + note + "\n";
    return out;
}

}  // namespace dlrm::cli
