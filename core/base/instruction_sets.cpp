// SPDX-License-Identifier: Apache-2.0
#include "core/base/instruction_sets.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hwy/targets.h>
#include <dnnl.hpp>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace dlrm {
namespace {

// Highway numbers better instruction sets of x86 with lower bits, and its baseline with the highest of them or one
// outside.
constexpr std::int64_t kBeyondAvx2 = HWY_AVX2 - 1;
constexpr std::int64_t kBeyondBaseline = (std::int64_t{1} << 14) - 1;

std::string fromEnvironment() {
    const char* limit = std::getenv(kInstructionSetLimit);
    return limit ? limit : "";
}

std::optional<InstructionSet> limit() {
    const auto* const found = std::find(kInstructionSetNames.begin(), kInstructionSetNames.end(), fromEnvironment());
    if (found == kInstructionSetNames.end()) return std::nullopt;
    return static_cast<InstructionSet>(found - kInstructionSetNames.begin());
}

void apply(InstructionSet most) {
    constexpr dnnl::cpu_isa kOneDnn[] = {dnnl::cpu_isa::sse41, dnnl::cpu_isa::avx2, dnnl::cpu_isa::avx512_core,
                                         dnnl::cpu_isa::avx512_core_bf16, dnnl::cpu_isa::avx512_core_amx};
    dnnl::set_max_cpu_isa(kOneDnn[static_cast<std::size_t>(most)]);
    if (most == InstructionSet::Baseline) hwy::DisableTargets(kBeyondBaseline);
    if (most == InstructionSet::Avx2) hwy::DisableTargets(kBeyondAvx2);
}

}  // namespace

InstructionSet processorInstructionSet() {
#if defined(__x86_64__)
    // Of leaf 7: AMX-TILE and AMX-BF16 in edx, and in eax of its second part AVX512-BF16.
    constexpr unsigned kAmx = 1u << 24 | 1u << 22, kAvx512Bf16 = 1u << 5;
    constexpr unsigned kTileState = 3u << 17;  // of XCR0: what the system keeps of a process
    __builtin_cpu_init();
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return InstructionSet::Baseline;
    if (!__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl") ||
        !__builtin_cpu_supports("avx512dq"))
        return InstructionSet::Avx2;
    if (!__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) || !(eax & kAvx512Bf16)) return InstructionSet::Avx512;
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || (edx & kAmx) != kAmx) return InstructionSet::Avx512Bf16;
    __asm__("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
    return (eax & kTileState) == kTileState ? InstructionSet::Amx : InstructionSet::Avx512Bf16;
#else
    return InstructionSet::Baseline;
#endif
}

bool instructionSetsLimited() {
    static const bool s_limited = [] {
        if (const auto most = limit()) apply(*most);
        return true;
    }();
    return s_limited;
}

bool mayGoBeyondBaseline() { return limit() != InstructionSet::Baseline; }

Result<void> checkInstructionSetLimit() {
    if (limit() || fromEnvironment().empty()) return {};
    return fail(
        Error("E-CPU-005", fmt::format("The environment variable {} names no instruction set.", kInstructionSetLimit))
            .butExpected(fmt::format("{}", fmt::join(kInstructionSetNames, ", ")))
            .butFound(fromEnvironment())
            .withRemedy("Set it to one of these, or unset it: then the best of the processor is used."));
}

}  // namespace dlrm
