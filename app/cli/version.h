// SPDX-License-Identifier: Apache-2.0
// Which program this is, and what this build and this machine have of what it can use.
#pragma once

#include <string>

namespace dlrm::cli {

// "dlrm-cli 0.1.0 (commit …)", then a line for each feature.
std::string versionText();

}  // namespace dlrm::cli
