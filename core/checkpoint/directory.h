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
    // Set: the user gave "path/prefix" (layout A, or a TensorFlow checkpoint) or "path/prefix.index"; names hold only
    // files that begin with it.
    std::optional<std::string> prefix;
    // Set: the user gave "path/file", a file that is a model on its own; names hold it alone.
    std::optional<std::string> file;
    std::vector<std::string> names;  // sorted; without ".", ".." and what verify recorded
};

// Lists `path`, or the directory of a prefix or file.
// Errors: E-CKPT-001 nothing there, E-CKPT-002 cannot be listed, E-CKPT-004 an empty directory.
Result<CheckpointDirectory> listCheckpointDirectory(const std::string& path);

// The sorted names in a directory; none where it cannot be listed.
std::vector<std::string> namesIn(const std::string& path);

bool has(const std::vector<std::string>& names, std::string_view name);

// "a.npy, b.npy, c.npy and 3 more"; "nothing" when empty.
std::string someNames(const std::vector<std::string>& names);

}  // namespace dlrm
