// SPDX-License-Identifier: Apache-2.0
// What this machine can do at most, measured now: arithmetic from registers and reading from memory.
#pragma once

#include <optional>

namespace dlrm::bench {

// float32 multiply-adds from registers on the widest vectors, GFLOP/s of all threads together. About 0.1 s.
double fmaPeak(int threads);
// bfloat16 dot products with float32 sums (vdpbf16ps), GFLOP/s; empty where the processor has none. About 0.1 s.
std::optional<double> bfloat16DotPeak(int threads);
// Reading a buffer far larger than the caches with software prefetch, GB/s of all threads together. About 0.2 s and 512
// MiB.
double readBandwidth(int threads);

}  // namespace dlrm::bench
