// SPDX-License-Identifier: Apache-2.0
// Where the files that belong to the running program lie: modules it loads and programs it starts.
#pragma once

#include <string>
#include <vector>

namespace dlrm {

// Directories to look in, the most likely first: the program's own (a build, or an unpacked tar), then those of an
// installation, relative to it: ../lib/<triplet>/dlrm-explorer (Debian), ../lib/dlrm-explorer, ../lib64/dlrm-explorer
// (Fedora, SUSE), ../libexec/dlrm-explorer. Empty where the program cannot tell where it lies. Any thread.
std::vector<std::string> programDirectories();

}  // namespace dlrm
