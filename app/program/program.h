// SPDX-License-Identifier: Apache-2.0
// Which build of the programs this is.
#pragma once

#include <string>

namespace dlrm {

std::string programVersion();  // "0.1.0"
std::string
programCommit();  // "5009da6c1f20", with "+" where files were changed; "unknown" for a build from an archive

}  // namespace dlrm
