// SPDX-License-Identifier: Apache-2.0
// Every file of a checkpoint, whether it opens or not. Private to core/checkpoint.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random_access_file.h"
#include "core/base/result.h"

namespace dlrm {

// Last part of the name of the file that verify writes into a checkpoint.
inline constexpr std::string_view kVerifySidecarName = "verify.xxh3.json";
constexpr std::size_t kMostVerifiedFiles = 20'000;

struct CheckpointFileList {
    std::string base;                // the directory that names are relative to
    std::vector<std::string> names;  // sorted bytewise: "dense/1/saved_model.pb"
    bool isNamed = false;            // the one file that the user named, which may be a link to anywhere
    // Errors: those of RandomAccessFile, E-FILE-003 among them.
    Result<std::shared_ptr<RandomAccessFile>> open(const std::string& name) const {
        return isNamed ? RandomAccessFile::open(pathOf(name)) : RandomAccessFile::openBeneath(base, name);
    }
    std::string pathOf(const std::string& name) const { return base + "/" + name; }
};

// Regular files below the directory `path`, links followed; of a prefix or a file those that belong to it. Left out:
// names that begin with a dot, records of verify, and unfinished files of this program. Errors: E-VERIFY-004 it cannot
// be listed, E-VERIFY-008 more than kMostVerifiedFiles of them and folders, E-CKPT-00x.
Result<CheckpointFileList> everyFile(const std::string& path);

}  // namespace dlrm
