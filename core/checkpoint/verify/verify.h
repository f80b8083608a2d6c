// SPDX-License-Identifier: Apache-2.0
// Whether a checkpoint's files hold the bytes they held when their hashes were recorded (64 MiB blocks, in a sidecar
// file), and whether their own checksums agree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/checkpoint/checkpoint.h"

namespace dlrm {

inline constexpr std::int64_t kVerifyBlockBytes = std::int64_t{64} << 20;

struct VerifyOptions {
    enum class Mode {
        RecordOrCompare,  // compare with the record, or write one where there is none
        Record,           // write a record, also over one that is there
        Compare,          // never write; without a record an error
    };
    std::string sidecar;  // file of the hashes; empty: defaultRecord() of the checkpoint
    Mode mode = Mode::RecordOrCompare;
};

// Where the hashes of the checkpoint at `path` are recorded unless another file is named: "verify.xxh3.json" in its
// directory; of a prefix or a file "<path>.verify.xxh3.json".
std::string defaultRecord(const std::string& path);

// One place where a file is not what was recorded.
struct VerifyFinding {
    enum class Problem { Missing, NotRecorded, SizeDiffers, BlockDiffers, ChecksumDiffers };
    Problem problem{};
    std::string file;         // relative to the checkpoint
    std::string tensors;      // "table 3, table 4": what stands in the file; ChecksumDiffers: whose checksum it is
    std::int64_t block = -1;  // BlockDiffers: which one
    std::int64_t offset = -1, bytes = -1;  // BlockDiffers, ChecksumDiffers: which bytes of the file
    std::string expected, found;           // hashes, checksums or sizes
};
// "missing", "not recorded", "size differs", "block differs", "checksum differs"
std::string_view name(VerifyFinding::Problem);

struct Verification {
    // Damaged: the files contradict checksums of their own, whatever was recorded.
    enum class Outcome { Recorded, Unchanged, Different, Damaged };
    Outcome outcome{};
    std::string sidecar, recordedAt;  // UTC, "2026-11-24T19:00:00Z"; empty where nothing was recorded
    std::int64_t files = 0, bytes = 0, blocks = 0;
    std::int64_t checksums = 0;                    // that the files hold themselves: how many were compared
    bool replaced = false;                         // Recorded: over an earlier record, which was not compared with
    std::vector<std::string> attributesUnchecked;  // HDF5 files of ours that hold no checksum of their attributes
    std::string notOpened;                         // why the checkpoint does not open as a model; empty where it does
    std::vector<VerifyFinding> findings;
    double seconds = 0;

    bool isGood() const { return outcome == Outcome::Recorded || outcome == Outcome::Unchanged; }
    // Where the checkpoint and the record have files and none of the same name: that the record seems to be of another
    // one, a sentence; else empty. Findings are all listed nevertheless.
    std::string ofAnother() const;
};
std::string_view name(Verification::Outcome);  // "recorded", "unchanged", "different", "damaged"

// Compares the checksums that the files hold themselves (own_checksums.h), then hashes every byte of every file of the
// checkpoint, several blocks at a time: all files below its directory, also those that are not read as a model, but for
// hidden ones, the record and unfinished files of this program; of a prefix the files of that prefix, of a file that
// file. Compares with the record or writes one, as the options say; what is damaged is never recorded. Whether a record
// can be written is tried after the files' own checksums were compared, before anything is hashed. Findings: everything
// that differs, is missing, or is new. Errors: E-VERIFY-001 … 003 the record cannot be used, 004 the checkpoint's place
// cannot be looked at, 005 there is no record (Mode::Compare; damage
// that the files tell themselves goes first), 006 the checkpoint's folder cannot be written to, 008
// too many files, E-FILE-00x a file cannot be read or changed meanwhile, E-FILE-01x the record cannot be written.
Result<Verification> verifyCheckpoint(const Checkpoint& checkpoint, const VerifyOptions& options, const Job& job);

// The same for a checkpoint that does not open, because of `why`: compares with what was recorded when it did. Nothing
// is recorded; where there is no record and no checksum tells of damage, `why` is the error.
Result<Verification> verifyUnopened(const std::string& path, const Error& why, const VerifyOptions& options,
                                    const Job& job);

// Refuses a checkpoint unless its values are vouched for: by the record in its default place, which every file must
// match, or else by checksums in the files that hold its values; where `sidecar` names the file of the record, by that
// alone. Returns a sentence that says by which. Errors: E-VERIFY-005 by none of them, E-VERIFY-007 something differs;
// those of verifyCheckpoint().
Result<std::string> requireVerified(const Checkpoint& checkpoint, const Job& job, const std::string& sidecar = {});

struct Sha256Sums {
    std::string lines;                  // "<64 hex digits>  <name>\n" for each file
    std::vector<VerifyFinding> damage;  // of the files' own checksums; there are no lines then
};
// Sums of every file that verifyCheckpoint() would hash, as `sha256sum -c` reads them in the checkpoint's directory (of
// a file or prefix: in the directory it stands in). Compares the files' own checksums first. Errors: E-VERIFY-004, 008,
// E-FILE-00x, E-CKPT-00x nothing is there.
Result<Sha256Sums> sha256Sums(const std::string& path, const Job& job);

}  // namespace dlrm
