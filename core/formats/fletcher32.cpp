// SPDX-License-Identifier: Apache-2.0
#include "core/formats/fletcher32.h"

#include <algorithm>
#include <cstring>

namespace dlrm {
namespace {

constexpr std::uint64_t kModulus = 65535;
constexpr std::size_t kLanes = 16;
constexpr std::size_t kSteps = 256;  // steps · (steps + 1) / 2 · 65,535 stays below 2^32

// Vectors of the compiler (gcc and clang): arrays are not kept in registers, which costs more than half of the speed.
using Words = std::uint16_t __attribute__((vector_size(kLanes * sizeof(std::uint16_t))));
using Lanes = std::uint32_t __attribute__((vector_size(kLanes * sizeof(std::uint32_t))));

// Σ w and Σ (n − i) w_i over whole groups of kLanes little-endian words: n = groups · kLanes, at most kSteps groups.
struct Sums {
    std::uint64_t plain = 0, weighted = 0;
};

Sums sumsOf(const std::byte* at, std::size_t groups) {
    Lanes plain{}, running{};
    for (std::size_t g = 0; g < groups; ++g) {
        Words words;
        std::memcpy(&words, at + g * sizeof words, sizeof words);
        plain += __builtin_convertvector(words, Lanes);
        running += plain;
    }
    Sums sums;
    for (std::size_t l = 0; l < kLanes; ++l) {
        sums.plain += plain[l];
        sums.weighted += kLanes * static_cast<std::uint64_t>(running[l]) - l * static_cast<std::uint64_t>(plain[l]);
    }
    return sums;
}

// A sum of little-endian words as one of big-endian words: swapping the bytes of a word multiplies it by 256 modulo
// 65,535.
std::uint32_t swappedSum(std::uint64_t sum, bool allZero) {
    if (allZero) return 0;
    const std::uint64_t value = sum % kModulus * 256 % kModulus;
    return static_cast<std::uint32_t>(value == 0 ? kModulus : value);
}

}  // namespace

std::uint32_t fletcher32(std::span<const std::byte> bytes) {
    std::uint64_t plain = 0, weighted = 0;
    bool allZero = true;
    const auto add = [&](const Sums& part, std::uint64_t words) {
        weighted = (weighted + words * plain + part.weighted) % kModulus;
        plain = (plain + part.plain) % kModulus;
        allZero = allZero && part.plain == 0;
    };
    constexpr std::size_t kGroupBytes = kLanes * sizeof(std::uint16_t);
    std::size_t at = 0;
    while (bytes.size() - at >= kGroupBytes) {
        const std::size_t groups = std::min(kSteps, (bytes.size() - at) / kGroupBytes);
        add(sumsOf(bytes.data() + at, groups), groups * kLanes);
        at += groups * kGroupBytes;
    }
    for (; at < bytes.size(); at += 2) {
        const auto low = std::to_integer<std::uint64_t>(bytes[at]);
        const auto high = at + 1 < bytes.size() ? std::to_integer<std::uint64_t>(bytes[at + 1]) : 0;
        const std::uint64_t word = low | high << 8;
        add({word, word}, 1);
    }
    return swappedSum(weighted, allZero) << 16 | swappedSum(plain, allZero);
}

}  // namespace dlrm
