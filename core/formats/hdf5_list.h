// SPDX-License-Identifier: Apache-2.0
// The list that dlrm-hdf5-reader answers, checked as if the child were an enemy: it may have been taken over by the
// file. Private to core/formats.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/formats/hdf5_file.h"

namespace dlrm::hdf5 {

// The objects of a whole answer to "list" about the file `path` of `fileSize` bytes. Memory: a few times the answer.
// Errors: E-HDF5-006 anything that cannot be true; what the child tells instead of a list (hdf5_errors.h).
Result<std::vector<Hdf5Object>> parseList(std::span<const std::byte> answer, std::int64_t fileSize,
                                          const std::string& path);

}  // namespace dlrm::hdf5
