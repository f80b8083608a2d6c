// SPDX-License-Identifier: Apache-2.0
// The instruction sets the CPU kernels are compiled for: baseline, AVX2 and AVX-512 on x86-64, NEON on ARM. Include
// before any Highway header. Kernels keep vectors in arrays, so instruction sets of unknown vector width are left out;
// so are all beyond plain AVX-512 (bits 0 to 7 of Highway's numbers, of which newer versions use more), since the
// kernels would be the same.
#pragma once

#include "core/base/instruction_sets.h"

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | 0xff | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

namespace dlrm {
// Before main, and so before any kernel.
inline const bool kInstructionSetsLimited = instructionSetsLimited();
}  // namespace dlrm
