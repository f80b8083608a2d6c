// SPDX-License-Identifier: Apache-2.0
// A short name for what a checkpoint holds, so that a result can be tied to the model it was computed with.
#pragma once

#include <string>

#include "core/checkpoint/checkpoint.h"

namespace dlrm {

inline constexpr int kFingerprintRows = 16;  // of every table, evenly spaced, the first and the last among them
// What it covers, for whoever reads it in a result.
inline constexpr const char* kFingerprintOf =
    "sizes, shapes and types, all values of the layers, 16 rows of every table";

// "xxh3:" and 16 hex digits, over the shape, type and name of every tensor, every value of the layers, and
// kFingerprintRows rows of every table: the same values have the same fingerprint in any container and place. Other
// values in rows that are not looked at are not told; verify reads every byte.
// Milliseconds at any size. 16 dashes instead of the digits where a tensor cannot be read. Any thread.
std::string fingerprintOf(const Checkpoint& checkpoint);

}  // namespace dlrm
