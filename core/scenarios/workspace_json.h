// SPDX-License-Identifier: Apache-2.0
// Between a workspace and its JSON text; paths as they stand in the text.
#pragma once

#include <string>

#include "core/scenarios/workspace_file.h"

namespace dlrm {

// `file`: for errors, those of readWorkspaceFile() for its content.
Result<WorkspaceFile> parseWorkspace(const std::string& text, const std::string& file);
std::string workspaceText(const WorkspaceFile& workspace);

}  // namespace dlrm
