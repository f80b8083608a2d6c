// SPDX-License-Identifier: Apache-2.0
#include "app/cli/origin.h"

#include <iterator>

#include <fmt/format.h>

#include "app/cli/common_options.h"
#include "app/cli/version.h"
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
    if (origin.engine->backend().name != "cpu") return out;
    if (common.tablePrecision != "stored")
        out.push_back(fmt::format("--table-precision {} had no effect: the CPU computes with the tables as they are stored.", common.tablePrecision));
    if (!common.gpuMemory.empty()) out.push_back(fmt::format("--gpu-memory {} had no effect: the CPU computed.", common.gpuMemory));
    return out;
}

std::vector<std::string> notesOf(const CommonOptions& common) {
    const Origin& origin = *common.origin;
    if (!origin.engine) return {};
    std::vector<std::string> out = origin.engine->info().notes;
    const auto add = [&](std::vector<std::string> notes) { out.insert(out.end(), std::make_move_iterator(notes.begin()), std::make_move_iterator(notes.end())); };
    if (origin.dataset) add(origin.dataset->notes());
    if (origin.dataset && origin.dataset->multiHot() && origin.engine->spec().combiner)
        out.push_back(fmt::format("The vectors of several ids of a feature are combined by {}.", name(*origin.engine->spec().combiner)));
    add(cautions(common));
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
    out.tablePrecision = out.backend->name == "cpu" ? "stored" : common.tablePrecision;
    out.interactionTables = common.tables;
    if (origin.dataset) {
        out.numerical = origin.numerical;
        out.idShift = origin.idShift;
        out.lenient = origin.lenient;
        if (!origin.dataset->dictionary()) out.missingDictionary = origin.missingDictionary;
    }
    out.notes = notesOf(common);
    return out;
}

}  // namespace dlrm::cli
