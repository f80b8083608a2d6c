// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/neighbors/graph.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "core/analysis/neighbors/kernels.h"
#include "core/analysis/tables/row_blocks.h"
#include "core/linear/dense.h"

namespace dlrm {
namespace {

constexpr float kFarthest = std::numeric_limits<float>::infinity();
constexpr std::int64_t kColumns = 256;         // points of one matrix product: 128 KiB of weights at 128 columns
constexpr std::int64_t kGraphBlockRows = 144;  // points it is multiplied with at once
constexpr float kGraphUnderflow = 1e-30F;  // far above what products of values of at most 1 lose below the normal range

// One thread's nearest neighbours of all points among the pairs it has seen, and what screens the pairs to come.
struct Lists {
    Lists(std::int64_t points, std::int64_t k_)
        : k(k_),
          ids(static_cast<std::size_t>(points * k)),
          distances(static_cast<std::size_t>(points * k), kFarthest),
          bases(static_cast<std::size_t>(points), -kFarthest) {}

    // half: (1 − 4γ)|x|²/2 of the point, see neighborGraph().
    void offer(std::int64_t point, std::int32_t id, float distance, float half, float error) {
        float* d = distances.data() + point * k;
        std::int32_t* n = ids.data() + point * k;
        const auto before = [&](std::int64_t at) { return distance < d[at] || (distance == d[at] && id < n[at]); };
        if (!before(k - 1)) return;
        std::int64_t at = k - 1;
        for (; at > 0 && before(at - 1); --at) {
            d[at] = d[at - 1];
            n[at] = n[at - 1];
        }
        d[at] = distance;
        n[at] = id;
        bases[static_cast<std::size_t>(point)] = half - (d[k - 1] * (1 + 2 * error) + kGraphUnderflow) / 2;
    }

    std::int64_t k;
    std::vector<std::int32_t> ids;
    std::vector<float> distances;
    std::vector<float> bases;  // a pair (i, j) is too far for i when xᵢ·xⱼ < bases[i] + halves[j]
};

struct GraphWorker {
    GraphWorker(std::int64_t points, std::int64_t dim, std::int64_t k)
        : lists(points, k),
          products(kGraphBlockRows * kColumns),
          kept(kColumns),
          nonZero(static_cast<std::size_t>(dim + cpu::kListPadding)) {}
    Lists lists;
    cpu::AlignedArray<float> products;
    cpu::AlignedArray<std::int32_t> kept;
    std::vector<std::int32_t> nonZero;
};

}  // namespace

Result<NeighborGraph> neighborGraph(std::span<const float> rows, std::int64_t dim, std::int64_t k, const Job& job) {
    const auto points = static_cast<std::int64_t>(rows.size()) / dim;
    assert(1 <= k && k < points);
    const float error = screenError(dim);
    // |a − b|² = |a|² + |b|² − 2 a·b, each term off by at most γ(|a|² + |b|²)/2: nearer than t only if a·b >= (1 −
    // 4γ)(|a|² + |b|²)/2 − t/2.
    std::vector<float> halves(static_cast<std::size_t>(points)), unused(static_cast<std::size_t>(points));
    dotsAndSquares(rows.data(), dim, points, dim, rows.data(), unused.data(), halves.data());
    for (float& half : halves) half *= (1 - 4 * error) / 2;

    std::vector<GraphWorker> workers;
    for (int w = 0; w < rowWorkers(); ++w) workers.emplace_back(points, dim, k);
    const std::int64_t blocks = (points + kColumns - 1) / kColumns;
    const auto compare = [&](GraphWorker& worker, std::int64_t firstColumn) {
        const std::int64_t columns = std::min(kColumns, points - firstColumn);
        const cpu::DenseLayer layer = cpu::packRows(rows.data() + firstColumn * dim, dim, columns);
        const std::int64_t last = firstColumn + columns;  // pairs i < j only
        Lists& lists = worker.lists;
        for (std::int64_t first = 0; first < last && !job.stopped(); first += kGraphBlockRows) {
            const std::int64_t count = std::min(kGraphBlockRows, last - first);
            cpu::denseForward(layer, rows.data() + first * dim, dim, count, worker.products.data(), kColumns,
                              worker.nonZero.data());
            for (std::int64_t i = first; i < first + count; ++i) {
                const float half = halves[static_cast<std::size_t>(i)];
                const std::int64_t kept =
                    keepPairs(worker.products.data() + (i - first) * kColumns, lists.bases.data() + firstColumn,
                              halves.data() + firstColumn, columns, lists.bases[static_cast<std::size_t>(i)], half,
                              worker.kept.data());
                for (std::int64_t n = 0; n < kept; ++n) {
                    const std::int64_t j = firstColumn + worker.kept.data()[n];
                    if (j <= i) continue;
                    const float distance = squaredDistance(rows.data() + i * dim, rows.data() + j * dim, dim);
                    lists.offer(i, static_cast<std::int32_t>(j), distance, half, error);
                    lists.offer(j, static_cast<std::int32_t>(i), distance, halves[static_cast<std::size_t>(j)], error);
                }
            }
        }
    };
    const auto inRows = [&](const Progress& p) {
        job.report({p.stage, std::min(p.done * kColumns, points), points, p.unit});
    };
    // The longest columns first, so that the threads end together.
    auto done = forEachRowChunk(blocks, 1, "finding neighbours", {inRows, job.stop},
                                [&](int w, std::int64_t block, std::int64_t) {
                                    compare(workers[static_cast<std::size_t>(w)], (blocks - 1 - block) * kColumns);
                                });
    DLRM_TRY(done);

    NeighborGraph graph{.points = points,
                        .k = k,
                        .ids = std::move(workers[0].lists.ids),
                        .squaredDistances = std::move(workers[0].lists.distances)};
    Lists merged(1, k);
    for (std::int64_t i = 0; i < points && workers.size() > 1; ++i) {
        const auto offer = [&](const std::int32_t* ids, const float* distances) {
            for (std::int64_t n = 0; n < k && distances[n] < kFarthest; ++n)
                merged.offer(0, ids[n], distances[n], 0, 0);
        };
        std::fill(merged.distances.begin(), merged.distances.end(), kFarthest);
        offer(graph.ids.data() + i * k, graph.squaredDistances.data() + i * k);
        for (std::size_t w = 1; w < workers.size(); ++w)
            offer(workers[w].lists.ids.data() + i * k, workers[w].lists.distances.data() + i * k);
        std::copy(merged.ids.begin(), merged.ids.end(), graph.ids.begin() + i * k);
        std::copy(merged.distances.begin(), merged.distances.end(), graph.squaredDistances.begin() + i * k);
    }
    return graph;
}

}  // namespace dlrm
