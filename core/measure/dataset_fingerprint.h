// SPDX-License-Identifier: Apache-2.0
// A short name for what a dataset holds, so that results over different rows of it can be told to belong together.
#pragma once

#include <string>

#include "core/dataset/dataset.h"

namespace dlrm {

// Evenly spaced, the first and the last among them. Few: some formats unpack 65,536 rows to read one.
inline constexpr int kDatasetFingerprintRows = 4;

// "xxh3:" and 16 hex digits, over the number of rows, features and labels, and kDatasetFingerprintRows rows as they are
// read. Other values in rows that are not looked at are not told. 16 dashes instead of the digits where one of these
// rows cannot be read. Any thread. Throws std::bad_alloc.
std::string datasetFingerprintOf(const Dataset& dataset);

}  // namespace dlrm
