// SPDX-License-Identifier: Apache-2.0
// The fields of one protocol buffers message, one after the other, without a schema. Nested messages are byte fields:
// whoever reads them decides how deep to go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/formats/byte_cursor.h"

namespace dlrm {

struct ProtoField {
    std::uint32_t number = 0;
    enum class Type : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 } type = Type::Varint;
    std::uint64_t value = 0;           // of Varint, Fixed64 and Fixed32
    std::span<const std::byte> bytes;  // of Bytes
    std::int64_t asSigned() const { return static_cast<std::int64_t>(value); }
};

class ProtoFields {
public:
    explicit ProtoFields(std::span<const std::byte> message) : m_cursor(message) {}

    // The next field, or nothing at the end and after damage.
    std::optional<ProtoField> next();
    // Whether the message was damaged: a tag, length or value that is cut short, too long or of a type that is not used
    // any more.
    bool damaged() const { return m_damaged; }
    std::size_t at() const { return m_cursor.at(); }

private:
    ByteCursor m_cursor;
    bool m_damaged = false;
};

}  // namespace dlrm
