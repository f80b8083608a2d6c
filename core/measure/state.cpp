// SPDX-License-Identifier: Apache-2.0
#include "core/measure/state.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dlrm {
namespace {

constexpr const char* kRemedy = "Take a state that this version of the program has written.";

template <class T>
bool sameBits(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

bool sameBits(const StateArray& a, const StateArray& b) {
    return std::visit(
        [&](const auto& values) {
            const auto* other = std::get_if<std::decay_t<decltype(values)>>(&b);
            return other && sameBits(values, *other);
        },
        a);
}

}  // namespace

std::string_view typeName(const StateArray& array) {
    constexpr std::string_view kNames[] = {"int64", "uint32", "float64", "uint8"};
    return kNames[array.index()];
}

void MeasureState::put(std::string name, StateArray values) {
    m_arrays.insert_or_assign(std::move(name), std::move(values));
}

template <class T>
Result<std::vector<T>> MeasureState::take(std::string_view name, std::optional<std::int64_t> length) {
    const auto found = m_arrays.find(name);
    if (found == m_arrays.end())
        return fail(Error("E-MEASURE-001", "An array of a saved state is missing.")
                        .inField(std::string(name))
                        .butExpected("an array of this name")
                        .butFound("none")
                        .withRemedy(kRemedy));
    auto* const values = std::get_if<std::vector<T>>(&found->second);
    if (!values)
        return fail(Error("E-MEASURE-002", "An array of a saved state has another type.")
                        .inField(std::string(name))
                        .butExpected(std::string(typeName(StateArray(std::vector<T>()))))
                        .butFound(std::string(typeName(found->second)))
                        .withRemedy(kRemedy));
    if (length && static_cast<std::int64_t>(values->size()) != *length)
        return fail(Error("E-MEASURE-003", "An array of a saved state has another length.")
                        .inField(std::string(name))
                        .butExpected(std::to_string(*length))
                        .butFound(std::to_string(values->size()))
                        .withRemedy(kRemedy));
    std::vector<T> out = std::move(*values);
    m_arrays.erase(found);
    return out;
}

template Result<std::vector<std::int64_t>> MeasureState::take(std::string_view, std::optional<std::int64_t>);
template Result<std::vector<std::uint32_t>> MeasureState::take(std::string_view, std::optional<std::int64_t>);
template Result<std::vector<double>> MeasureState::take(std::string_view, std::optional<std::int64_t>);
template Result<std::vector<std::uint8_t>> MeasureState::take(std::string_view, std::optional<std::int64_t>);

Result<void> MeasureState::requireEmpty() const {
    if (m_arrays.empty()) return {};
    return fail(Error("E-MEASURE-004", "A saved state holds an array that this measure does not know.")
                    .inField(m_arrays.begin()->first)
                    .butExpected("no more arrays")
                    .butFound(std::to_string(m_arrays.size()) + " more")
                    .withRemedy(kRemedy));
}

bool operator==(const MeasureState& a, const MeasureState& b) {
    if (a.m_arrays.size() != b.m_arrays.size()) return false;
    for (auto one = a.m_arrays.begin(), other = b.m_arrays.begin(); one != a.m_arrays.end(); ++one, ++other)
        if (one->first != other->first || !sameBits(one->second, other->second)) return false;
    return true;
}

std::vector<std::uint8_t> packedTexts(const std::vector<std::string>& texts) {
    std::vector<std::uint8_t> out;
    for (const std::string& text : texts) {
        out.insert(out.end(), text.begin(), text.end());
        out.push_back(0);
    }
    return out;
}

Result<std::vector<std::string>> unpackedTexts(const std::vector<std::uint8_t>& packed, std::string_view name) {
    std::vector<std::string> out;
    for (auto at = packed.begin(); at != packed.end();) {
        const auto end = std::find(at, packed.end(), std::uint8_t{0});
        if (end == packed.end()) return fail(impossibleState(name, "a NUL behind every text", "a text without one"));
        out.emplace_back(at, end);
        at = end + 1;
    }
    return out;
}

Error impossibleState(std::string_view array, std::string expected, std::string found) {
    return Error("E-MEASURE-005", "A value of a saved state cannot be.")
        .inField(std::string(array))
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy(kRemedy);
}

}  // namespace dlrm
