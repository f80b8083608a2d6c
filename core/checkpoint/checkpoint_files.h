// SPDX-License-Identifier: Apache-2.0
// Every file of a checkpoint, whether it opens or not. Private to core/checkpoint.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

constexpr std::size_t kMostVerifiedFiles = 20'000;

struct CheckpointFileList {
    std::string base;                // the directory that names are relative to
    std::vector<std::string> names;  // sorted bytewise: "dense/1/saved_model.pb"
    std::string pathOf(const std::string& name) const { return base + "/" + name; }
};

// Regular files below the directory `path`, links followed; of a prefix or a file those that belong to it. Left out:
// names that begin with a dot, records of verify, and unfinished files of this program. Errors: E-VERIFY-004 it cannot
// be listed, E-VERIFY-008 more than kMostVerifiedFiles of them and folders, E-CKPT-00x.
Result<CheckpointFileList> everyFile(const std::string& path);

}  // namespace dlrm
