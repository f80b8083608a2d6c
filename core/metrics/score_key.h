// SPDX-License-Identifier: Apache-2.0
// A float32 logit as a uint32 that sorts like it: comparisons, radix sort and binary search work on integers.
#pragma once

#include <bit>
#include <cstdint>

#include "core/metrics/probability.h"

namespace dlrm {

using ScoreKey = std::uint32_t;

// Equal floats give equal keys: −0 counts as +0. REQUIRES: not NaN.
inline ScoreKey keyOf(float logit) {
    const auto bits = std::bit_cast<std::uint32_t>(logit + 0.0f);
    return bits ^ (static_cast<std::uint32_t>(static_cast<std::int32_t>(bits) >> 31) | 0x80000000u);
}

inline float logitOf(ScoreKey key) {
    return std::bit_cast<float>(key ^ ((key & 0x80000000u) ? 0x80000000u : 0xFFFFFFFFu));
}

inline double probabilityOf(ScoreKey key) { return sigmoid(static_cast<double>(logitOf(key))); }

}  // namespace dlrm
