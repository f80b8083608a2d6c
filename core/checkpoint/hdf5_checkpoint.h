// SPDX-License-Identifier: Apache-2.0
// A whole checkpoint in one HDF5 file, as convert writes it. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <string_view>

namespace dlrm {

// Attributes "format" and "format_version" of the root.
inline constexpr std::string_view kHdf5CheckpointFormat = "dlrm-checkpoint";
inline constexpr std::int64_t kHdf5CheckpointVersion = 1;

}  // namespace dlrm
