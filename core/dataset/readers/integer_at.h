// SPDX-License-Identifier: Apache-2.0
// An integer of a file, of any size. Private to the readers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/base/float_conversions.h"

namespace dlrm {

template <class Bits>
Bits bitsAt(const std::byte* p, bool swap) {
    Bits bits;
    std::memcpy(&bits, p, sizeof bits);
    return swap ? byteSwapped(bits) : bits;
}

// Of 1, 2, 4 or 8 bytes, little-endian unless `swap`. Unsigned ones of 2^63 and more come as negative numbers.
inline std::int64_t integerAt(const std::byte* p, int size, bool isUnsigned, bool swap) {
    switch (size) {
        case 1: {
            const auto bits = static_cast<std::uint8_t>(*p);
            return isUnsigned ? bits : static_cast<std::int8_t>(bits);
        }
        case 2: {
            const auto bits = bitsAt<std::uint16_t>(p, swap);
            return isUnsigned ? bits : static_cast<std::int16_t>(bits);
        }
        case 4: {
            const auto bits = bitsAt<std::uint32_t>(p, swap);
            return isUnsigned ? std::int64_t{bits} : static_cast<std::int32_t>(bits);
        }
        default:
            return static_cast<std::int64_t>(bitsAt<std::uint64_t>(p, swap));
    }
}

}  // namespace dlrm
