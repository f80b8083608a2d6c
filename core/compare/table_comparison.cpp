// SPDX-License-Identifier: Apache-2.0
#include "core/compare/table_comparison.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>

#include "core/analysis/tables/row_groups.h"
#include "core/analysis/tables/table_sample.h"
#include "core/analysis/tables/untrained_test.h"

namespace dlrm {
namespace {

constexpr std::int64_t kRowsAtOnce = 256;  // between two looks at the stop token

// Of some rows or values.
struct DifferenceSums {
    double dd = 0, aa = 0, bb = 0, ab = 0;  // Σ Δ², A², B², A·B
    double largest = 0;
    std::int64_t equal = 0, notFinite = 0, otherNotFinite = 0;

    void add(const DifferenceSums& other) {
        dd += other.dd;
        aa += other.aa;
        bb += other.bb;
        ab += other.ab;
        largest = std::max(largest, other.largest);
        equal += other.equal;
        notFinite += other.notFinite;
        otherNotFinite += other.otherNotFinite;
    }
};

// In as many sums side by side as the widest registers hold.
constexpr std::size_t kLanes = 8;

double squaresOf(const float* a, std::size_t n) {
    double lanes[kLanes] = {};
    std::size_t i = 0;
    for (; i + kLanes <= n; i += kLanes)
        for (std::size_t k = 0; k < kLanes; ++k) {
            const auto x = static_cast<double>(a[i + k]);
            lanes[k] += x * x;
        }
    double out = 0;
    for (; i < n; ++i) out += static_cast<double>(a[i]) * static_cast<double>(a[i]);
    for (const double lane : lanes) out += lane;
    return out;
}

DifferenceSums differenceOf(const float* a, const float* b, std::size_t n) {
    DifferenceSums out;
    double dd[kLanes] = {}, aa[kLanes] = {}, bb[kLanes] = {}, ab[kLanes] = {};
    double largest[kLanes] = {};
    const auto add = [&](std::size_t k, float fa, float fb) {
        const auto x = static_cast<double>(fa), y = static_cast<double>(fb), d = y - x;
        dd[k] += d * d;
        aa[k] += x * x;
        bb[k] += y * y;
        ab[k] += x * y;
        const double size = std::fabs(d);
        largest[k] = size > largest[k] ? size : largest[k];
    };
    std::size_t i = 0;
    for (; i + kLanes <= n; i += kLanes)
        for (std::size_t k = 0; k < kLanes; ++k) add(k, a[i + k], b[i + k]);
    for (std::size_t k = 0; i < n; ++i, ++k) add(k, a[i], b[i]);
    for (std::size_t k = 0; k < kLanes; ++k) {
        out.dd += dd[k];
        out.aa += aa[k];
        out.bb += bb[k];
        out.ab += ab[k];
        out.largest = std::max(out.largest, largest[k]);
    }
    return out;
}

// One row, or one value.
DifferenceSums rowDifference(const float* a, const float* b, std::size_t n) {
    DifferenceSums out;
    if (std::memcmp(a, b, n * sizeof(float)) == 0) {
        out.aa = out.bb = out.ab = squaresOf(a, n);
        out.equal = 1;
    } else {
        out = differenceOf(a, b, n);
    }
    if (std::isfinite(out.dd + out.aa + out.bb)) return out;
    DifferenceSums leftOut;
    leftOut.equal = out.equal;
    leftOut.notFinite = 1;
    leftOut.otherNotFinite = !out.equal;
    return leftOut;
}

ValueDifference differenceOf(const DifferenceSums& sums, std::int64_t compared) {
    ValueDifference out;
    out.equal = sums.equal == compared;
    out.largest = sums.largest;
    out.notFinite = sums.notFinite;
    out.otherNotFinite = sums.otherNotFinite;
    if (sums.aa > 0) out.relativeNorm = std::sqrt(sums.dd / sums.aa);
    else if (sums.dd == 0 && compared > 0) out.relativeNorm = 0.0;
    if (sums.aa > 0 && sums.bb > 0)
        out.cosine = std::clamp(sums.ab / (std::sqrt(sums.aa) * std::sqrt(sums.bb)), -1.0, 1.0);
    return out;
}

void keepLargest(std::vector<ChangedRow>& rows) {
    const auto keep = std::min(rows.size(), kMostChangedRows);
    std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(keep), rows.end(),
                      [](const ChangedRow& x, const ChangedRow& y) {
                          return x.norm != y.norm ? x.norm > y.norm : value(x.a) < value(y.a);
                      });
    rows.resize(keep);
}

// What one task finds; added up in the order of the rows.
struct GroupSums {
    DifferenceSums sums;
    std::int64_t matched = 0, newlyTrained = 0;
    std::vector<ChangedRow> largest;
};

// Reads B's rows that belong to a run of A's.
class MatchedRows {
public:
    MatchedRows(const TableView& table, const RowMatch* match) : m_table(table), m_match(match), m_block(table) {}
    // Rows of B for A's first .. first + count − 1; null where there is none. Valid until the next call.
    const float* const* rows(std::int64_t first, std::int64_t count) {
        if (!m_match) {
            const std::int64_t there = std::clamp<std::int64_t>(m_table.rows() - first, 0, count);
            m_rows.assign(static_cast<std::size_t>(count), nullptr);
            if (there > 0) std::copy_n(m_block.rows(first, there), there, m_rows.begin());
            return m_rows.data();
        }
        const auto dim = static_cast<std::size_t>(m_table.dim());
        m_rows.assign(static_cast<std::size_t>(count), nullptr);
        m_values.resize(static_cast<std::size_t>(count) * dim);
        for (std::int64_t r = 0; r < count; ++r) {
            const std::int32_t at = (*m_match)[static_cast<std::size_t>(first + r)];
            if (at < 0) continue;
            const auto i = static_cast<std::size_t>(r);
            m_rows[i] = m_table.floatRow(at);
            if (m_rows[i]) continue;
            m_table.copyRow(at, {m_values.data() + i * dim, dim});
            m_rows[i] = m_values.data() + i * dim;
        }
        return m_rows.data();
    }

private:
    const TableView& m_table;
    const RowMatch* const m_match;
    RowBlock m_block;
    std::vector<const float*> m_rows;
    std::vector<float> m_values;
};

class Comparing {
public:
    Comparing(const TableInput& a, const TableInput& b, const RowMatch* match)
        : m_a(*a.view), m_b(*b.view), m_match(match) {
        const TableSample ofA = sampleOf(a), ofB = sampleOf(b);
        m_testA = chooseUntrainedTest(m_a.dtype(), m_a.rows(), m_a.dim(), ofA.rows);
        m_testB = chooseUntrainedTest(m_b.dtype(), m_b.rows(), m_b.dim(), ofB.rows);
    }
    bool tellsUntrained() const {
        return m_testA.method != UntrainedMethod::Unknown && m_testB.method != UntrainedMethod::Unknown;
    }

