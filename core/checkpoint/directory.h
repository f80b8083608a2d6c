// SPDX-License-Identifier: Apache-2.0
// What stands in the directory of a checkpoint. Private to core/checkpoint.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

struct CheckpointDirectory {
    std::string path;
    std::optional<std::string> prefix;  // set: the user gave "path/prefix" (layout A); names hold only files that begin with it
    std::vector<std::string> names;     // sorted; without ".", ".." and what verify recorded
};

// Lists `path`, or the directory of a prefix.
// Errors: E-CKPT-001 nothing there, E-CKPT-002 cannot be listed, E-CKPT-003 a file, E-CKPT-004 an empty directory.
Result<CheckpointDirectory> listCheckpointDirectory(const std::string& path);

// "a.npy, b.npy, c.npy and 3 more"; "nothing" when empty.
std::string someNames(const std::vector<std::string>& names);

}  // namespace dlrm
