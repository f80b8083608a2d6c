// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/maps/umap_layout.h"

#include <algorithm>
#include <numeric>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "core/analysis/maps/umap_kernels.h"

namespace dlrm {
namespace {

constexpr std::int64_t kGroupsPerTask = 16;

std::uint64_t scrambled(std::uint64_t x) {  // the finalizer of SplitMix64
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

// The points with the most pulls first, so that those side by side have about as much to do: order[k] is the point that
// gets number k.
std::vector<std::int32_t> busiestFirst(const FuzzyGraph& graph) {
    std::vector<float> pulls(static_cast<std::size_t>(graph.points));
    for (std::size_t i = 0; i < pulls.size(); ++i)
        pulls[i] = std::accumulate(graph.strengths.begin() + graph.starts[i],
                                   graph.strengths.begin() + graph.starts[i + 1], 0.0F);
    std::vector<std::int32_t> order(pulls.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        return pulls[static_cast<std::size_t>(a)] > pulls[static_cast<std::size_t>(b)];
    });
    return order;
}

LayoutState stateOf(const FuzzyGraph& graph, const std::vector<std::int32_t>& order, std::span<const float> coordinates,
                    const LayoutOptions& options) {
    const auto edgesOf = [&](std::size_t point) { return graph.starts[point + 1] - graph.starts[point]; };
    LayoutState state;
    state.points = graph.points;
    state.padded = cpu::roundUp(graph.points, kLayoutGroup);
    state.components = options.components;
    std::vector<std::int32_t> numberOf(order.size());
    state.starts.assign(static_cast<std::size_t>(state.padded) + 1, 0);
    for (std::size_t k = 0; k < static_cast<std::size_t>(state.padded); ++k) {
        const std::int64_t edges =
            k < order.size() ? cpu::roundUp(edgesOf(static_cast<std::size_t>(order[k])), kLayoutEdges) : 0;
        state.starts[k + 1] = state.starts[k] + edges;
        state.longest = std::max(state.longest, edges);
        if (k < order.size()) numberOf[static_cast<std::size_t>(order[k])] = static_cast<std::int32_t>(k);
    }
    const std::int64_t edges = state.starts.back();
    state.targets = cpu::AlignedArray<std::int32_t>(edges);
    state.rates = cpu::AlignedArray<float>(edges);
    state.pending = cpu::AlignedArray<float>(edges);
    const float strongest =
        graph.strengths.empty() ? 1 : *std::max_element(graph.strengths.begin(), graph.strengths.end());
    const float weakest = strongest / static_cast<float>(options.epochs);  // weaker edges would not be due once
    for (std::size_t k = 0; k < order.size(); ++k) {
        const auto point = static_cast<std::size_t>(order[k]);
        for (std::int64_t e = 0; e < edgesOf(point); ++e) {
            const auto from = static_cast<std::size_t>(graph.starts[point] + e);
            const std::int64_t to = state.starts[k] + e;
            state.targets.data()[to] = numberOf[static_cast<std::size_t>(graph.targets[from])];
            state.rates.data()[to] = graph.strengths[from] < weakest ? 0 : graph.strengths[from] / strongest;
        }
    }
    for (std::size_t c = 0; c < static_cast<std::size_t>(options.components); ++c) {
        state.now[c] = cpu::AlignedArray<float>(state.padded);
        state.next[c] = cpu::AlignedArray<float>(state.padded);
        for (std::size_t k = 0; k < order.size(); ++k)
            state.now[c].data()[k] =
                coordinates[static_cast<std::size_t>(order[k]) * static_cast<std::size_t>(options.components) + c];
    }
    return state;
}

std::vector<float> coordinatesOf(const LayoutState& state, const std::vector<std::int32_t>& order) {
    const auto components = static_cast<std::size_t>(state.components);
    std::vector<float> out(order.size() * components);
    for (std::size_t k = 0; k < order.size(); ++k)
        for (std::size_t c = 0; c < components; ++c)
            out[static_cast<std::size_t>(order[k]) * components + c] = state.now[c].data()[k];
    return out;
}

}  // namespace

Result<std::vector<float>> layOut(const FuzzyGraph& graph, std::span<const float> coordinates,
                                  const LayoutOptions& options, const AfterEpochFn& afterEpoch, std::stop_token stop) {
    const std::vector<std::int32_t> order = busiestFirst(graph);
    LayoutState state = stateOf(graph, order, coordinates, options);
    // Indexes of lanes that have nothing to do are read from it too, so it starts as zeros.
    tbb::enumerable_thread_specific<cpu::AlignedArray<std::int32_t>> scratch(
        [&] { return cpu::AlignedArray<std::int32_t>(state.scratchSize()); });
    const std::int64_t groups = state.padded / kLayoutGroup;
    const std::int64_t tasks = (groups + kGroupsPerTask - 1) / kGroupsPerTask;
    const int rounds = 2 * options.epochs;
    for (int r = 0; r < rounds; ++r) {
        if (stop.stop_requested()) return cancelled();
        const LayoutRound round{.a = static_cast<float>(options.a),
                                .b = static_cast<float>(options.b),
                                .step = 1 - static_cast<float>(r / 2) / static_cast<float>(options.epochs),
                                .pushes = 2 + r % 2,  // five per two pulls of an edge, one from each end
                                .seed = static_cast<std::uint32_t>(
                                    scrambled(options.seed * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(r) + 1))};
        tbb::parallel_for(std::int64_t{0}, tasks, [&](std::int64_t task) {
            layoutRound(state, round, task * kGroupsPerTask, std::min(groups, (task + 1) * kGroupsPerTask),
                        scratch.local().data());
        });
        std::swap(state.now, state.next);
        if (r % 2 == 1) afterEpoch((r + 1) / 2, [&] { return coordinatesOf(state, order); });
    }
    return coordinatesOf(state, order);
}

}  // namespace dlrm
