// SPDX-License-Identifier: Apache-2.0
// What of a workspace file no longer fits what it names.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/workspace.h"
#include "core/scenarios/workspace_file.h"

namespace dlrm {

// Whether the checkpoint and the data that the file names, as far as `request` still asks for them, are there. Looks at
// the disk. Error E-DLRMX-005.
Result<void> checkThere(const WorkspaceFile& file, const OpenRequest& request);

// Whether checkpoint and data hold what they held when the file was saved: a sentence for each that does not. Reads a
// little of every table and a few rows; any thread. `open`: its engine is not null.
std::vector<std::string> changesSince(const WorkspaceFile& file, const Workspace& open);

// The same sentence of keys that readWorkspaceFile() passed over; empty: none.
std::string unknownKeys(const WorkspaceFile& file);

// Fills in both fingerprints of what is open now, as changesSince() compares them.
void addFingerprints(WorkspaceFile& file, const Workspace& open);

}  // namespace dlrm
