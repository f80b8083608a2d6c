// SPDX-License-Identifier: Apache-2.0
// A sum of doubles without any rounding: as long as it takes, so that no order of terms and no way of splitting them
// changes a bit of it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace dlrm {

// An integer multiple of 2⁻¹⁰⁷⁴, the smallest double, in digits of 32 bits (Neal 2015, arXiv:1505.05571). 552 bytes;
// 2⁶³ terms at most.
class LongSum {
public:
    static constexpr std::size_t kDigits = 68;

    // REQUIRES: term is finite.
    void add(double term);
    void add(const LongSum& other);
    void subtract(const LongSum& other);
    // The nearest double, ties to even: the sum with one rounding. ±infinity beyond the largest double.
    double value() const;

    // The sum as a number of 68 · 32 bits in two's complement, lowest digit first: one for each value, and each a
    // value.
    std::array<std::uint32_t, kDigits> digits() const;
    // REQUIRES: kDigits digits.
    static LongSum fromDigits(std::span<const std::uint32_t> digits);

private:
    void carry();

    static constexpr std::int32_t kAddsBeforeCarry = 1 << 30;
    std::array<std::int64_t, kDigits> m_digits{};  // each of any sign until carry()
    std::int32_t m_adds = 0;
};

}  // namespace dlrm
