// SPDX-License-Identifier: Apache-2.0
// Some rows of a dataset in the form the model eats.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dlrm {

// A look at rows. numerical: (rows, numericals) row-major, already transformed (ln(x + 3), float16-rounded for NVIDIA data).
// ids: feature by feature, id of feature t in row r at ids[t * idStride + r]. labels: (rows) of 0/1, or empty.
struct BatchView {
    std::int64_t rows = 0;
    std::int64_t numericals = 0;
    std::int64_t tables = 0;
    std::int64_t idStride = 0;
    std::span<const float> numerical;
    std::span<const std::int32_t> ids;
    std::span<const std::uint8_t> labels;

    // Rows [first, first + count) of this view.
    BatchView slice(std::int64_t first, std::int64_t count) const {
        BatchView v = *this;
        v.rows = count;
        v.numerical = numerical.subspan(static_cast<std::size_t>(first * numericals), static_cast<std::size_t>(count * numericals));
        v.ids = ids.subspan(static_cast<std::size_t>(first));
        if (!labels.empty()) v.labels = labels.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
        return v;
    }
};

// Owns the rows of a BatchView; reused from batch to batch without reallocating.
struct Batch {
    std::int64_t firstRow = 0;  // in the dataset
    std::int64_t rows = 0;
    std::int64_t numericals = 0;
    std::int64_t tables = 0;
    std::vector<float> numerical;
    std::vector<std::int32_t> ids;      // tables × rows
    std::vector<std::uint8_t> labels;   // empty when the dataset has none

    void resize(std::int64_t rowCount, std::int64_t numericalCount, std::int64_t tableCount, bool withLabels) {
        rows = rowCount;
        numericals = numericalCount;
        tables = tableCount;
        numerical.resize(static_cast<std::size_t>(rowCount * numericalCount));
        ids.resize(static_cast<std::size_t>(rowCount * tableCount));
        labels.resize(withLabels ? static_cast<std::size_t>(rowCount) : 0);
    }
    BatchView view() const { return {rows, numericals, tables, rows, numerical, ids, labels}; }
};

}  // namespace dlrm
