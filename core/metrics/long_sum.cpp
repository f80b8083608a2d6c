// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/long_sum.h"

#include <bit>
#include <cmath>

namespace dlrm {
namespace {

constexpr int kLimbBits = 32;
constexpr std::int64_t kDigitMask = 0xFFFFFFFF;
constexpr int kSmallestExponent = -1074;  // of a double's last bit
constexpr int kMantissaBits = 53;

}  // namespace

void LongSum::add(double term) {
    const auto bits = std::bit_cast<std::uint64_t>(term);
    const auto exponent = static_cast<unsigned>(bits >> 52 & 0x7FF);
    std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
    if (exponent > 0) mantissa |= std::uint64_t{1} << 52;
    const unsigned position = exponent > 0 ? exponent - 1 : 0;  // of the mantissa's last bit in the sum
    const std::size_t digit = position / kLimbBits;
    const unsigned shift = position % kLimbBits;
    const std::uint64_t low = mantissa << shift;
    const auto sign = static_cast<std::int64_t>(bits) >> 63;  // 0 or −1: (x ^ sign) − sign is x or −x
    const auto put = [&](std::size_t at, std::int64_t piece) { m_digits[at] += (piece ^ sign) - sign; };
    put(digit, static_cast<std::int64_t>(low) & kDigitMask);
    put(digit + 1, static_cast<std::int64_t>(low >> kLimbBits));
    put(digit + 2, shift > 0 ? static_cast<std::int64_t>(mantissa >> (64 - shift)) : 0);
    if (++m_adds == kAddsBeforeCarry) carry();
}

void LongSum::add(const LongSum& other) {
    LongSum term = other;
    term.carry();
    carry();
    for (std::size_t i = 0; i < kDigits; ++i) m_digits[i] += term.m_digits[i];
    m_adds = 1;
}

void LongSum::subtract(const LongSum& other) {
    LongSum term = other;
    term.carry();
    carry();
    for (std::size_t i = 0; i < kDigits; ++i) m_digits[i] -= term.m_digits[i];
    m_adds = 1;
}

void LongSum::carry() {
    for (std::size_t i = 0; i + 1 < kDigits; ++i) {
        m_digits[i + 1] += m_digits[i] >> kLimbBits;
        m_digits[i] &= kDigitMask;
    }
    m_adds = 0;
}

double LongSum::value() const {
    LongSum sum = *this;
    sum.carry();
    const bool negative = sum.m_digits.back() < 0;
    if (negative) {
        for (std::int64_t& digit : sum.m_digits) digit = -digit;
        sum.carry();
    }
    int top = kDigits - 1;
    while (top > 0 && sum.m_digits[static_cast<std::size_t>(top)] == 0) --top;
    const auto at = [&](int i) {
        return i < 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(sum.m_digits[static_cast<std::size_t>(i)]);
    };
    // The three highest digits hold 65 bits or more where there are more than 53.
    using Wide = unsigned __int128;
    const Wide window =
        static_cast<Wide>(at(top)) << (2 * kLimbBits) | static_cast<Wide>(at(top - 1)) << kLimbBits | at(top - 2);
    const int bitsBelow = (top - 2) * kLimbBits;  // of the window; negative where the sum is short
    const int length = top * kLimbBits + static_cast<int>(std::bit_width(at(top)));
    double out = 0;
    if (length <= kMantissaBits) {
        out = std::ldexp(static_cast<double>(static_cast<std::uint64_t>(window >> -bitsBelow)), kSmallestExponent);
    } else {
        const int drop = length - kMantissaBits - bitsBelow;  // bits of the window that are rounded away
        const Wide one = 1;
        const Wide rest = window & ((one << drop) - 1), half = one << (drop - 1);
        auto mantissa = static_cast<std::uint64_t>(window >> drop);
        bool more = rest > half;
        for (int i = top - 3; i >= 0 && rest == half && !more; --i) more = at(i) != 0;
        if (more || (rest == half && mantissa % 2 == 1)) ++mantissa;
        out = std::ldexp(static_cast<double>(mantissa), kSmallestExponent + length - kMantissaBits);
    }
    return negative ? -out : out;
}

std::array<std::uint32_t, LongSum::kDigits> LongSum::digits() const {
    LongSum sum = *this;
    sum.carry();
    std::array<std::uint32_t, kDigits> out{};
    for (std::size_t i = 0; i < kDigits; ++i) out[i] = static_cast<std::uint32_t>(sum.m_digits[i]);
    return out;
}

LongSum LongSum::fromDigits(std::span<const std::uint32_t> digits) {
    LongSum out;
    for (std::size_t i = 0; i < kDigits; ++i) out.m_digits[i] = digits[i];
    out.m_digits.back() = static_cast<std::int32_t>(digits[kDigits - 1]);
    return out;
}

}  // namespace dlrm
