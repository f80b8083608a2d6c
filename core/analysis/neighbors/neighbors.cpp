// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/neighbors/neighbors.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "core/analysis/neighbors/kernels.h"
#include "core/analysis/tables/row_blocks.h"
#include "core/linear/dense.h"

namespace dlrm {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::int64_t kBlockRows =
    144;  // rows whose products with all queries stay in the level-2 cache; a multiple of the dense kernel's 6
constexpr std::int64_t kQueriesAtOnce = 256;  // queries of one matrix product
// Lengths between which no product or square of this file leaves the normal range of float32; rows outside are compared
// in double at once.
constexpr float kShortest = 1e-12F, kLongest = 1e12F;
// Far above what sums lose when their products fall below the normal range (dim · 2⁻¹⁴⁹), far below everything else.
constexpr float kUnderflow = 1e-38F;

float below(double v) { return std::nextafter(static_cast<float>(v), -kInfinity); }
float above(double v) { return std::nextafter(static_cast<float>(v), kInfinity); }

// The k nearest so far: a heap whose top is the farthest.
class Nearest {
public:
    Nearest(Similarity similarity, std::int64_t k) : m_similarity(similarity), m_k(static_cast<std::size_t>(k)) {}

    bool full() const { return m_heap.size() == m_k; }
    double farthest() const { return m_heap.front().score; }
    void offer(const Neighbor& candidate) {
        const auto order = [s = m_similarity](const Neighbor& a, const Neighbor& b) { return nearer(s, a, b); };
        if (full()) {
            if (!order(candidate, m_heap.front())) return;
            std::pop_heap(m_heap.begin(), m_heap.end(), order);
            m_heap.back() = candidate;
        } else {
            m_heap.push_back(candidate);
        }
        std::push_heap(m_heap.begin(), m_heap.end(), order);
    }
    const std::vector<Neighbor>& all() const { return m_heap; }

private:
    Similarity m_similarity;
    std::size_t m_k;
    std::vector<Neighbor> m_heap;
};

struct Query {
    std::span<const float> values;
    double squares = 0, length = 0;
    std::int64_t leaveOut = -1;
};

double exactScore(Similarity similarity, const Query& query, const float* row) {
    const std::size_t dim = query.values.size();
    double dot = 0, squares = 0;
    switch (similarity) {
        case Similarity::Dot:
            for (std::size_t c = 0; c < dim; ++c) dot += static_cast<double>(query.values[c]) * row[c];
            return std::isfinite(dot) ? dot : kNaN;
        case Similarity::Cosine:
            for (std::size_t c = 0; c < dim; ++c) {
                dot += static_cast<double>(query.values[c]) * row[c];
                squares += static_cast<double>(row[c]) * row[c];
            }
            return std::isfinite(squares) && squares > 0 && query.length > 0 ? dot / (query.length * std::sqrt(squares))
                                                                             : kNaN;
        case Similarity::L2:
            for (std::size_t c = 0; c < dim; ++c) {
                const double difference = static_cast<double>(query.values[c]) - row[c];
                squares += difference * difference;
            }
            return std::isfinite(squares) ? std::sqrt(squares) : kNaN;
    }
    return kNaN;
}

// What the float32 scan compares with, for one query: a row is out when value < base − slope · length (see lengthOf),
// or for one query and L2 when its squared distance is above `limit`.
struct Screen {
    float base = -kInfinity, slope = 0, limit = kInfinity;
};

// The screen that keeps every row which may be as near as `farthest`.
Screen screenFor(Similarity similarity, const Query& query, std::int64_t dim, double farthest) {
    const double error = screenError(dim);
    const bool screened = query.length >= kShortest && query.length <= kLongest && !std::isnan(farthest);
    if (!screened) return {};
    switch (similarity) {
        case Similarity::Dot:
            return {below(farthest) - kUnderflow, above(error * query.length), kInfinity};
        case Similarity::Cosine:
            return {0, above((2 * error - farthest) * query.length), kInfinity};
        case Similarity::L2: {
            const double square = farthest * farthest;
            return {below(((1 - 4 * error) * query.squares - square) / 2) - kUnderflow, -1,
                    above(square * (1 + 2 * error)) + kUnderflow};
        }
    }
    return {};
}

// Stands for a row in its query's screen; NaN keeps the row. Dot: not less than the length. Cosine: the length. L2:
// half the square, less its error.
float lengthOf(Similarity similarity, float square, std::int64_t dim) {
    const float error = screenError(dim);
    constexpr float kOutside = std::numeric_limits<float>::quiet_NaN();
    if (!(square <= kLongest * kLongest)) return kOutside;
    switch (similarity) {
        case Similarity::Dot:
            return std::sqrt(square * (1 + error) + kUnderflow);
        case Similarity::Cosine:
            return square >= kShortest * kShortest ? std::sqrt(square) : kOutside;
        case Similarity::L2:
            return (1 - 4 * error) * square / 2;
    }
    return kOutside;
}

// One thread's part of the scan.
class Worker {
public:
    Worker(const TableView& table, std::span<const Query> queries, std::span<const cpu::DenseLayer> products,
           Similarity similarity, std::int64_t k)
        : m_reader(table),
          m_queries(queries),
          m_products(products),
          m_similarity(similarity),
          m_dim(table.dim()),
          m_nearest(queries.size(), Nearest(similarity, k)),
          m_screens(queries.size()),
          m_values(kBlockRows),
          m_squares(kBlockRows),
          m_lengths(kBlockRows),
          m_kept(std::max(kBlockRows, kQueriesAtOnce)) {
        if (products.empty()) return;
        m_bases.assign(queries.size(), -kInfinity);
        m_slopes.assign(queries.size(), 0);
        m_products2d = cpu::AlignedArray<float>(kBlockRows * products.front().paddedOutputs);
        m_nonZero.resize(static_cast<std::size_t>(m_dim + cpu::kListPadding));
    }

