// SPDX-License-Identifier: Apache-2.0
// What is wrong with the text of a slice, and where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

// Something that stands in the text of a slice or key. The column counts characters from 1.
struct SliceWord {
    std::string text;
    std::size_t column = 1;
    bool quoted = false;
};

// The text as it was typed, for messages.
class SliceText {
public:
    explicit SliceText(std::string text) : m_text(std::move(text)) {}
    const std::string& text() const { return m_text; }

    // E-SLICE-001: something else was expected here.
    Error unreadable(const SliceWord& at, std::string_view expected) const;
    // E-SLICE-002: no field has this name; the most alike of `names` are told.
    Error unknownField(const SliceWord& at, const std::vector<std::string>& names) const;
    // E-SLICE-003: this cannot be asked of a field of this type, or is no value of it.
    Error wrongType(const SliceWord& at, std::string_view expected) const;
    // E-SLICE-004: the model or the data do not tell this.
    Error cannotBeTold(const SliceWord& at, std::string_view expected, std::string_view found,
                       std::string_view remedy) const;

private:
    std::string m_text;
};

// Where in which text an error of SliceText is.
struct SlicePlace {
    std::size_t column = 1;  // a character, from 1
    std::string text;
};
// Nothing: an error of something else.
std::optional<SlicePlace> placeIn(const Error& error);

// E-SLICE-005: more slices than are counted at once.
Error tooManySlices(std::size_t most, std::size_t found);
// E-SLICE-006: of `rows` rows none belongs to the slice.
Error noRowsOf(const std::string& slice, std::int64_t rows);

}  // namespace dlrm
