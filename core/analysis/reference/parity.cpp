// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/reference/parity.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <set>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr std::int64_t kOtherBatch = 37;  // divides no batch size a backend likes

double distance(double a, double b) {
    if (std::isfinite(a) && std::isfinite(b)) return std::fabs(a - b);
    const bool same = (std::isnan(a) && std::isnan(b)) || a == b;
    return same ? 0 : std::numeric_limits<double>::infinity();
}

// Floats in ascending order as integers without gaps.
std::int64_t ordered(float f) {
    const auto bits = std::bit_cast<std::int32_t>(f);
    return bits < 0 ? std::int64_t{std::numeric_limits<std::int32_t>::min()} - bits : bits;
}

std::int64_t ulpDistance(float a, float b) {
    if (std::isnan(a) || std::isnan(b))
        return std::isnan(a) && std::isnan(b) ? 0 : std::numeric_limits<std::uint32_t>::max();
    return std::llabs(ordered(a) - ordered(b));
}

std::vector<UlpBin> ulpHistogram(const std::vector<float>& logits, const std::vector<double>& reference) {
    std::vector<UlpBin> bins{{0, 0, 0}, {1, 1, 0}};
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const std::int64_t ulps = ulpDistance(logits[i], static_cast<float>(reference[i]));
        while (bins.back().high < ulps) bins.push_back({bins.back().high + 1, bins.back().high * 2, 0});
        std::find_if(bins.begin(), bins.end(), [&](const UlpBin& b) { return ulps <= b.high; })->rows++;
    }
    return bins;
}

void addLayers(std::vector<ComputedLayer>& out, const char* part, std::vector<std::vector<float>>& activations,
               std::size_t rows) {
    for (std::size_t i = 0; i < activations.size(); ++i)
        out.push_back({fmt::format("{}/{}", part, i), static_cast<std::int64_t>(activations[i].size() / rows),
                       std::move(activations[i])});
}

// In the reference's order.
std::vector<ComputedLayer> layersOf(Intermediates&& all, const ModelSpec& spec, std::size_t rows) {
    std::vector<ComputedLayer> out;
    const auto columns = [&](const std::vector<float>& values) {
        return static_cast<std::int64_t>(values.size() / rows);
    };
    addLayers(out, "bottom_mlp", all.bottomActivations, rows);
    out.push_back({"vectors", columns(all.vectors), std::move(all.vectors)});
    if (spec.interaction == InteractionKind::Cross) addLayers(out, "cross", all.crossActivations, rows);
    else out.push_back({"interaction", columns(all.interaction), std::move(all.interaction)});
    out.push_back({"top_input", columns(all.topInput), std::move(all.topInput)});
    addLayers(out, "top_mlp", all.topActivations, rows);
    return out;
}

LayerDifference difference(const ComputedLayer& layer, const ReferenceLayer& reference) {
    LayerDifference out{layer.name, 0, 0};
    if (layer.name != reference.name || layer.values.size() != reference.values.size()) {
        out.largest = out.mean = std::numeric_limits<double>::infinity();
        return out;
    }
    for (std::size_t i = 0; i < layer.values.size(); ++i) {
        const double d = distance(layer.values[i], reference.values[i]);
        out.largest = std::max(out.largest, d);
        out.mean += d;
    }
    if (!layer.values.empty()) out.mean /= static_cast<double>(layer.values.size());
    return out;
}

bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
    return std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

bool Parity::passed() const {
    const bool any = std::any_of(runs.begin(), runs.end(), [](const ParityRun& r) { return r.notRun.empty(); });
    return any && std::all_of(runs.begin(), runs.end(),
                              [&](const ParityRun& r) { return r.notRun.empty() ? r.passed : !askedByName; });
}

Batch syntheticRows(const ModelSpec& spec, std::int64_t rows, std::uint64_t seed) {
    constexpr std::uint64_t kMostCount = 1000;
    std::mt19937_64 random(seed);
    Batch batch;
    const std::int64_t numericals = spec.numericalFeatures > 0 ? spec.numericalFeatures : spec.bottomMlp.front().inputs;
    batch.resize(rows, numericals, static_cast<std::int64_t>(spec.tables.size()), false);
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < numericals; ++c)
            batch.numerical[static_cast<std::size_t>(r * numericals + c)] =
                r == 0 ? 0.0F : static_cast<float>(std::log(static_cast<double>(random() % kMostCount) + 3));
    for (std::size_t t = 0; t < spec.tables.size(); ++t)
        for (std::int64_t r = 0; r < rows; ++r) {
            const std::int64_t last = spec.tables[t].rows - 1;
            const double uniform = static_cast<double>(random() >> 11) * 0x1p-53;
            const auto rank =
                static_cast<std::int64_t>(std::exp(uniform * std::log(static_cast<double>(last) + 2))) - 1;
            batch.ids[t * static_cast<std::size_t>(rows) + static_cast<std::size_t>(r)] =
                static_cast<std::int32_t>(r == 0   ? 0
                                          : r == 1 ? last
                                                   : std::clamp<std::int64_t>(rank, 0, last));
        }
    return batch;
}

std::vector<std::int64_t> chosenRows(std::int64_t all, std::int64_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::set<std::int64_t> rows;
    // Floyd's algorithm: every set of `count` rows is equally likely.
    for (std::int64_t i = std::max<std::int64_t>(0, all - count); i < all; ++i) {
        const auto pick = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(i + 1));
        rows.insert(rows.contains(pick) ? i : pick);
    }
    return {rows.begin(), rows.end()};
}

Result<void> compareWithReference(DeviceModel& model, const ModelSpec& spec, const BatchView& batch,
                                  const ReferenceForward& reference, ParityRun& run, std::stop_token stop) {
    const auto rows = static_cast<std::size_t>(batch.rows);
    run.logits.resize(rows);
    Intermediates all;
    DLRM_TRY(model.forward(batch, run.logits, {true, true, true}, &all, stop));
    std::vector<float> again(rows), parts(rows);
    DLRM_TRY(model.forward(batch, again, {}, nullptr, stop));
    for (std::int64_t first = 0; first < batch.rows; first += kOtherBatch) {
        const std::int64_t count = std::min(kOtherBatch, batch.rows - first);
        const auto part = std::span(parts).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
        DLRM_TRY(model.forward(batch.slice(first, count), part, {}, nullptr, stop));
    }
    run.sameAgain = sameBits(run.logits, again);
    run.sameInOtherBatches = sameBits(run.logits, parts);
    run.computed = layersOf(std::move(all), spec, rows);
    run.layers.clear();
    for (std::size_t i = 0; i < std::min(run.computed.size(), reference.layers.size()); ++i)
        run.layers.push_back(difference(run.computed[i], reference.layers[i]));
    run.largest = run.mean = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        const double d = distance(run.logits[r], reference.logits[r]);
        run.largest = std::max(run.largest, d);
        run.mean += d / static_cast<double>(rows);
    }
    run.ulps = ulpHistogram(run.logits, reference.logits);
    run.passed = run.largest <= run.tolerance;
    return {};
}

}  // namespace dlrm
