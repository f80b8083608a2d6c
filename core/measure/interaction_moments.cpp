// SPDX-License-Identifier: Apache-2.0
#include "core/measure/interaction_moments.h"

#include <algorithm>
#include <bit>
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

constexpr std::int64_t kMomentRows = 256;
static_assert(kMomentRows <= kSplitTerms);
constexpr const char* kSeen = "seen";
constexpr const char* kCosineRows = "cosine_rows";
constexpr const char* kSums = "sum";
constexpr const char* kSquares = "sum_of_squares";
constexpr const char* kCosines = "sum_of_cosines";

}  // namespace

// The sums of some rows, by one thread.
class InteractionMoments::Part {
public:
    explicit Part(const InteractionMoments& whole)
        : m_whole(whole),
          m_terms(whole.pairs()),
          m_squares(whole.pairs()),
          m_cosines(whole.pairs()),
          m_inverse(whole.vectors()),
          m_withoutCosine(whole.m_rows.size() * whole.pairs()),
          m_rows(whole.m_rows.size()),
          m_sums(whole.m_rows.size()) {}

    // X of one row, from the model's own products: (vectors, vectors).
    void takeProducts(const float* products) {
        const std::size_t n = m_whole.m_vectors;
        for (std::size_t i = 0, p = 0; i < n; p += n - i, ++i)
            for (std::size_t j = i; j < n; ++j) m_terms[p + j - i] = static_cast<double>(products[i * n + j]);
    }
    // The same from the vectors (vectors, width), in double.
    void multiply(const float* vectors) {
        const std::size_t width = m_whole.m_width;
        for (std::size_t i = 0, p = 0; i < m_whole.m_vectors; ++i)
            for (std::size_t j = i; j < m_whole.m_vectors; ++j) {
                double product = 0;
                for (std::size_t d = 0; d < width; ++d)
                    product +=
                        static_cast<double>(vectors[i * width + d]) * static_cast<double>(vectors[j * width + d]);
                m_terms[p++] = product;
            }
    }
    bool finite() const {
        constexpr std::uint64_t kExponent = 0x7FF0000000000000;
        unsigned bad = 0;
        for (const double x : m_terms) bad |= (std::bit_cast<std::uint64_t>(x) & kExponent) == kExponent;
        return bad == 0;
    }
    // `cell`: 2·side + label.
    void add(std::size_t cell) {
        const std::size_t n = m_whole.m_vectors;
        for (std::size_t p = 0; p < m_terms.size(); ++p) m_squares[p] = m_terms[p] * m_terms[p];
        // Of a vector's length; 0 where that is 0.
        bool zeros = false;
        for (std::size_t i = 0, p = 0; i < n; p += n - i, ++i) {
            m_inverse[i] = m_terms[p] > 0 ? 1 / std::sqrt(m_terms[p]) : 0;
            zeros |= m_inverse[i] == 0;
        }
        for (std::size_t i = 0, p = 0; i < n; p += n - i, ++i)
            for (std::size_t j = i; j < n; ++j)
                m_cosines[p + j - i] = m_terms[p + j - i] * (m_inverse[i] * m_inverse[j]);
        if (zeros)
            for (std::size_t i = 0, p = cell * m_terms.size(); i < n; ++i)
                for (std::size_t j = i; j < n; ++j)
                    m_withoutCosine[p++] += m_inverse[i] == 0 || m_inverse[j] == 0 ? 1 : 0;
        ++m_rows[cell];
        if (!m_sums[cell]) m_sums[cell].emplace(m_terms.size());
        m_sums[cell]->x.add(m_terms);
        m_sums[cell]->squares.add(m_squares);
        m_sums[cell]->cosines.add(m_cosines);
    }
    void drainInto(InteractionMoments& out) {
        const std::size_t pairs = m_terms.size();
        for (std::size_t cell = 0; cell < m_rows.size(); ++cell) {
            if (m_rows[cell] == 0) continue;
            out.m_rows[cell] += m_rows[cell];
            const auto part = [&](std::vector<LongSum>& sums) { return std::span(sums).subspan(cell * pairs, pairs); };
            m_sums[cell]->x.drainInto(part(out.m_sums));
            m_sums[cell]->squares.drainInto(part(out.m_squares));
            m_sums[cell]->cosines.drainInto(part(out.m_cosines));
            for (std::size_t p = cell * pairs; p < (cell + 1) * pairs; ++p)
                out.m_cosineRows[p] += m_rows[cell] - m_withoutCosine[p];
        }
    }

private:
    struct Sums {
        explicit Sums(std::size_t pairs)
            : x(pairs, kSplitOrdinary), squares(pairs, kSplitLarge), cosines(pairs, kSplitOrdinary) {}
        ColumnSums x, squares, cosines;
    };
    const InteractionMoments& m_whole;
    std::vector<double> m_terms, m_squares, m_cosines;  // of one row
    std::vector<double> m_inverse;                      // 1 / length of its vectors
    std::vector<std::int64_t> m_withoutCosine;          // (cells, pairs)
    std::vector<std::int64_t> m_rows;                   // (cells)
    std::vector<std::optional<Sums>> m_sums;            // (cells), of those with rows
};

