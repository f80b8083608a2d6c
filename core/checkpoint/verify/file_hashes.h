// SPDX-License-Identifier: Apache-2.0
// Hashes of whole files, several at a time. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/random_access_file.h"
#include "core/base/result.h"
#include "core/checkpoint/checkpoint_files.h"
#include "core/checkpoint/verify/sidecar.h"

namespace dlrm {

// The files, opened, with their sizes; no hashes yet.
struct FilesToHash {
    std::vector<VerifiedFile> files;
    std::vector<std::shared_ptr<RandomAccessFile>> open;  // of each
    std::int64_t bytes = 0, blocks = 0;
};
// Errors: E-FILE-001 a file cannot be opened.
Result<FilesToHash> openFiles(const CheckpointFileList& files);

// Fills the hashes of every block. Errors: E-FILE-004/005 a file cannot be read or changed meanwhile, E-CANCELLED.
Result<void> hashBlocks(FilesToHash& work, const Job& job);

// SHA-256 of every file, 64 hexadecimal digits. Errors as hashBlocks().
Result<std::vector<std::string>> hashSha256(const FilesToHash& work, const Job& job);

}  // namespace dlrm
