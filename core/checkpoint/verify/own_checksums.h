// SPDX-License-Identifier: Apache-2.0
// Checksums that files of a checkpoint hold of their own values: CRC-32C of TensorBundles (every tensor), CRC-32 of the
// members of .npz and .keras archives, fletcher32 of HDF5 that is not packed, SHA-256 of the attributes of our HDF5.
// Opening compares those of what it reads into memory, but for attributes; here all are compared.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/checkpoint_files.h"
#include "core/checkpoint/verify/verify.h"

namespace dlrm {

// What every result says of a model whose tables have checksums, unless they were compared.
inline constexpr std::string_view kChecksumsNotCompared =
    "The files hold checksums of the tables, which opening does not compare: verify does.";

struct OwnChecksums {
    std::string base;  // the directory that the files' names are relative to
    std::int64_t compared = 0;
    std::int64_t ofAttributes = 0;                 // of those compared: not of values
    std::vector<std::string> attributesUnchecked;  // files of ours without a checksum of their attributes
    std::vector<VerifyFinding>
        damage;  // files sorted; ChecksumDiffers, or Missing and SizeDiffers where a container lacks a part
};

// Of those of the files that hold any. Reads all bytes they cover. Errors: E-FILE-00x a file cannot be read,
// E-CANCELLED.
Result<OwnChecksums> compareOwnChecksums(const CheckpointFileList& files, const Job& job);
// Of the files that the checkpoint reads.
Result<OwnChecksums> compareOwnChecksums(const Checkpoint& checkpoint, const Job& job);

// The same of attributes alone: reads no values.
Result<OwnChecksums> compareAttributeChecksums(const Checkpoint& checkpoint, const std::stop_token& stop);

// Whether a file of this name holds checksums of its values, or of those in the files beside it.
bool holdsOwnChecksums(const std::string& name);

// "ckpt.data-00000-of-00001, variables/0: checksum differs (expected CRC-32C 01234567; found 89abcdef), and 2 more"
std::string damageText(const std::vector<VerifyFinding>& damage);

}  // namespace dlrm