    void scan(std::int64_t first, std::int64_t count) {
        for (std::int64_t done = 0; done < count;) {
            const FloatRows rows = m_reader.read(first + done, count - done);
            for (std::int64_t r = 0; r < rows.count; r += kBlockRows) {
                const FloatRows block{rows.data + r * rows.stride, rows.stride, std::min(kBlockRows, rows.count - r)};
                if (m_products.empty()) scanOne(block, first + done + r);
                else scanMany(block, first + done + r);
            }
            done += rows.count;
        }
    }

    const Nearest& nearest(std::size_t query) const { return m_nearest[query]; }

private:
    void scanOne(const FloatRows& rows, std::int64_t first) {
        const float* query = m_queries[0].values.data();
        const Screen& screen = m_screens[0];
        std::int64_t kept = 0;
        if (m_similarity == Similarity::L2) {
            squaredDistances(rows.data, rows.stride, rows.count, m_dim, query, m_values.data());
            kept = keepWithin(m_values.data(), rows.count, screen.limit, m_kept.data());
        } else {
            dotsAndSquares(rows.data, rows.stride, rows.count, m_dim, query, m_values.data(), m_squares.data());
            measure(rows.count);
            kept = keepRows(m_values.data(), m_lengths.data(), rows.count, screen.base, screen.slope, m_kept.data());
        }
        for (std::int64_t i = 0; i < kept; ++i)
            offer(0, first + m_kept.data()[i], rows.data + m_kept.data()[i] * rows.stride);
    }

    void scanMany(const FloatRows& rows, std::int64_t first) {
        dotsAndSquares(rows.data, rows.stride, rows.count, m_dim, m_queries[0].values.data(), m_values.data(),
                       m_squares.data());
        measure(rows.count);
        std::size_t before = 0;  // queries of the products done
        for (const cpu::DenseLayer& product : m_products) {
            cpu::denseForward(product, rows.data, rows.stride, rows.count, m_products2d.data(), product.paddedOutputs,
                              m_nonZero.data());
            for (std::int64_t r = 0; r < rows.count; ++r) {
                const float* values = m_products2d.data() + r * product.paddedOutputs;
                const std::int64_t kept = keepQueries(values, m_bases.data() + before, m_slopes.data() + before,
                                                      product.outputs, m_lengths.data()[r], m_kept.data());
                for (std::int64_t i = 0; i < kept; ++i) {
                    const std::size_t query = before + static_cast<std::size_t>(m_kept.data()[i]);
                    const float* row = rows.data + r * rows.stride;
                    // Products alone tell rows close to each other badly apart: |a − b|² from its differences does.
                    if (m_similarity == Similarity::L2 &&
                        squaredDistance(row, m_queries[query].values.data(), m_dim) > m_screens[query].limit)
                        continue;
                    offer(query, first + r, row);
                }
            }
            before += static_cast<std::size_t>(product.outputs);
        }
    }

