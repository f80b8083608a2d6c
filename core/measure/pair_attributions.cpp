// SPDX-License-Identifier: Apache-2.0
#include "core/measure/pair_attributions.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "core/measure/long_sums.h"
#include "core/measure/state_counts.h"
#include "core/metrics/column_sums.h"

namespace dlrm {
namespace {

constexpr std::int64_t kAttributedRows = 144;  // of a thread at a time, as the forward pass takes
static_assert(kAttributedRows <= kSplitTerms);
constexpr const char* kSeenRows = "seen";
constexpr const char* kSignedSums = "sum";
constexpr const char* kSizes = "sum_of_sizes";

}  // namespace

PairAttributions::PairAttributions(const ModelSpec& spec, std::span<const DenseWeights> top, RowSides sides)
    : m_gradients(top, spec),
      m_vectors(static_cast<std::size_t>(spec.vectors())),
      m_width(spec.embeddingDim),
      m_sides(std::move(sides)),
      m_rows(m_sides.count()),
      m_sums(m_rows.size() * static_cast<std::size_t>(m_gradients.pairs())),
      m_sizes(m_sums.size()) {}

Result<std::unique_ptr<PairAttributions>> PairAttributions::make(const ModelSpec& spec,
                                                                 std::span<const DenseWeights> top, RowSides sides) {
    if (spec.interaction != InteractionKind::Dot)
        return fail(Error("E-MEASURE-009", "No product of two vectors adds to this model's logit.")
                        .butExpected("a model with dot products")
                        .butFound("cross layers")
                        .withRemedy("Look at the means of the products; they need no attribution."));
    return std::unique_ptr<PairAttributions>(new PairAttributions(spec, top, std::move(sides)));
}

Result<void> PairAttributions::add(const MeasuredRows& rows) {
    const std::int64_t all = rows.rows.rows, parts = (all + kAttributedRows - 1) / kAttributedRows;
    const std::vector<std::uint8_t> sides = m_sides.of(rows);
    const auto pairs = static_cast<std::size_t>(m_gradients.pairs());
    struct Sums {
        explicit Sums(std::size_t pairs_) : sums(pairs_, kSplitOrdinary), sizes(pairs_, kSplitOrdinary) {}
        ColumnSums sums, sizes;
        std::int64_t rows = 0;
    };
    std::mutex mutex;  // guards the sums
    FirstBadRow bad(all);
    tbb::parallel_for(std::int64_t{0}, parts, [&](std::int64_t n) {
        const std::int64_t first = n * kAttributedRows, count = std::min(all - first, kAttributedRows);
        const auto own = std::span(sides).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
        if (std::all_of(own.begin(), own.end(), [](std::uint8_t side) { return side == RowSides::kNowhere; })) return;
        PairGradients::Buffers buffers(m_gradients, count);
        const float* const gradients = m_gradients.run(*rows.intermediates, first, count, buffers);
        std::vector<double> terms(pairs), sizes(pairs);
        std::vector<std::optional<Sums>> found(m_rows.size());  // by side
        for (std::int64_t r = 0; r < count; ++r) {
            const std::size_t side = own[static_cast<std::size_t>(r)];
            if (side == RowSides::kNowhere) continue;
            const float* const gradient = gradients + r * m_gradients.stride();
            const float* const x =
                rows.intermediates->interaction.data() + static_cast<std::size_t>(first + r) * m_vectors * m_vectors;
            bool finite = true;
            for (std::size_t i = 1, p = 0; i < m_vectors; ++i)
                for (std::size_t j = 0; j < i; ++j, ++p) {
                    terms[p] = static_cast<double>(gradient[p]) * static_cast<double>(x[i * m_vectors + j]);
                    sizes[p] = std::fabs(terms[p]);
                    finite &= std::isfinite(terms[p]);
                }
            if (!finite) return bad.tell(first + r);
            if (!found[side]) found[side].emplace(pairs);
            found[side]->sums.add(terms);
            found[side]->sizes.add(sizes);
            ++found[side]->rows;
        }
        const std::lock_guard lock(mutex);
        for (std::size_t side = 0; side < found.size(); ++side) {
            if (!found[side]) continue;
            m_rows[side] += found[side]->rows;
            found[side]->sums.drainInto(std::span(m_sums).subspan(side * pairs, pairs));
            found[side]->sizes.drainInto(std::span(m_sizes).subspan(side * pairs, pairs));
        }
    });
    m_seen += all;
    return bad.result(rows.firstRow, "What a product of two vectors adds to the logit");
}

PairAttributionSums PairAttributions::sums(SliceSide side) const {
    const auto pairs = static_cast<std::size_t>(m_gradients.pairs());
    std::vector<LongSum> sums(pairs), sizes(pairs);
    PairAttributionSums out;
    for (const std::size_t place : m_sides.placesOf(side)) {
        out.rows += m_rows[place];
        for (std::size_t p = 0; p < pairs; ++p) {
            sums[p].add(m_sums[place * pairs + p]);
            sizes[p].add(m_sizes[place * pairs + p]);
        }
    }
    out.signedSums = valuesOf(sums);
    out.sizes = valuesOf(sizes);
    return out;
}

std::vector<std::int64_t> PairAttributions::shape() const {
    std::vector<std::int64_t> out{static_cast<std::int64_t>(m_vectors), m_width};
    for (const std::int64_t more : m_sides.shape()) out.push_back(more);
    return out;
}

Result<void> PairAttributions::mergeSame(Measure& other) {
    const auto& from = static_cast<PairAttributions&>(other);
    m_seen += from.m_seen;
    for (std::size_t side = 0; side < m_rows.size(); ++side) m_rows[side] += from.m_rows[side];
    for (std::size_t p = 0; p < m_sums.size(); ++p) {
        m_sums[p].add(from.m_sums[p]);
        m_sizes[p].add(from.m_sizes[p]);
    }
    return {};
}

void PairAttributions::saveInto(MeasureState& state) {
    state.put(kSeenRows, std::vector<std::int64_t>{m_seen});
    state.put("rows", m_rows);
    state.put(kSignedSums, digitsOf(m_sums));
    state.put(kSizes, digitsOf(m_sizes));
}

Result<void> PairAttributions::loadFrom(MeasureState& state) {
    DLRM_TRY(const auto seen, state.take<std::int64_t>(kSeenRows, 1));
    DLRM_TRY(checkRows(seen.front()));
    DLRM_TRY(const auto rows, state.take<std::int64_t>("rows", std::ssize(m_rows)));
    std::int64_t counted = 0;
    for (const std::int64_t n : rows) {
        DLRM_TRY(checkRows(n));
        counted += n;
    }
    if (counted > seen.front() || (m_sides.shape().empty() && counted != seen.front()))
        return fail(impossibleState(kSeenRows, fmt::format("the {} rows that were added up, or more", counted),
                                    std::to_string(seen.front())));
    DLRM_TRY(takeSums(state, kSignedSums, m_sums));
    DLRM_TRY(takeSums(state, kSizes, m_sizes));
    for (std::size_t p = 0; p < m_sums.size(); ++p) {
        const double sum = m_sums[p].value(), size = m_sizes[p].value();
        const std::int64_t n = rows[p / static_cast<std::size_t>(m_gradients.pairs())];
        if (!std::isfinite(size) || !(std::fabs(sum) <= size) || (n == 0 && size > 0))
            return fail(
                impossibleState(kSizes, fmt::format("at least |{}|, of {} rows", sum, n), fmt::format("{}", size)));
    }
    m_seen = seen.front();
    m_rows = rows;
    return {};
}

}  // namespace dlrm
