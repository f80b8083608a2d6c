// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/table_order.h"

#include <algorithm>
#include <deque>
#include <optional>

#include <fmt/format.h>

#include "core/checkpoint/parts/contents_builder.h"

namespace dlrm {
namespace {

// The order in which the training code numbers tables over all ranks, if the files agree with it table by table.
std::optional<std::vector<int>> trainingOrder(const std::vector<std::vector<std::int64_t>>& rowsOfRank,
                                              std::span<const std::int64_t> cardinalities) {
    // With more than four ranks the first has the bottom MLP and no table.
    const std::size_t without = rowsOfRank.size() > 1 && rowsOfRank[0].empty() ? 1 : 0;
    const auto buckets = distributeToBuckets(cardinalities, static_cast<int>(rowsOfRank.size() - without));
    std::vector<int> order;
    for (std::size_t b = 0; b < buckets.size(); ++b) {
        std::vector<std::int64_t> rows;
        for (const int feature : buckets[b]) rows.push_back(cardinalities[static_cast<std::size_t>(feature)]);
        if (rows != rowsOfRank[b + without]) return std::nullopt;
        order.insert(order.end(), buckets[b].begin(), buckets[b].end());
    }
    return order;
}

// Features that share their cardinality with another, as "cat_5 = cat_16 (4 rows)"; empty when there are none.
std::string ties(const CheckpointOptions& options) {
    std::vector<std::int64_t> sizes = options.cardinalities;
    std::sort(sizes.begin(), sizes.end());
    std::string out;
    for (auto it = sizes.begin(); (it = std::adjacent_find(it, sizes.end())) != sizes.end();
         it = std::upper_bound(it, sizes.end(), *it)) {
        std::string group;
        for (std::size_t f = 0; f < options.cardinalities.size(); ++f)
            if (options.cardinalities[f] == *it)
                group += (group.empty() ? "" : " = ") + featureName(options, static_cast<int>(f));
        out += fmt::format("{}{} ({} rows)", out.empty() ? "" : ", ", group, *it);
    }
    return out;
}

Result<FoundTableOrder> givenOrder(const std::vector<std::int64_t>& rows, const CheckpointOptions& options,
                                   const std::string& path) {
    std::vector<int> sorted = options.tableOrder;
    std::sort(sorted.begin(), sorted.end());
    if (sorted != featureOrder(rows.size()))
        return fail(
            Error("E-CKPT-022", "The table order cannot be used.")
                .inFile(path)
                .butExpected(fmt::format("each of the numbers 0 to {} once", rows.size() - 1))
                .butFound(fmt::format("{} numbers that are not a permutation", options.tableOrder.size()))
                .withRemedy("Give --table-order one feature number for each table, in the checkpoint's numbering."));
    return FoundTableOrder{true, options.tableOrder, "Which table is which feature was given with --table-order."};
}

// REQUIRES: as many rows as cardinalities, but not the same numbers.
Failure noTableFits(const std::vector<std::int64_t>& rows, const CheckpointOptions& options, const std::string& path) {
    constexpr std::size_t kShown = 8;
    std::vector<std::int64_t> left = rows;
    std::size_t feature = 0;
    for (; feature < options.cardinalities.size(); ++feature) {
        const auto it = std::find(left.begin(), left.end(), options.cardinalities[feature]);
        if (it == left.end()) break;
        left.erase(it);
    }
    std::string found;
    for (std::size_t i = 0; i < std::min(rows.size(), kShown); ++i)
        found += fmt::format("{}{}", i ? ", " : "", rows[i]);
    return fail(Error("E-CKPT-020", "A table does not have as many rows as its feature has values.")
                    .inFile(path)
                    .inField(featureName(options, static_cast<int>(feature)))
                    .butExpected(fmt::format("a table of {} rows, as {}", options.cardinalities[feature],
                                             whereCardinalitiesAreFrom(options)))
                    .butFound(fmt::format("tables of {}{} rows", found, rows.size() > kShown ? ", …" : ""))
                    .withRemedy("Open the dataset this model was trained on."));
}

}  // namespace

std::vector<std::vector<int>> distributeToBuckets(std::span<const std::int64_t> cardinalities, int buckets) {
    std::vector<int> sorted = featureOrder(cardinalities.size());
    std::stable_sort(sorted.begin(), sorted.end(), [&](int a, int b) {
        return cardinalities[static_cast<std::size_t>(a)] > cardinalities[static_cast<std::size_t>(b)];
    });
    const std::size_t mostInOne =
        (cardinalities.size() + static_cast<std::size_t>(buckets) - 1) / static_cast<std::size_t>(buckets);
    struct Bucket {
        std::vector<int> features;
        std::int64_t sum = 0;
    };
    std::deque<Bucket> open(static_cast<std::size_t>(buckets));
    std::vector<std::vector<int>> out;
    for (const int feature : sorted) {
        open[0].features.push_back(feature);
        open[0].sum += cardinalities[static_cast<std::size_t>(feature)];
        if (open[0].features.size() == mostInOne) {
            out.push_back(std::move(open[0].features));
            open.pop_front();
        }
        std::stable_sort(open.begin(), open.end(), [](const Bucket& a, const Bucket& b) { return a.sum < b.sum; });
    }
    for (Bucket& b : open) out.push_back(std::move(b.features));
    return out;
}

Result<FoundTableOrder> findTableOrder(const std::vector<std::vector<std::int64_t>>& rowsOfRank, bool columnwise,
                                       const CheckpointOptions& options, const std::string& path) {
    std::vector<std::int64_t> rows;
    for (const auto& rank : rowsOfRank) rows.insert(rows.end(), rank.begin(), rank.end());
    if (!options.tableOrder.empty()) return givenOrder(rows, options, path);
    const std::vector<int> natural = featureOrder(rows.size());
    if (options.cardinalities.empty())
        return FoundTableOrder{
            false, natural,
            "The files do not say which table is which feature. Open the dataset too, or give --table-order."};
    DLRM_TRY(checkTableCount(options, rows.size(), path));

    const std::vector<std::int64_t>& wanted = options.cardinalities;
    const std::string tied = ties(options);
    if (!columnwise)
        if (auto order = trainingOrder(rowsOfRank, wanted))
            return FoundTableOrder{
                true, std::move(*order),
                "Tables were matched to features by the dataset's cardinalities, in the order of the training code"
                " (descending cardinality" +
                    (tied.empty() ? std::string(")") : "; equal ones in feature order: " + tied + ")") + "."};
    if (rowsOfRank.size() == 1 && rows == wanted)
        return FoundTableOrder{true, natural,
                               "Tables stand in feature order, as their rows and the dataset's cardinalities agree."};

    std::vector<std::int64_t> a = rows, b = wanted;
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    if (a != b) return noTableFits(rows, options, path);
    if (!tied.empty())
        return fail(
            Error("E-CKPT-021", "Which table is which feature cannot be told.")
                .inFile(path)
                .butExpected("tables in the order of the training code, or no two features with the same cardinality")
                .butFound("another order, and features with the same cardinality: " + tied)
                .withRemedy(
                    "Say it with --table-order: the feature number of each table in the checkpoint's numbering."));
    FoundTableOrder order{
        true, {}, "Tables were matched to features by the dataset's cardinalities, which are all different."};
    for (const std::int64_t n : rows)
        order.featureOfTable.push_back(static_cast<int>(std::find(wanted.begin(), wanted.end(), n) - wanted.begin()));
    return order;
}

}  // namespace dlrm
