// SPDX-License-Identifier: Apache-2.0
// Files that results are written to: none of those that are read. Looks at the disk; any thread.
#pragma once

#include <span>
#include <string>

#include "core/base/result.h"
#include "core/engine/workspace.h"

namespace dlrm {

// Error E-CLI-006 when `out`, or the NAME.json beside it, is one of the files that are read: the checkpoint's and the
// record of their hashes, the dataset's, the dictionary's, also where that was named beside a dataset of ids; of each
// what is open. An empty `out` is none. `also`: another file that is read, or empty.
Result<void> refuseInputAsOutput(const std::string& out, const Workspace& open, const std::string& also = {});

// The same for a record of hashes, which may take the place of an earlier one.
Result<void> refuseInputAsRecord(const std::string& out, const Engine& engine);

// Error E-CLI-006 when `out`, or the NAME.json beside it, is one of the files `read`; E-CLI-020 when it is where
// another result goes, `other` or the NAME.json beside that. An empty `out` or `other` is none.
Result<void> refuseAsOutput(const std::string& out, std::span<const std::string> read, const std::string& other = {});

}  // namespace dlrm
