// SPDX-License-Identifier: Apache-2.0
#include "core/base/float_conversions.h"

#include <cassert>
#include <cstddef>

#include "core/base/instruction_sets.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dlrm {
namespace {

#if defined(__x86_64__)
__attribute__((target("avx,f16c"))) void halvesToFloatsF16c(const std::uint16_t* in, float* out, std::size_t n) {
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + i));
        _mm256_storeu_ps(out + i, _mm256_cvtph_ps(halves));
    }
    for (; i < n; ++i) out[i] = halfToFloat(in[i]);
}

bool hasF16c() {
    static const bool has =
        mayGoBeyondBaseline() &&
        __builtin_cpu_supports("avx2");  // every processor with AVX2 has F16C, which clang 14 cannot ask for
    return has;
}
#endif

}  // namespace

void halvesToFloats(std::span<const std::uint16_t> in, std::span<float> out) {
    assert(in.size() == out.size());
#if defined(__x86_64__)
    if (hasF16c()) return halvesToFloatsF16c(in.data(), out.data(), in.size());
#endif
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = halfToFloat(in[i]);
}

}  // namespace dlrm