InteractionMoments::InteractionMoments(std::size_t vectors, std::size_t width, bool products, bool labelled,
                                       RowSides sides)
    : m_vectors(vectors),
      m_width(width),
      m_products(products),
      m_labelled(labelled),
      m_sides(std::move(sides)),
      m_rows(2 * m_sides.count()),
      m_cosineRows(m_rows.size() * pairs()),
      m_sums(m_cosineRows.size()),
      m_squares(m_cosineRows.size()),
      m_cosines(m_cosineRows.size()) {}

Result<void> InteractionMoments::fits(const ModelSpec& spec) {
    for (const TableSpec& table : spec.tables)
        if (table.dim != spec.embeddingDim)
            return fail(
                Error("E-MEASURE-007", "The vectors of this model have different widths, so they have no products.")
                    .inField(table.name)
                    .butExpected(fmt::format("{}, as the bottom MLP's output", spec.embeddingDim))
                    .butFound(std::to_string(table.dim))
                    .withRemedy("Open a model whose embedding tables all have the width of the bottom MLP's output."));
    return {};
}

Result<std::unique_ptr<InteractionMoments>> InteractionMoments::make(const ModelSpec& spec, bool labelled,
                                                                     RowSides sides) {
    DLRM_TRY(fits(spec));
    const auto vectors = static_cast<std::size_t>(spec.vectors()), width = static_cast<std::size_t>(spec.embeddingDim);
    return std::unique_ptr<InteractionMoments>(
        new InteractionMoments(vectors, width, spec.interaction == InteractionKind::Dot, labelled, std::move(sides)));
}

MeasureWants InteractionMoments::wants() const { return {m_labelled, false, {!m_products, m_products, false}}; }

Result<void> InteractionMoments::add(const MeasuredRows& rows) {
    const std::int64_t all = rows.rows.rows, parts = (all + kMomentRows - 1) / kMomentRows;
    const std::size_t products = m_vectors * m_vectors, values = m_vectors * m_width;
    const std::vector<std::uint8_t> sides = m_sides.of(rows);
    std::mutex mutex;  // guards the sums
    FirstBadRow bad(all);
    tbb::parallel_for(std::int64_t{0}, parts, [&](std::int64_t n) {
        Part part(*this);
        for (std::int64_t r = n * kMomentRows; r < std::min(all, (n + 1) * kMomentRows); ++r) {
            const auto row = static_cast<std::size_t>(r);
            if (sides[row] == RowSides::kNowhere) continue;
            if (m_products) part.takeProducts(rows.intermediates->interaction.data() + row * products);
            else part.multiply(rows.intermediates->vectors.data() + row * values);
            if (!part.finite()) return bad.tell(r);
            part.add(2 * std::size_t{sides[row]} + (m_labelled && rows.rows.labels[row] != 0 ? 1 : 0));
        }
        const std::lock_guard lock(mutex);
        part.drainInto(*this);
    });
    m_seen += all;
    return bad.result(rows.firstRow, "The product of two vectors");
}

InteractionSums InteractionMoments::sums(SliceSide side) const {
    InteractionSums out{m_vectors, m_labelled, {}, std::vector<std::int64_t>(2 * pairs()), {}, {}, {}};
    std::vector<LongSum> sums(2 * pairs()), squares(2 * pairs()), cosines(2 * pairs());
    for (const std::size_t place : m_sides.placesOf(side)) {
        for (const std::size_t label : {0U, 1U}) out.rows[label] += m_rows[2 * place + label];
        for (std::size_t i = 0, from = place * sums.size(); i < sums.size(); ++i, ++from) {
            out.cosineRows[i] += m_cosineRows[from];
            sums[i].add(m_sums[from]);
            squares[i].add(m_squares[from]);
            cosines[i].add(m_cosines[from]);
        }
    }
    out.x = valuesOf(sums);
    out.cosines = valuesOf(cosines);
    for (std::size_t i = 0; i < sums.size(); ++i)
        out.deviations.push_back(deviationsOf(sums[i], squares[i], out.rows[i / pairs()]));
    for (std::size_t p = 0; p < pairs(); ++p) {
        sums[p].add(sums[pairs() + p]);
        squares[p].add(squares[pairs() + p]);
        out.deviations.push_back(deviationsOf(sums[p], squares[p], out.rows[0] + out.rows[1]));
    }
    return out;
}

