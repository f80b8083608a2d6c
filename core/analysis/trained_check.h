// SPDX-License-Identifier: Apache-2.0
// Whether a model's tables were trained at all: a deployment of the training code (layout E, monolithic) saves tables it never loaded. And whether the
// rows looked at are finite.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm {

struct TrainedCheck {
    struct Table {
        std::string name;
        std::int64_t rowsChecked = 0;
        std::int64_t untrained = 0;  // of them
        std::optional<std::int64_t> notFinite;  // the first of them with a value that is not finite
    };
    std::vector<Table> tables;

    // Every row that was looked at, of every table, holds what the initializer drew. Training updates the most frequent rows, the first ones, early.
    bool random() const;
    // One sentence for `layout`; empty unless random().
    std::string note(const std::string& layout) const;
    // One sentence that names the first table and row with a value that is not finite, of those that were looked at; empty where there is none.
    std::string notFinite() const;
};

inline constexpr std::int64_t kTrainedCheckRows = 1024;  // at most: the first ones of a table, and as many evenly spaced ones

// Looks at some rows of every table, bit for bit (untrained_test.h). Tables of another type than float32 were cast: none of their rows counts as untrained.
Result<TrainedCheck> checkTrained(const ModelSpec& spec, std::span<const TableView> tables, const ProgressFn& progress, const std::stop_token& stop);

}  // namespace dlrm
