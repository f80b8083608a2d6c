// SPDX-License-Identifier: Apache-2.0
// How often every hidden unit is active over the rows of a dataset, which units switch together, and how many
// parameters that makes removable.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/analysis/layers/statistics.h"
#include "core/base/ids.h"
#include "core/compute/backend.h"
#include "core/model/model_spec.h"

namespace dlrm {

// Rows whose on-off pattern is kept bit by bit: all of them, or this many evenly spread ones, row k·rows/sample of the
// range.
inline constexpr std::int64_t kPatternRows = 4096;

// A ReLU layer's units. A unit is active in a row when its output is above 0.
struct AtlasLayer {
    std::string name;
    bool top = false;
    std::size_t layer = 0;
    std::vector<std::int64_t> active;    // per unit: rows it was active in
    std::int64_t never = 0, always = 0;  // units active in none, in all of the rows counted
    // Final results only. patternOf: the first unit before it with the same on-off pattern over the sampled rows, -1:
    // none, or never or always active there.
    std::vector<std::int64_t> patternOf;
    // Active at least once, neither it nor UnitStatistics::duplicateOf is unread, and that unit is active in as many
    // rows and in the same ones of the sampled rows: its outgoing weights can be added, scaled, to that unit's. Never
    // in the bottom MLP's last layer, whose units are components of a vector and cannot be merged.
    std::vector<std::uint8_t> mergeable;
    std::int64_t samePattern = 0, merged = 0;  // units of the two kinds
    // Units never active, mergeable or proved to be of no use (provedPrunable), each counted once.
    std::int64_t removable = 0;
};

struct UnitAtlas {
    std::int64_t rows = 0, totalRows = 0;  // counted, asked for
    bool final = false;
    std::int64_t patternRows = 0;
    std::vector<AtlasLayer> layers;  // bottom MLP, then the ReLU layers of the top MLP
    // Final results only. Learned values of both MLPs (padding rows left out), and how many of them go when the
    // removable units do: a unit's incoming weights, its bias and the weights that read it, each counted once. The
    // logit's unit stays.
    std::int64_t parameters = 0, prunable = 0;
    double seconds = 0, rowsPerSecond = 0;
    std::string datasetPath, split, profile;
    std::int64_t firstRow = 0;
    BackendInfo backend;

    // Null: it has no ReLU.
    const AtlasLayer* find(bool top, std::size_t layer) const {
        const auto found = std::find_if(layers.begin(), layers.end(),
                                        [&](const AtlasLayer& l) { return l.top == top && l.layer == layer; });
        return found != layers.end() ? &*found : nullptr;
    }
};

// What the figures are made of.
struct UnitCounts {
    // REQUIRES: range is not empty. Throws std::bad_alloc.
    UnitCounts(const ModelSpec& spec, RowRange range);

    RowRange range;                  // of the dataset: the rows that the sample is spread over
    std::int64_t sample;             // rows whose pattern is kept
    std::size_t words;               // 64-bit words of a pattern
    std::int64_t rows = 0;           // counted
    std::vector<AtlasLayer> layers;  // name, place and `active`
    // Per layer (units, words); bit k of a unit: active in sampledRow(k).
    std::vector<std::vector<std::uint64_t>> patterns;

    std::int64_t sampledRow(std::int64_t k) const;  // of the dataset
    // The first sampled row that is not before `row`; `sample` where there is none.
    std::int64_t firstSampled(std::int64_t row) const;
};

// Frequencies so far.
UnitAtlas interimAtlas(const UnitCounts& counts);
// Everything. REQUIRES: every row of the range was counted; layers are of the same model.
UnitAtlas unitAtlas(const UnitCounts& counts, const ModelSpec& spec, const ModelLayers& layers);

// Learned values of both MLPs; the same with the marked units taken out. removed: per layer of the model, bottom MLP
// first, a flag per unit, or empty.
std::int64_t learnedParameters(const ModelSpec& spec, std::span<const std::vector<std::uint8_t>> removed = {});

}  // namespace dlrm
