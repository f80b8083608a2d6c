// SPDX-License-Identifier: Apache-2.0
// Which program this is, and what this build and this machine have of what it can use.
#pragma once

#include <string>

namespace dlrm::cli {

std::string programVersion();  // "0.1.0"
std::string programCommit();   // "5009da6c1f20", with "+" where files were changed; "unknown" for a build from an archive
// "dlrm-cli 0.1.0 (commit …)", then a line for each feature.
std::string versionText();

}  // namespace dlrm::cli
