// SPDX-License-Identifier: Apache-2.0
// What a run of dlrm-cli opened, and the provenance of what it prints and writes.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/dataset/dataset.h"
#include "core/engine/engine.h"
#include "core/report/provenance.h"

namespace dlrm::cli {

struct CommonOptions;

struct Origin {
    std::string command;  // as typed
    std::stop_token stop;
    std::shared_ptr<Engine> engine;                      // null until a model is open
    std::shared_ptr<const Dataset> dataset;              // null without one
    ReadingWords reading;                                // how both are read
    std::vector<std::string> changes;                    // since the workspace was saved that was opened
    std::vector<std::string> remarks;                    // what the verb has to say of its result
    std::optional<std::vector<std::string>> tableFlaws;  // looked for once
    std::string fingerprint;  // of the checkpoint, where a pass over rows made it; empty: it is made when it is needed
    std::optional<Provenance> saved;  // of a result that was computed by other runs; nothing is open then
};

// What a reader has to know beside what engine and dataset say of themselves: what is other than when the workspace was
// saved, tables that were never trained or were lost, options that had no effect. Ask once the result is there.
std::vector<std::string> cautions(const CommonOptions& common);
// All that has to be known of a result: what engine and dataset say of themselves, and cautions().
std::vector<std::string> notesOf(const CommonOptions& common);
// A line for each of notesOf(), for people.
std::string notesText(const CommonOptions& common);
// Of a result that is there.
Provenance provenanceOf(const CommonOptions& common);

}  // namespace dlrm::cli