    void compare(std::int64_t first, std::int64_t count, RowBlock& block, MatchedRows& others, GroupSums& out) const {
        const float* const* const rows = block.rows(first, count);
        const float* const* const matched = others.rows(first, count);
        const auto dim = static_cast<std::size_t>(m_a.dim());
        std::vector<const float*> touchedA, touchedB;
        for (std::int64_t r = 0; r < count; ++r) {
            if (!matched[r]) continue;
            ++out.matched;
            const DifferenceSums one = rowDifference(rows[r], matched[r], dim);
            out.sums.add(one);
            if (one.equal) continue;
            touchedA.push_back(rows[r]);
            touchedB.push_back(matched[r]);
            if (one.notFinite) continue;
            const std::int64_t id = first + r;
            out.largest.push_back(
                {RowId{id}, RowId{m_match ? (*m_match)[static_cast<std::size_t>(id)] : id}, std::sqrt(one.dd)});
        }
        keepLargest(out.largest);
        if (!tellsUntrained() || touchedA.empty()) return;
        const auto untrained = [&](const UntrainedTest& test, const std::vector<const float*>& of) {
            bool is[kRowsAtOnce];
            test.apply(of.data(), std::ssize(of), m_a.dim(), is);
            return std::vector<bool>(is, is + of.size());
        };
        const std::vector<bool> before = untrained(m_testA, touchedA), after = untrained(m_testB, touchedB);
        for (std::size_t i = 0; i < before.size(); ++i) out.newlyTrained += before[i] && !after[i];
    }

private:
    const TableView &m_a, &m_b;
    const RowMatch* const m_match;
    UntrainedTest m_testA, m_testB;
};

// A's table that has B's read ahead and given back beside it.
TableInput besideEachOther(const TableInput& a, const TableInput& b) {
    const auto both = [rows = b.view->rows()](const auto& ofA, const auto& ofB) {
        return [=](std::int64_t first, std::int64_t count) {
            if (ofA) ofA(first, count);
            const std::int64_t there = std::min(count, rows - first);
            if (ofB && there > 0) ofB(first, there);
        };
    };
    return {a.id, a.view, both(a.readAhead, b.readAhead), both(a.release, b.release)};
}

}  // namespace

