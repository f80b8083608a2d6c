// SPDX-License-Identifier: Apache-2.0
// The file of hashes that verify writes: JSON, one entry a file. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/result.h"

namespace dlrm {

struct VerifiedFile {
    std::string name;     // relative to the checkpoint
    std::string tensors;  // what stands in it
    std::int64_t bytes = 0;
    std::vector<std::uint64_t> blocks;  // XXH3-64 of every kVerifyBlockBytes, the last one shorter
};

// A file's name as JSON can hold it: bytes that are no UTF-8 are replaced.
std::string recordableName(const std::string& name);

struct VerifySidecar {
    std::string created, layout;
    std::vector<VerifiedFile> files;
};

// {"format": "dlrm-explorer-verify", "version": 1, "algorithm": "XXH3-64", "block_bytes", "created", "layout", "files":
// [{name, tensors, bytes, blocks: ["16 hex digits"]}]} Whole or not at all, into the file that was created for it.
// Errors: E-FILE-011/012.
Result<void> writeVerifySidecar(AtomicFile file, const VerifySidecar& sidecar);

// Nothing when there is no such file. Errors: E-FILE-001/002/004, E-VERIFY-001 too large, E-VERIFY-002 no sidecar of
// this program, E-VERIFY-003 damaged.
Result<std::optional<VerifySidecar>> readVerifySidecar(const std::string& path);

}  // namespace dlrm
