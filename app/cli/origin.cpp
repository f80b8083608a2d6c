// SPDX-License-Identifier: Apache-2.0
#include "app/cli/origin.h"

#include <fmt/format.h>

#include "app/cli/common_options.h"
#include "app/program/program.h"
#include "core/analysis/tables/random_tables.h"
#include "core/report/json.h"

namespace dlrm::cli {
namespace {

// As --gpu-memory takes it.
std::string memoryText(std::int64_t bytes) {
    constexpr std::int64_t kMiB = std::int64_t{1} << 20, kGiB = std::int64_t{1} << 30;
    if (bytes % kGiB == 0) return fmt::format("{}GiB", bytes / kGiB);
    return bytes % kMiB == 0 ? fmt::format("{}MiB", bytes / kMiB) : fmt::format("{}", bytes);
}

}  // namespace

std::vector<std::string> cautions(const CommonOptions& common) {
    Origin& origin = *common.origin;
    if (!origin.engine) return {};
    if (!origin.tableFlaws) {
        const Checkpoint& checkpoint = origin.engine->checkpoint();
        // What cannot be read fails where it is needed.
        origin.tableFlaws =
            tableFlawNotes(checkpoint.spec(), checkpoint.tables(), origin.stop).value_or(std::vector<std::string>());
    }
    std::vector<std::string> out = origin.changes;
    out.insert(out.end(), origin.tableFlaws->begin(), origin.tableFlaws->end());
    const ModelSpec& spec = origin.engine->spec();
    const ModelChoices& asked = common.open.model;
    if (asked.interactionOrder && spec.orderSource == OrderSource::Format &&
        *asked.interactionOrder != spec.interactionOrder)
        out.push_back(fmt::format("--interaction {} had no effect: this layout has one order, {}.",
                                  name(*asked.interactionOrder), name(spec.interactionOrder)));
    if (origin.engine->backend().name != "cpu") return out;
    if (asked.backend.tableStorage != TableStorage::AsStored)
        out.push_back(
            fmt::format("--table-precision {} had no effect: the CPU computes with the tables as they are stored.",
                        name(asked.backend.tableStorage)));
    if (asked.backend.gpuMemoryBytes > 0)
        out.push_back(
            fmt::format("--gpu-memory {} had no effect: the CPU computed.", memoryText(asked.backend.gpuMemoryBytes)));
    return out;
}

std::vector<std::string> notesOf(const CommonOptions& common) {
    const Origin& origin = *common.origin;
    if (!origin.engine) return {};
    std::vector<std::string> out = origin.remarks;
    for (std::string& note : ownNotes(*origin.engine, origin.dataset.get())) out.push_back(std::move(note));
    for (std::string& caution : cautions(common)) out.push_back(std::move(caution));
    return out;
}

std::string notesText(const CommonOptions& common) {
    std::string out;
    for (const std::string& note : notesOf(common)) out += "  note: " + note + "\n";
    return out;
}

Provenance provenanceOf(const CommonOptions& common) {
    const Origin& origin = *common.origin;
    Provenance out = origin.saved.value_or(Provenance());
    out.program = "dlrm-cli";
    out.version = programVersion();
    out.commit = programCommit();
    out.command = origin.command;
    out.created = utcNow();
    if (!origin.engine) return out;
    out.fingerprint = origin.fingerprint;
    addOrigin(*origin.engine, origin.dataset.get(), out);
    addReading(origin.reading, origin.dataset.get(), out);
    out.notes = notesOf(common);
    return out;
}

}  // namespace dlrm::cli
