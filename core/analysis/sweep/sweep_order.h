// SPDX-License-Identifier: Apache-2.0
// Which values of a sweep make the logit highest and lowest, and how many raise it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dlrm {

// Places of `logits`; those that are not finite have no rank. Of equal ones the first comes first.
struct SweepOrder {
    std::vector<std::int64_t> highest;  // the highest first, ranks 1, 2, …
    std::vector<std::int64_t> lowest;   // the lowest last; none that stands in `highest`
    std::int64_t finite = 0;
    std::int64_t raising = 0;  // finite ones above the logit that is compared with
};

// At most `top` of either. One pass, in the memory of what is listed.
SweepOrder sweepOrder(std::span<const float> logits, float current, std::size_t top);
// 1 for the highest; 0 where the logit at `place` is not finite.
std::int64_t rankInSweep(std::span<const float> logits, std::int64_t place);

}  // namespace dlrm
