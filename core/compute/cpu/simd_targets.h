// SPDX-License-Identifier: Apache-2.0
// The instruction sets the CPU kernels are compiled for: baseline, AVX2 and AVX-512 on x86-64, NEON on ARM. Include before any Highway header.
// Kernels keep vectors in arrays, so instruction sets of unknown vector width are left out.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
