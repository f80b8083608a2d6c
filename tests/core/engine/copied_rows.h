// SPDX-License-Identifier: Apache-2.0
// What a row loses by being copied as a line and pasted.
#pragma once

#include <bit>
#include <cstdint>
#include <string>

#include "core/engine/typed_rows.h"

namespace dlrm::test {

inline std::uint32_t bitsOf(float value) { return std::bit_cast<std::uint32_t>(value); }

// Why the row's line is not read as the row again, to the bit; empty: it is.
inline std::string lostByCopying(const TypedRows& typed, const EditableRow& row) {
    const std::string line = typed.lineOf(row);
    const auto pasted = typed.parseLines(line);
    if (!pasted) return line + ": " + pasted.error().text();
    if (pasted->size() != 1) return line + ": no row";
    const EditableRow& again = pasted->front();
    if (again.label != row.label) return line + ": another label";
    if (again.input.ids != row.input.ids) return line + ": other ids";
    for (std::size_t i = 0; i < row.input.numerical.size(); ++i)
        if (bitsOf(again.input.numerical[i]) != bitsOf(row.input.numerical[i]))
            return line + ": another number " + std::to_string(i);
    return {};
}

}  // namespace dlrm::test
