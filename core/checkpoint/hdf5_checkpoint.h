// SPDX-License-Identifier: Apache-2.0
// A whole checkpoint in one HDF5 file, as convert writes it. Private to core/checkpoint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/checkpoint/checkpoint.h"
#include "core/formats/hdf5_file.h"

namespace dlrm {

// Attributes "format" and "format_version" of the root.
inline constexpr std::string_view kHdf5CheckpointFormat = "dlrm-checkpoint";
inline constexpr std::int64_t kHdf5CheckpointVersion = 1;

bool isHdf5Checkpoint(const Hdf5File& file);

// REQUIRES: isHdf5Checkpoint(). No table value is read. Errors: E-HCKPT-001 an attribute or dataset is not as convert writes it, those of Hdf5File and
// buildContents().
Result<Checkpoint::Contents> openHdf5Checkpoint(const std::string& path, const std::shared_ptr<const Hdf5File>& file, const CheckpointOptions& options,
                                                const ProgressFn& progress, std::stop_token stop);

// Compares the bytes of a chunk with the checksum at their end, where the dataset has checksums. Error E-HCKPT-002.
Result<void> checkHdf5Chunk(const RandomAccessFile& file, const Hdf5Object& dataset, const Hdf5Chunk& chunk, std::span<const std::byte> bytes);

}  // namespace dlrm