    void measure(std::int64_t count) {
        for (std::int64_t r = 0; r < count; ++r)
            m_lengths.data()[r] = lengthOf(m_similarity, m_squares.data()[r], m_dim);
    }

    void offer(std::size_t query, std::int64_t id, const float* row) {
        if (id == m_queries[query].leaveOut) return;
        Nearest& nearest = m_nearest[query];
        nearest.offer({RowId{id}, exactScore(m_similarity, m_queries[query], row)});
        if (!nearest.full()) return;
        const Screen screen = screenFor(m_similarity, m_queries[query], m_dim, nearest.farthest());
        m_screens[query] = screen;
        if (m_bases.empty()) return;
        m_bases[query] = screen.base;
        m_slopes[query] = screen.slope;
    }

    RowBlockReader m_reader;
    std::span<const Query> m_queries;
    std::span<const cpu::DenseLayer> m_products;
    Similarity m_similarity;
    std::int64_t m_dim;
    std::vector<Nearest> m_nearest;  // per query
    std::vector<Screen> m_screens;
    std::vector<float> m_bases, m_slopes;                     // of m_screens, for keepQueries()
    cpu::AlignedArray<float> m_values, m_squares, m_lengths;  // of a block's rows
    cpu::AlignedArray<float> m_products2d;                    // (kBlockRows, queries of a product)
    cpu::AlignedArray<std::int32_t> m_kept;
    std::vector<std::int32_t> m_nonZero;
};

Query queryOf(std::span<const float> values, std::int64_t leaveOut) {
    Query query{.values = values, .leaveOut = leaveOut};
    for (const float v : values) query.squares += static_cast<double>(v) * v;
    query.length = std::sqrt(query.squares);
    return query;
}

}  // namespace

RowComparison compareRows(std::span<const float> a, std::span<const float> b) {
    const Query query = queryOf(a.first(std::min(a.size(), b.size())), -1);
    const auto score = [&](Similarity similarity) { return exactScore(similarity, query, b.data()); };
    return {score(Similarity::Cosine), score(Similarity::Dot), score(Similarity::L2)};
}

bool nearer(Similarity similarity, const Neighbor& a, const Neighbor& b) {
    if (std::isnan(a.score) != std::isnan(b.score)) return std::isnan(b.score);
    if (a.score < b.score || a.score > b.score) return (a.score < b.score) == (similarity == Similarity::L2);
    return a.id < b.id;
}

Result<std::vector<std::vector<Neighbor>>> nearestRows(const TableView& table, std::span<const float> queries,
                                                       std::span<const std::int64_t> leaveOut, Similarity similarity,
                                                       std::int64_t k, const Job& job, const ReleaseRows& release) {
    const auto dim = static_cast<std::size_t>(table.dim());
    assert(k >= 1 && queries.size() == leaveOut.size() * dim);
    std::vector<Query> asked;
    for (std::size_t i = 0; i < leaveOut.size(); ++i)
        asked.push_back(queryOf(queries.subspan(i * dim, dim), leaveOut[i]));
    if (asked.empty()) return std::vector<std::vector<Neighbor>>();
    std::vector<cpu::DenseLayer> products;
    for (std::int64_t from = 0; asked.size() > 1 && from < std::ssize(asked); from += kQueriesAtOnce)
        products.push_back(cpu::packRows(queries.data() + from * table.dim(), table.dim(),
                                         std::min(kQueriesAtOnce, std::ssize(asked) - from)));
    std::vector<Worker> workers;
    for (int w = 0; w < rowWorkers(); ++w) workers.emplace_back(table, asked, products, similarity, k);
    const auto scan = [&](int w, std::int64_t first, std::int64_t count) {
        workers[static_cast<std::size_t>(w)].scan(first, count);
    };
    DLRM_TRY(forEachRowChunk(table.rows(), rowsPerChunk(table.dim()), "comparing rows", job, scan, release));

    std::vector<std::vector<Neighbor>> out(asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        std::vector<Neighbor>& found = out[i];
        for (const Worker& worker : workers)
            found.insert(found.end(), worker.nearest(i).all().begin(), worker.nearest(i).all().end());
        std::sort(found.begin(), found.end(),
                  [&](const Neighbor& a, const Neighbor& b) { return nearer(similarity, a, b); });
        if (static_cast<std::int64_t>(found.size()) > k) found.resize(static_cast<std::size_t>(k));
    }
    return out;
}

}  // namespace dlrm
