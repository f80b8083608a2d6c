// SPDX-License-Identifier: Apache-2.0
#include "app/cli/origin.h"

#include <fmt/format.h>

#include "app/cli/common_options.h"
#include "app/program/program.h"
#include "core/analysis/random_tables.h"
#include "core/export/json.h"

namespace dlrm::cli {

std::vector<std::string> cautions(const CommonOptions& common) {
    Origin& origin = *common.origin;
    if (!origin.engine) return {};
    if (!origin.tableFlaws) {
        const Checkpoint& checkpoint = origin.engine->checkpoint();
        // What cannot be read fails where it is needed.
        origin.tableFlaws =
            tableFlawNotes(checkpoint.spec(), checkpoint.tables(), origin.stop).value_or(std::vector<std::string>());
    }
    std::vector<std::string> out = *origin.tableFlaws;
    const ModelSpec& spec = origin.engine->spec();
    if (!common.interaction.empty() && spec.orderSource == OrderSource::Format && common.interaction != name(spec.interactionOrder))
        out.push_back(fmt::format("--interaction {} had no effect: this layout has one order, {}.", common.interaction, name(spec.interactionOrder)));
    if (origin.engine->backend().name != "cpu") return out;
    if (common.tablePrecision != "stored")
        out.push_back(fmt::format("--table-precision {} had no effect: the CPU computes with the tables as they are stored.", common.tablePrecision));
    if (!common.gpuMemory.empty()) out.push_back(fmt::format("--gpu-memory {} had no effect: the CPU computed.", common.gpuMemory));
    return out;
}

std::vector<std::string> notesOf(const CommonOptions& common) {
    const Origin& origin = *common.origin;
    if (!origin.engine) return {};
    std::vector<std::string> out = ownNotes(*origin.engine, origin.dataset.get());
    for (std::string& caution : cautions(common)) out.push_back(std::move(caution));
    return out;
}

Provenance provenanceOf(const CommonOptions& common) {
    const Origin& origin = *common.origin;
    Provenance out;
    out.program = "dlrm-cli";
    out.version = programVersion();
    out.commit = programCommit();
    out.command = origin.command;
    out.created = utcNow();
    if (!origin.engine) return out;
    addOrigin(*origin.engine, origin.dataset.get(), out);
    addReading({common.tablePrecision, common.tables, origin.numerical, origin.missingDictionary, origin.idShift, origin.lenient}, origin.dataset.get(), out);
    out.notes = notesOf(common);
    return out;
}

}  // namespace dlrm::cli
