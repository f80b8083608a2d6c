// SPDX-License-Identifier: Apache-2.0
// Which of the processor's instruction sets the CPU kernels use: all of them, or up to a limit, so that a machine can
// prove the paths of lesser ones.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/base/result.h"

namespace dlrm {

// Each includes the ones before it. On processors other than x86-64 there is the baseline alone.
enum class InstructionSet : std::uint8_t { Baseline, Avx2, Avx512, Avx512Bf16, Amx };
inline constexpr std::array<std::string_view, 5> kInstructionSetNames{"baseline", "avx2", "avx512", "avx512_bf16",
                                                                      "amx"};

// The environment variable with one of these names.
inline constexpr const char* kInstructionSetLimit = "DLRM_MAX_CPU_ISA";

// The best that this processor has, whatever the limit.
InstructionSet processorInstructionSet();

// Limits Highway's and oneDNN's kernels as the environment says, once in a process: before the first kernel, see
// simd_targets.h. True. Any thread.
bool instructionSetsLimited();

// Whether more than the baseline may be used: for code that asks the processor itself.
bool mayGoBeyondBaseline();

// E-CPU-005: the environment names none of the instruction sets; nothing is limited then.
Result<void> checkInstructionSetLimit();

}  // namespace dlrm
