// SPDX-License-Identifier: Apache-2.0
// Rows that training never updated, as a bitmap over the ids of one table, and how they were told. Rows of zeros
// and copies of other rows are none: the initializer draws neither.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"

namespace dlrm {

enum class UntrainedMethod : std::uint8_t {
    None,     // the table has no row
    Lattice,  // the values are bit for bit what the initializer can produce
    Unknown,  // values were cast to a narrower type, so that no row can be told any more: no row is listed
};
std::string_view name(UntrainedMethod);  // "none", "lattice", "unknown"

// What the initializer draws from: fl(fl(k/2²³ · (max − min)) + min) with min = −max, in float32; fused: fl(k/2²³ ·
// (max − min) + min).
struct Lattice {
    float max = 0;
    bool fused = false;
    friend bool operator==(const Lattice&, const Lattice&) = default;
};

struct UntrainedRows {
    UntrainedMethod method = UntrainedMethod::None;
    std::string explanation;  // one sentence: how rows were told, with its figures
    Lattice lattice;          // Lattice: the one tested; Unknown: its max is √(1/rows)
    std::int64_t valuesNeeded =
        0;                   // Lattice: values of a row on the lattice from which on it counts as untrained; 120 of 128
    std::int64_t rows = 0;   // of the table
    std::int64_t count = 0;  // untrained ones
    std::vector<std::uint64_t> bits;  // bit id % 64 of word id / 64: untrained

    bool contains(std::int64_t id) const { return bits[static_cast<std::size_t>(id / 64)] >> (id % 64) & 1u; }
    bool known() const { return method != UntrainedMethod::Unknown; }
    double share() const { return rows > 0 ? static_cast<double>(count) / static_cast<double>(rows) : 0; }
    std::vector<std::int64_t> ids() const;  // ascending
};

// Error E-ANALYSIS-005 unless rows.known(): which rows were trained cannot be asked for.
Result<void> requireKnown(const UntrainedRows& rows);

}  // namespace dlrm
