// SPDX-License-Identifier: Apache-2.0
// Index types that cannot be mixed up.
#pragma once

#include <cstdint>

namespace dlrm {

enum class TableId : std::int32_t {};  // position of a table in feature order, 0-based
enum class RowId : std::int64_t {};    // row of an embedding table = category id = frequency rank

constexpr std::int32_t value(TableId id) { return static_cast<std::int32_t>(id); }
constexpr std::int64_t value(RowId id) { return static_cast<std::int64_t>(id); }

// Rows first..last of a dataset, 0-based and inclusive, as the user writes "A-B". Empty when last < first.
struct RowRange {
    std::int64_t first = 0;
    std::int64_t last = -1;
    std::int64_t size() const { return last < first ? 0 : last - first + 1; }
    friend bool operator==(const RowRange&, const RowRange&) = default;
};

}  // namespace dlrm
