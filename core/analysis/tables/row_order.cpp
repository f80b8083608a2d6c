// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/row_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr std::int64_t kOrderedPerStop = std::int64_t{1} << 18;
constexpr int kDigitBits = 11;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
constexpr std::uint32_t kLastKey = std::numeric_limits<std::uint32_t>::max();  // where NaN goes

// Orders as the numbers do, −0 with 0; never kLastKey for a number.
std::uint32_t keyOf(float v) {
    const auto bits = std::bit_cast<std::uint32_t>(v + 0.0f);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

struct Keys {
    const RowColumns& columns;
    const RowQuery& query;

    std::uint32_t ascending(std::size_t row, bool& isNumber) const {
        isNumber = true;
        const auto number = [&](float v) {
            isNumber = !std::isnan(v);
            return keyOf(v);
        };
        switch (query.sortBy) {
            case RowKey::Id:
                return 0;
            case RowKey::Norm:
                return number(columns.norms[row]);
            case RowKey::CosineToMean:
                return number(columns.cosines[row]);
            case RowKey::Trained:
                return columns.untrained->contains(static_cast<std::int64_t>(row)) ? 0 : 1;
            case RowKey::Hits:
                return std::min(columns.hits[row], kLastKey - 1);
        }
        return 0;
    }
    // Key above, id below: sorted as one number, ties come out by id.
    std::uint64_t operator()(std::size_t row) const {
        bool isNumber = true;
        const std::uint32_t up = ascending(row, isNumber);
        const std::uint32_t key = !isNumber ? kLastKey : query.descending ? kLastKey - 1 - up : up;
        return std::uint64_t{key} << 32 | row;
    }
    bool passes(std::size_t row) const {
        if (query.trained && columns.untrained->contains(static_cast<std::int64_t>(row)) == *query.trained)
            return false;
        if (query.norm && !query.norm->contains(columns.norms[row])) return false;
        if (query.cosine && !query.cosine->contains(columns.cosines[row])) return false;
        return !query.hits || query.hits->contains(columns.hits[row]);
    }
};

Result<void> checkColumns(const RowColumns& columns, const RowQuery& query) {
    if (columns.rows > std::int64_t{1} << 32)
        return fail(Error("E-ANALYSIS-001", "This table has too many rows to be sorted.")
                        .butExpected("at most 4,294,967,296 rows")
                        .butFound(fmt::format("{}", columns.rows))
                        .withRemedy("Look at its rows in the order of their ids."));
    const auto rows = static_cast<std::size_t>(columns.rows);
    const char* missing = nullptr;
    if ((query.sortBy == RowKey::Norm || query.norm) && columns.norms.size() != rows) missing = "norms";
    if (query.needsCosine() && columns.cosines.size() != rows) missing = "cosines to the mean";
    if (query.needsHits() && columns.hits.size() != rows) missing = "hits of a dataset";
    if ((query.sortBy == RowKey::Trained || query.trained) &&
        (!columns.untrained || columns.untrained->rows != columns.rows))
        missing = "untrained rows";
    if (!missing && (query.sortBy == RowKey::Trained || query.trained)) return requireKnown(*columns.untrained);
    if (!missing) return {};
    return fail(
        Error("E-ANALYSIS-002", "Rows cannot be sorted or filtered by what is not known of them.")
            .butExpected(fmt::format("{} of all {} rows", missing, columns.rows))
            .butFound("none")
            .withRemedy("Where hits are meant, open their dataset and count its lookups on the Tables page; else wait "
                        "for the table's statistics."));
}

// Least significant digit first over the upper half. False when stopped.
bool radixSort(std::vector<std::uint64_t>& values, const Job& job) {
    constexpr std::array<int, 3> kShifts{32, 32 + kDigitBits, 32 + 2 * kDigitBits};
    std::vector<std::uint64_t> other(values.size());
    std::int64_t round = 0;
    for (const int shift : kShifts) {
        job.report({"sorting the rows", round++, static_cast<std::int64_t>(kShifts.size()), "rounds"});
        std::array<std::size_t, kDigits> starts{};
        for (const std::uint64_t v : values) ++starts[v >> shift & (kDigits - 1)];
        std::size_t before = 0;
        for (std::size_t& start : starts) before += std::exchange(start, before);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i % kOrderedPerStop == 0 && job.stopped()) return false;
            other[starts[values[i] >> shift & (kDigits - 1)]++] = values[i];
        }
        values.swap(other);
    }
    return true;
}

}  // namespace

Result<RowOrder> orderRows(const RowColumns& columns, const RowQuery& query, const Job& job) {
    DLRM_TRY(checkColumns(columns, query));
    RowOrder out;
    out.query = query;
    const Keys keys{columns, query};
    const std::int64_t first = query.ids ? std::max<std::int64_t>(0, query.ids->first) : 0;
    const std::int64_t end =
        query.ids ? std::min(columns.rows, query.ids->last < columns.rows ? query.ids->last + 1 : columns.rows)
                  : columns.rows;
    const bool byId = query.sortBy == RowKey::Id;
    const auto limit =
        query.limit > 0 ? static_cast<std::size_t>(query.limit) : std::numeric_limits<std::size_t>::max();
    std::vector<std::uint64_t> values;
    if (!byId && first < end) values.reserve(static_cast<std::size_t>(end - first));
    for (std::int64_t row = first; row < end; ++row) {
        if (row % kOrderedPerStop == 0) {
            if (job.stopped()) return cancelled();
            job.report({"choosing rows", row - first, end - first, "rows"});
        }
        const auto r = static_cast<std::size_t>(row);
        if (!keys.passes(r)) continue;
        ++out.passing;
        if (byId) out.ids.push_back(static_cast<std::uint32_t>(row));
        else values.push_back(keys(r));
    }
    if (byId) {
        if (query.descending) std::reverse(out.ids.begin(), out.ids.end());
        out.ids.resize(std::min(limit, out.ids.size()));
        return out;
    }
    if (limit < values.size()) {
        std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(limit), values.end());
        values.resize(limit);
        std::sort(values.begin(), values.end());
    } else if (!radixSort(values, job)) {
        return cancelled();
    }
    if (job.stopped()) return cancelled();
    out.ids.reserve(values.size());
    for (const std::uint64_t v : values) out.ids.push_back(static_cast<std::uint32_t>(v));
    return out;
}

}  // namespace dlrm
