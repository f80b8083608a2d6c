// SPDX-License-Identifier: Apache-2.0
// Some rows of a dataset in the form the model eats.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dlrm {

// The ids of one feature in multi-hot rows: row r looks up ids[starts[r]] … ids[starts[r + 1] - 1], at least one.
struct Bags {
    std::vector<std::int32_t> ids;
    std::vector<std::int64_t> starts;  // (rows + 1), ascending

    // Those of rows [first, first + rows).
    std::span<const std::int32_t> of(std::int64_t first, std::int64_t rows) const {
        const auto begin = static_cast<std::size_t>(starts[static_cast<std::size_t>(first)]);
        return std::span(ids).subspan(begin,
                                      static_cast<std::size_t>(starts[static_cast<std::size_t>(first + rows)]) - begin);
    }
};

// A look at rows. numerical: (rows, numericals) row-major, already transformed (ln(x + 3), float16-rounded for NVIDIA
// data).
// ids: feature by feature, id of feature t in row r at ids[t * idStride + r]. labels: (rows) of 0/1, or empty.
// Multi-hot rows have no `ids` but bags, one per feature; row r of the view is row firstBag + r of them.
struct BatchView {
    std::int64_t rows = 0;
    std::int64_t numericals = 0;
    std::int64_t tables = 0;
    std::int64_t idStride = 0;
    std::span<const float> numerical;
    std::span<const std::int32_t> ids;
    std::span<const std::uint8_t> labels;
    std::span<const Bags> bags;
    std::int64_t firstBag = 0;

    bool multiHot() const { return !bags.empty(); }
    std::span<const std::int32_t> bag(std::size_t table, std::int64_t row) const {
        return bags[table].of(firstBag + row, 1);
    }

    // All ids of a table: one per row, or those of all bags.
    std::span<const std::int32_t> idsOf(std::int64_t table) const {
        if (multiHot()) return bags[static_cast<std::size_t>(table)].of(firstBag, rows);
        return ids.subspan(static_cast<std::size_t>(table * idStride), static_cast<std::size_t>(rows));
    }

    // Rows [first, first + count) of this view.
    BatchView slice(std::int64_t first, std::int64_t count) const {
        BatchView v = *this;
        v.rows = count;
        v.numerical = numerical.subspan(static_cast<std::size_t>(first * numericals),
                                        static_cast<std::size_t>(count * numericals));
        if (!ids.empty()) v.ids = ids.subspan(static_cast<std::size_t>(first));
        v.firstBag = firstBag + first;
        if (!labels.empty())
            v.labels = labels.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
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
    std::vector<std::int32_t> ids;     // tables × rows; empty for multi-hot rows
    std::vector<Bags> bags;            // (tables) of multi-hot rows, else empty
    std::vector<std::uint8_t> labels;  // empty when the dataset has none

    // For rows of one id per feature; multi-hot rows replace `ids` by `bags` afterwards.
    void resize(std::int64_t rowCount, std::int64_t numericalCount, std::int64_t tableCount, bool withLabels) {
        rows = rowCount;
        numericals = numericalCount;
        tables = tableCount;
        numerical.resize(static_cast<std::size_t>(rowCount * numericalCount));
        ids.resize(static_cast<std::size_t>(rowCount * tableCount));
        bags.clear();
        labels.resize(withLabels ? static_cast<std::size_t>(rowCount) : 0);
    }
    // All ids of a table: one per row, or those of all bags.
    std::span<const std::int32_t> idsOf(std::int64_t table) const {
        if (!bags.empty()) return bags[static_cast<std::size_t>(table)].ids;
        return std::span(ids).subspan(static_cast<std::size_t>(table * rows), static_cast<std::size_t>(rows));
    }
    BatchView view() const { return {rows, numericals, tables, rows, numerical, ids, labels, bags, 0}; }
};

}  // namespace dlrm
