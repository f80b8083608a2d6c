// SPDX-License-Identifier: Apache-2.0
// Whether a model's tables were trained at all: a deployment of the training code (layout E, monolithic) saves tables
// it never loaded. Whether one of them was lost: never trained, all zeros, the same vector everywhere. And whether the
// rows looked at are finite.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm {

// What a table holds in every row that was looked at, where that is nothing that training leaves.
enum class TableFlaw : std::uint8_t {
    None,
    Random,  // what the initializer draws; not told of fewer than 48 values, which may be so by chance
    Zeros,
    EqualRows,  // one vector; not told of a single row
};
std::string_view name(TableFlaw);  // "", "random numbers", "zeros", "equal rows"

struct TrainedCheck {
    struct Table {
        std::string name;
        std::int64_t rowsChecked = 0;
        std::int64_t untrained = 0;             // of them
        std::optional<std::int64_t> notFinite;  // the first of them with a value that is not finite
        TableFlaw flaw = TableFlaw::None;
    };
    std::vector<Table> tables;

    // Every row that was looked at, of every table, holds what the initializer drew. Training updates the most frequent
    // rows, the first ones, early.
    bool random() const;
    // One sentence for `layout`; empty unless random().
    std::string note(const std::string& layout) const;
    // note(), or else a sentence for each flaw that names the tables with it; empty where no table has one.
    std::vector<std::string> notes(const std::string& layout) const;
    // One sentence that names the first table and row with a value that is not finite, of those that were looked at;
    // empty where there is none.
    std::string notFinite() const;
};

inline constexpr std::int64_t kTrainedCheckRows =
    1024;  // at most: the first ones of a table, and as many evenly spaced ones

// Looks at some rows of every table, bit for bit (untrained_test.h). Tables of another type than float32 were cast:
// none of their rows counts as untrained.
Result<TrainedCheck> checkTrained(const ModelSpec& spec, std::span<const TableView> tables, const Job& job);

}  // namespace dlrm
