// SPDX-License-Identifier: Apache-2.0
// A whole checkpoint in one HDF5 file, as convert writes it. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/checkpoint/checkpoint.h"
#include "core/formats/hdf5_file.h"

namespace dlrm {

// Attributes "format" and "format_version" of the root.
inline constexpr std::string_view kHdf5CheckpointFormat = "dlrm-checkpoint";
inline constexpr std::int64_t kHdf5CheckpointVersion = 1;

bool isHdf5Checkpoint(const Hdf5File& file);

// REQUIRES: isHdf5Checkpoint(). No table value is read. Errors: E-HCKPT-001 an attribute or dataset is not as convert
// writes it, or a table is named twice, 003 values that would take much more than the file, those of Hdf5File and
// buildContents().
Result<Checkpoint::Contents> openHdf5Checkpoint(const std::string& path, const std::shared_ptr<const Hdf5File>& file,
                                                const CheckpointOptions& options, const Job& job);

}  // namespace dlrm
