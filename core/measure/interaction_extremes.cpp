// SPDX-License-Identifier: Apache-2.0
#include "core/measure/interaction_extremes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "core/measure/interaction_moments.h"
#include "core/measure/long_sums.h"
#include "core/measure/state_counts.h"

namespace dlrm {
namespace {

constexpr std::uint32_t kNoLabel = 2;

// One of the two ends of a pair: which of two rows is further out.
struct Outer {
    bool highest;
    bool operator()(const ExtremeRow& a, const ExtremeRow& b) const {
        if (a.value != b.value) return highest ? a.value > b.value : a.value < b.value;
        return a.row < b.row;
    }
};

void keep(std::vector<ExtremeRow>& kept, const ExtremeRow& row, Outer outer) {
    if (kept.size() == InteractionExtremes::kKept) {
        if (!outer(row, kept.back())) return;
        kept.pop_back();
    }
    kept.insert(std::upper_bound(kept.begin(), kept.end(), row, outer), row);
}

constexpr Outer kLowest{false}, kHighest{true};

}  // namespace

InteractionExtremes::InteractionExtremes(std::size_t vectors, std::size_t width, bool products, bool labelled,
                                         RowSides sides, std::function<std::int64_t(std::int64_t)> numberOf)
    : m_vectors(vectors),
      m_width(width),
      m_products(products),
      m_labelled(labelled),
      m_sides(std::move(sides)),
      m_numberOf(std::move(numberOf)) {
    for (std::size_t i = 1; i < vectors; ++i)
        for (std::size_t j = 0; j < i; ++j) m_pairs.push_back({i, j, {}, {}});
}

Result<std::unique_ptr<InteractionExtremes>> InteractionExtremes::make(
    const ModelSpec& spec, bool labelled, RowSides sides, std::function<std::int64_t(std::int64_t)> numberOf) {
    DLRM_TRY(InteractionMoments::fits(spec));
    return std::unique_ptr<InteractionExtremes>(new InteractionExtremes(
        static_cast<std::size_t>(spec.vectors()), static_cast<std::size_t>(spec.embeddingDim),
        spec.interaction == InteractionKind::Dot, labelled, std::move(sides), std::move(numberOf)));
}

// Those of vector i with the ones before it. `room`: for i of them.
const float* InteractionExtremes::productsOf(const MeasuredRows& rows, std::size_t row, std::size_t i,
                                             std::vector<float>& room) const {
    if (m_products) return rows.intermediates->interaction.data() + (row * m_vectors + i) * m_vectors;
    const float* const vectors = rows.intermediates->vectors.data() + row * m_vectors * m_width;
    for (std::size_t j = 0; j < i; ++j) {
        double product = 0;
        for (std::size_t d = 0; d < m_width; ++d)
            product += static_cast<double>(vectors[i * m_width + d]) * static_cast<double>(vectors[j * m_width + d]);
        room[j] = static_cast<float>(product);
    }
    return room.data();
}

// The pairs of vector i with those before it are of no other i.
Result<void> InteractionExtremes::add(const MeasuredRows& rows) {
    const std::vector<std::uint8_t> sides = m_sides.of(rows);
    std::vector<std::size_t> inside;
    std::vector<ExtremeRow> about;  // of these rows, without a value
    for (const std::size_t place : m_sides.placesOf(SliceSide::Slice))
        for (std::size_t r = 0; r < sides.size(); ++r)
            if (sides[r] == place) inside.push_back(r);
    for (const std::size_t r : inside) {
        const std::int64_t row = rows.firstRow + static_cast<std::int64_t>(r);
        ExtremeRow& one = about.emplace_back();
        one.row = m_numberOf ? m_numberOf(row) : row;
        if (m_labelled) one.label = rows.rows.labels[r] != 0 ? 1 : 0;
    }
    FirstBadRow bad(rows.rows.rows);
    tbb::parallel_for(std::size_t{1}, m_vectors, [&](std::size_t i) {
        PairExtremes* const pairs = m_pairs.data() + i * (i - 1) / 2;
        std::vector<float> room(i);
        for (std::size_t n = 0; n < inside.size(); ++n) {
            const float* const products = productsOf(rows, inside[n], i, room);
            for (std::size_t j = 0; j < i; ++j) {
                if (!std::isfinite(products[j])) return bad.tell(static_cast<std::int64_t>(inside[n]));
                ExtremeRow row = about[n];
                row.value = products[j];
                keep(pairs[j].lowest, row, kLowest);
                keep(pairs[j].highest, row, kHighest);
            }
        }
    });
    m_seen += rows.rows.rows;
    m_rows += std::ssize(inside);
    return bad.result(rows.firstRow, "The product of two vectors");
}

std::vector<PairExtremes> InteractionExtremes::extremes() const { return m_pairs; }

std::vector<std::int64_t> InteractionExtremes::shape() const {
    std::vector<std::int64_t> out{static_cast<std::int64_t>(m_vectors), static_cast<std::int64_t>(m_width),
                                  m_products ? 1 : 0, m_labelled ? 1 : 0};
    for (const std::int64_t more : m_sides.shape()) out.push_back(more);
    return out;
}

Result<void> InteractionExtremes::mergeSame(Measure& other) {
    const auto& from = static_cast<InteractionExtremes&>(other);
    m_seen += from.m_seen;
    m_rows += from.m_rows;
    for (std::size_t p = 0; p < m_pairs.size(); ++p) {
        for (const ExtremeRow& row : from.m_pairs[p].lowest) keep(m_pairs[p].lowest, row, kLowest);
        for (const ExtremeRow& row : from.m_pairs[p].highest) keep(m_pairs[p].highest, row, kHighest);
    }
    return {};
}

void InteractionExtremes::saveInto(MeasureState& state) {
    std::vector<std::int64_t> numbers;
    std::vector<std::uint32_t> values, labels;
    for (const PairExtremes& pair : m_pairs)
        for (const auto* rows : {&pair.lowest, &pair.highest})
            for (const ExtremeRow& row : *rows) {
                numbers.push_back(row.row);
                values.push_back(std::bit_cast<std::uint32_t>(row.value));
                labels.push_back(row.label ? static_cast<std::uint32_t>(*row.label) : kNoLabel);
            }
    state.put("seen", std::vector<std::int64_t>{m_seen});
    state.put("rows", std::vector<std::int64_t>{m_rows});
    state.put("row", std::move(numbers));
    state.put("value", std::move(values));
    state.put("label", std::move(labels));
}

Result<void> InteractionExtremes::loadFrom(MeasureState& state) {
    DLRM_TRY(const auto seen, state.take<std::int64_t>("seen", 1));
    DLRM_TRY(checkRows(seen.front()));
    DLRM_TRY(const auto rows, takeRows(state));
    if (rows > seen.front() || (m_sides.shape().empty() && rows != seen.front()))
        return fail(impossibleState("seen", fmt::format("the {} rows of the slice, or more", rows),
                                    std::to_string(seen.front())));
    const auto kept = static_cast<std::size_t>(std::min<std::int64_t>(rows, kKept));
    const auto all = static_cast<std::int64_t>(2 * m_pairs.size() * kept);
    DLRM_TRY(const auto numbers, state.take<std::int64_t>("row", all));
    DLRM_TRY(const auto values, state.take<std::uint32_t>("value", all));
    DLRM_TRY(const auto labels, state.take<std::uint32_t>("label", all));
    std::size_t at = 0;
    for (PairExtremes& pair : m_pairs)
        for (const Outer outer : {kLowest, kHighest}) {
            std::vector<ExtremeRow> own;
            for (std::size_t k = 0; k < kept; ++k, ++at) {
                ExtremeRow row{numbers[at], std::bit_cast<float>(values[at]), {}};
                if (m_labelled) row.label = static_cast<int>(labels[at]);
                if (row.row < 0 || !std::isfinite(row.value) || (k > 0 && outer(row, own.back())))
                    return fail(impossibleState("row, value", "finite values in their order",
                                                fmt::format("row {} with {}", row.row, row.value)));
                if (m_labelled ? labels[at] > 1 : labels[at] != kNoLabel)
                    return fail(
                        impossibleState("label", m_labelled ? "0 or 1" : "2: no labels", std::to_string(labels[at])));
                own.push_back(row);
            }
            (outer.highest ? pair.highest : pair.lowest) = std::move(own);
        }
    m_seen = seen.front();
    m_rows = rows;
    return {};
}

}  // namespace dlrm
