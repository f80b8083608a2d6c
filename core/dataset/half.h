// SPDX-License-Identifier: Apache-2.0
// float16 arrays to float32 arrays.
#pragma once

#include <cstdint>
#include <span>

namespace dlrm {

// As halfToFloat() element by element, with the processor's own conversion where it has one. REQUIRES: equal sizes.
void halvesToFloats(std::span<const std::uint16_t> in, std::span<float> out);

}  // namespace dlrm
