// SPDX-License-Identifier: Apache-2.0
// Whether a checkpoint's files still hold the bytes they held when they were first verified: hashes of 64 MiB blocks in a sidecar file.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/checkpoint/checkpoint.h"

namespace dlrm {

// Last part of the name of the file that verify writes into a checkpoint.
inline constexpr std::string_view kVerifySidecarName = "verify.xxh3.json";
inline constexpr std::int64_t kVerifyBlockBytes = std::int64_t{64} << 20;

struct VerifyOptions {
    std::string sidecar;   // file of the hashes; empty: "verify.xxh3.json" in the checkpoint's directory (of a prefix or a file: "<path>.verify.xxh3.json")
    bool update = false;   // record the hashes anew instead of comparing
};

// One place where a file is not what was recorded.
struct VerifyFinding {
    enum class Problem { Missing, NotRecorded, SizeDiffers, BlockDiffers, ChecksumDiffers };
    Problem problem{};
    std::string file;      // relative to the checkpoint
    std::string tensors;   // "table 3", "bottom_mlp/0 kernel": what stands in the file
    std::int64_t block = -1, offset = -1, bytes = -1;  // BlockDiffers: which block, and which bytes of the file it is; ChecksumDiffers: the bytes
    std::string expected, found;                       // hashes or sizes
};
std::string_view name(VerifyFinding::Problem);  // "missing", "not recorded", "size differs", "block differs", "checksum differs"

struct Verification {
    enum class Outcome { Recorded, Unchanged, Different };
    Outcome outcome{};
    std::string sidecar, recordedAt;   // UTC, "2026-11-24T19:00:00Z"
    std::int64_t files = 0, bytes = 0, blocks = 0;
    std::vector<VerifyFinding> findings;
    double seconds = 0;
};
std::string_view name(Verification::Outcome);  // "recorded", "unchanged", "different"

// Reads every byte of every file of the checkpoint, several blocks at a time. Without a sidecar, or with `update`, writes one; else compares. Checksums that
// the container itself holds (HDF5) are compared in every case: where one differs nothing is recorded.
// Errors: E-VERIFY-001 … 003 the sidecar cannot be used, 004 the checkpoint's place cannot be looked at, E-FILE-00x a file cannot be read or changed
// meanwhile, E-FILE-01x the sidecar cannot be written.
Result<Verification> verifyCheckpoint(const Checkpoint& checkpoint, const VerifyOptions& options, const ProgressFn& progress, std::stop_token stop);

}  // namespace dlrm
