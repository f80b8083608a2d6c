// SPDX-License-Identifier: Apache-2.0
// The types in which values are stored.
#pragma once

#include <cstdint>
#include <string_view>

namespace dlrm {

enum class DType : std::uint8_t { Float16, BFloat16, Float32, Float64 };
std::string_view name(DType);  // "float32"
std::int64_t itemSize(DType);  // bytes

}  // namespace dlrm
