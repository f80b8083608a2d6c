// SPDX-License-Identifier: Apache-2.0
#include "core/formats/protobuf.h"

namespace dlrm {

std::optional<ProtoField> ProtoFields::next() {
    if (m_damaged || m_cursor.left() == 0) return std::nullopt;
    m_damaged = true;  // until a whole field was read
    const auto tag = m_cursor.varint(32);
    if (!tag || *tag >> 3 == 0) return std::nullopt;
    ProtoField field;
    field.number = static_cast<std::uint32_t>(*tag >> 3);
    field.type = static_cast<ProtoField::Type>(*tag & 7);
    std::optional<std::uint64_t> value;
    switch (field.type) {
        case ProtoField::Type::Varint:
            value = m_cursor.varint();
            break;
        case ProtoField::Type::Fixed64:
            value = m_cursor.littleEndian<std::uint64_t>();
            break;
        case ProtoField::Type::Fixed32:
            value = m_cursor.littleEndian<std::uint32_t>();
            break;
        case ProtoField::Type::Bytes:
            value = m_cursor.varint();
            if (!value) return std::nullopt;
            if (const auto bytes = m_cursor.take(*value)) field.bytes = *bytes;
            else return std::nullopt;
            break;
        default:
            return std::nullopt;
    }
    if (!value) return std::nullopt;
    field.value = *value;
    m_damaged = false;
    return field;
}

}  // namespace dlrm
