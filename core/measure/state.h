// SPDX-License-Identifier: Apache-2.0
// What a measure has seen, as plain named arrays: what is saved to a file, loaded from one, and merged with the states
// of other rows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

using StateArray =
    std::variant<std::vector<std::int64_t>, std::vector<std::uint32_t>, std::vector<double>, std::vector<std::uint8_t>>;

// "int64", "uint32", "float64", "uint8": the type of an array in words and in files.
std::string_view typeName(const StateArray& array);

class MeasureState {
public:
    // REQUIRES: there is no array of this name.
    void put(std::string name, StateArray values);
    const std::map<std::string, StateArray, std::less<>>& arrays() const { return m_arrays; }

    // Moves an array out. Nothing of it is to be trusted yet but its type, and its length where one is given.
    // Errors: E-MEASURE-001 there is none, E-MEASURE-002 it has another type, E-MEASURE-003 or another length.
    template <class T>
    Result<std::vector<T>> take(std::string_view name, std::optional<std::int64_t> length = std::nullopt);
    // Error E-MEASURE-004 when an array was not taken: the state is another measure's, or of a later version.
    Result<void> requireEmpty() const;

    // The same names, types and bits (of doubles too: NaN equals itself, −0 is not 0).
    friend bool operator==(const MeasureState& a, const MeasureState& b);

private:
    std::map<std::string, StateArray, std::less<>> m_arrays;
};

extern template Result<std::vector<std::int64_t>> MeasureState::take(std::string_view, std::optional<std::int64_t>);
extern template Result<std::vector<std::uint32_t>> MeasureState::take(std::string_view, std::optional<std::int64_t>);
extern template Result<std::vector<double>> MeasureState::take(std::string_view, std::optional<std::int64_t>);
extern template Result<std::vector<std::uint8_t>> MeasureState::take(std::string_view, std::optional<std::int64_t>);

// Texts as an array, each with a NUL behind it, and back; a text without one is an E-MEASURE-005 of the array `name`.
std::vector<std::uint8_t> packedTexts(const std::vector<std::string>& texts);
Result<std::vector<std::string>> unpackedTexts(const std::vector<std::uint8_t>& packed, std::string_view name);

// E-MEASURE-005: a value of a state that no rows can have led to. `found`: which, in words.
Error impossibleState(std::string_view array, std::string expected, std::string found);

}  // namespace dlrm