std::vector<std::int64_t> InteractionMoments::shape() const {
    std::vector<std::int64_t> out{static_cast<std::int64_t>(m_vectors), static_cast<std::int64_t>(m_width),
                                  m_products ? 1 : 0, m_labelled ? 1 : 0};
    for (const std::int64_t more : m_sides.shape()) out.push_back(more);
    return out;
}

Result<void> InteractionMoments::mergeSame(Measure& other) {
    const auto& from = static_cast<InteractionMoments&>(other);
    m_seen += from.m_seen;
    for (std::size_t cell = 0; cell < m_rows.size(); ++cell) m_rows[cell] += from.m_rows[cell];
    for (std::size_t i = 0; i < m_cosineRows.size(); ++i) {
        m_cosineRows[i] += from.m_cosineRows[i];
        m_sums[i].add(from.m_sums[i]);
        m_squares[i].add(from.m_squares[i]);
        m_cosines[i].add(from.m_cosines[i]);
    }
    return {};
}

void InteractionMoments::saveInto(MeasureState& state) {
    state.put(kSeen, std::vector<std::int64_t>{m_seen});
    state.put("rows", m_rows);
    state.put(kCosineRows, m_cosineRows);
    state.put(kSums, digitsOf(m_sums));
    state.put(kSquares, digitsOf(m_squares));
    state.put(kCosines, digitsOf(m_cosines));
}

Result<void> InteractionMoments::loadFrom(MeasureState& state) {
    DLRM_TRY(const auto seen, state.take<std::int64_t>(kSeen, 1));
    DLRM_TRY(checkRows(seen.front()));
    DLRM_TRY(const auto rows, state.take<std::int64_t>("rows", std::ssize(m_rows)));
    std::int64_t found = 0;
    for (std::size_t cell = 0; cell < rows.size(); ++cell) {
        DLRM_TRY(checkRows(rows[cell]));
        found += rows[cell];
        if (!m_labelled && cell % 2 == 1 && rows[cell] != 0)
            return fail(impossibleState("rows", "no clicked rows: there are no labels", std::to_string(rows[cell])));
    }
    if (found > seen.front() || (m_sides.shape().empty() && found != seen.front()))
        return fail(impossibleState(kSeen, fmt::format("the {} rows that were counted, or more with slices", found),
                                    std::to_string(seen.front())));
    DLRM_TRY(const auto cosineRows, state.take<std::int64_t>(kCosineRows, std::ssize(m_cosineRows)));
    for (auto [name, sums] : {std::pair{kSums, &m_sums}, {kSquares, &m_squares}, {kCosines, &m_cosines}})
        DLRM_TRY(takeSums(state, name, *sums));
    constexpr double kRounding = 1 + 1e-9;  // a cosine may be a little above 1
    for (std::size_t i = 0; i < m_cosineRows.size(); ++i) {
        const std::int64_t n = rows[i / pairs()], withCosine = cosineRows[i];
        if (withCosine < 0 || withCosine > n)
            return fail(impossibleState(kCosineRows, "0 .. " + std::to_string(n), std::to_string(withCosine)));
        const double sum = m_sums[i].value(), squares = m_squares[i].value(), cosines = m_cosines[i].value();
        if (!(std::fabs(cosines) <= static_cast<double>(withCosine) * kRounding))
            return fail(
                impossibleState(kCosines, fmt::format("at most {} in size", withCosine), fmt::format("{}", cosines)));
        // Cauchy and Schwarz; of no rows nothing.
        if (!std::isfinite(sum) || !std::isfinite(squares) || squares < 0 ||
            !(std::fabs(sum) <= std::sqrt(static_cast<double>(n)) * std::sqrt(squares) * kRounding) ||
            (n == 0 && squares > 0))
            return fail(impossibleState(kSums, fmt::format("a sum of {} numbers with squares of {}", n, squares),
                                        fmt::format("{}", sum)));
    }
    m_seen = seen.front();
    m_rows = rows;
    m_cosineRows = cosineRows;
    return {};
}

}  // namespace dlrm
