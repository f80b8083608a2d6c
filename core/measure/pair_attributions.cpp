// SPDX-License-Identifier: Apache-2.0
#include "core/measure/pair_attributions.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "core/measure/long_sums.h"
#include "core/measure/state_counts.h"
#include "core/metrics/column_sums.h"

namespace dlrm {
namespace {

constexpr std::int64_t kAttributedRows = 128;  // of a thread at a time
static_assert(kAttributedRows <= kSplitTerms);
constexpr const char* kSignedSums = "sum";
constexpr const char* kSizes = "sum_of_sizes";

}  // namespace

PairAttributions::PairAttributions(const ModelSpec& spec, std::span<const DenseWeights> top)
    : m_gradients(top, spec),
      m_vectors(static_cast<std::size_t>(spec.vectors())),
      m_width(spec.embeddingDim),
      m_sums(static_cast<std::size_t>(m_gradients.pairs())),
      m_sizes(m_sums.size()) {}

Result<std::unique_ptr<PairAttributions>> PairAttributions::make(const ModelSpec& spec,
                                                                 std::span<const DenseWeights> top) {
    if (spec.interaction != InteractionKind::Dot)
        return fail(Error("E-MEASURE-009", "No product of two vectors adds to this model's logit.")
                        .butExpected("a model with dot products")
                        .butFound("cross layers")
                        .withRemedy("Look at the means of the products; they need no attribution."));
    return std::unique_ptr<PairAttributions>(new PairAttributions(spec, top));
}

Result<void> PairAttributions::add(const MeasuredRows& rows) {
    const std::int64_t all = rows.rows.rows, parts = (all + kAttributedRows - 1) / kAttributedRows;
    std::mutex mutex;  // guards the sums
    FirstBadRow bad(all);
    tbb::parallel_for(std::int64_t{0}, parts, [&](std::int64_t n) {
        const std::int64_t first = n * kAttributedRows, count = std::min(all - first, kAttributedRows);
        PairGradients::Buffers buffers(m_gradients, count);
        const float* const gradients = m_gradients.run(*rows.intermediates, first, count, buffers);
        std::vector<double> terms(m_sums.size()), sizes(m_sums.size());
        ColumnSums sums(terms.size(), kSplitOrdinary), sumsOfSizes(terms.size(), kSplitOrdinary);
        for (std::int64_t r = 0; r < count; ++r) {
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
            sums.add(terms);
            sumsOfSizes.add(sizes);
        }
        const std::lock_guard lock(mutex);
        m_rows += count;
        sums.drainInto(m_sums);
        sumsOfSizes.drainInto(m_sizes);
    });
    return bad.result(rows.firstRow, "What a product of two vectors adds to the logit");
}

PairAttributionSums PairAttributions::sums() const { return {m_rows, valuesOf(m_sums), valuesOf(m_sizes)}; }

Result<void> PairAttributions::mergeSame(Measure& other) {
    const auto& from = static_cast<PairAttributions&>(other);
    m_rows += from.m_rows;
    for (std::size_t p = 0; p < m_sums.size(); ++p) {
        m_sums[p].add(from.m_sums[p]);
        m_sizes[p].add(from.m_sizes[p]);
    }
    return {};
}

void PairAttributions::saveInto(MeasureState& state) {
    state.put("rows", std::vector<std::int64_t>{m_rows});
    state.put(kSignedSums, digitsOf(m_sums));
    state.put(kSizes, digitsOf(m_sizes));
}

Result<void> PairAttributions::loadFrom(MeasureState& state) {
    DLRM_TRY(const auto rows, state.take<std::int64_t>("rows", 1));
    DLRM_TRY(checkRows(rows[0]));
    DLRM_TRY(takeSums(state, kSignedSums, m_sums));
    DLRM_TRY(takeSums(state, kSizes, m_sizes));
    for (std::size_t p = 0; p < m_sums.size(); ++p) {
        const double sum = m_sums[p].value(), size = m_sizes[p].value();
        if (!std::isfinite(size) || !(std::fabs(sum) <= size) || (rows[0] == 0 && size > 0))
            return fail(impossibleState(kSizes, fmt::format("at least |{}|, of {} rows", sum, rows[0]),
                                        fmt::format("{}", size)));
    }
    m_rows = rows[0];
    return {};
}

}  // namespace dlrm
