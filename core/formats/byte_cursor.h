// SPDX-License-Identifier: Apache-2.0
// A reader that walks over bytes of an untrusted file and never past their end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace dlrm {

class ByteCursor {
public:
    explicit ByteCursor(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    std::size_t at() const { return m_at; }
    std::size_t left() const { return m_bytes.size() - m_at; }

    // A variable-length integer of at most `maxBits` bits, written as short as possible; nothing is taken when there is
    // none.
    std::optional<std::uint64_t> varint(unsigned maxBits = 64) {
        std::uint64_t value = 0;
        for (unsigned i = 0; i * 7 < maxBits && i < left(); ++i) {
            const auto byte = static_cast<std::uint64_t>(m_bytes[m_at + i]);
            const std::uint64_t bits = byte & 0x7f;
            if (7 * i + 7 > maxBits && (bits >> (maxBits - 7 * i)) != 0) return std::nullopt;
            value |= bits << (7 * i);
            if (byte & 0x80) continue;
            if (i > 0 && bits == 0) return std::nullopt;
            m_at += i + 1;
            return value;
        }
        return std::nullopt;
    }

    template <class T>
    std::optional<T> littleEndian() {
        if (left() < sizeof(T)) return std::nullopt;
        T value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            value = static_cast<T>(value | static_cast<T>(static_cast<T>(m_bytes[m_at + i]) << (8 * i)));
        m_at += sizeof(T);
        return value;
    }

    std::optional<std::span<const std::byte>> take(std::uint64_t count) {
        if (count > left()) return std::nullopt;
        const auto part = m_bytes.subspan(m_at, static_cast<std::size_t>(count));
        m_at += static_cast<std::size_t>(count);
        return part;
    }

private:
    std::span<const std::byte> m_bytes;
    std::size_t m_at = 0;
};

inline std::string_view asText(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace dlrm