Result<TableComparison> compareTables(const TableInput& a, const TableInput& b, const RowMatch* match, const Job& job) {
    TableComparison out;
    out.rowsA = a.view->rows();
    out.rowsB = b.view->rows();
    const Comparing comparing(a, b, match);
    const std::int64_t groupRows = groupRowsOf(a.view->dim());
    std::vector<GroupSums> groups(static_cast<std::size_t>((out.rowsA + groupRows - 1) / groupRows));
    const TableInput input = match ? a : besideEachOther(a, b);
    const bool complete =
        forEachGroup(input, "comparing the tables", job, [&](std::int64_t first, std::int64_t count, RowBlock& block) {
            GroupSums& sums = groups[static_cast<std::size_t>(first / groupRows)];
            MatchedRows others(*b.view, match);
            for (std::int64_t r = 0; r < count && !job.stopped(); r += kRowsAtOnce)
                comparing.compare(first + r, std::min(kRowsAtOnce, count - r), block, others, sums);
        });
    if (!complete) return cancelled();
    DifferenceSums sums;
    std::int64_t newlyTrained = 0;
    for (const GroupSums& group : groups) {
        sums.add(group.sums);
        out.matched += group.matched;
        newlyTrained += group.newlyTrained;
        out.largest.insert(out.largest.end(), group.largest.begin(), group.largest.end());
        keepLargest(out.largest);
    }
    out.equal = sums.equal;
    if (comparing.tellsUntrained()) out.newlyTrained = newlyTrained;
    out.values = differenceOf(sums, out.matched);
    return out;
}

ValueDifference compareValues(std::span<const float> a, std::span<const float> b) {
    // Value by value where one is not finite, so that the others are compared.
    constexpr std::size_t kPiece = 1024;
    DifferenceSums sums;
    bool equal = true;
    for (std::size_t first = 0; first < a.size(); first += kPiece) {
        const std::size_t n = std::min(kPiece, a.size() - first);
        DifferenceSums piece = rowDifference(a.data() + first, b.data() + first, n);
        equal = equal && piece.equal;
        if (piece.notFinite) {
            piece = {};
            for (std::size_t i = first; i < first + n; ++i) piece.add(rowDifference(&a[i], &b[i], 1));
        }
        sums.add(piece);
    }
    ValueDifference out = differenceOf(sums, std::ssize(a));
    out.equal = equal;
    return out;
}

}  // namespace dlrm
