// SPDX-License-Identifier: Apache-2.0
// How far a backend's numbers are from the double reference, layer by layer: the parity certificate.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/reference/double_forward.h"
#include "core/dataset/batch.h"

namespace dlrm {

// |Δ| of one layer's values; infinite where exactly one of the two is not finite.
struct LayerDifference {
    std::string name;
    double largest = 0, mean = 0;
};

// Logits by their distance to the reference, rounded to float32, in units in the last place of float32: 0, 1, 2, 3–4,
// 5–8, …
struct UlpBin {
    std::int64_t low = 0, high = 0, rows = 0;
};

// A layer's float32 values as a backend gave them.
struct ComputedLayer {
    std::string name;
    std::int64_t columns = 0;
    std::vector<float> values;
};

// One backend in one precision.
struct ParityRun {
    std::string name;  // "cpu fp32"
    BackendInfo backend;
    std::string notRun;               // why it could not run, one sentence; empty: it did, and what follows is filled
    double tolerance = 0;             // largest |Δlogit| allowed, see rounding_spread.h
    double largest = 0, mean = 0;     // |Δlogit|
    bool passed = false;              // largest <= tolerance
    bool sameAgain = false;           // a second run gave the same bits
    bool sameInOtherBatches = false;  // rows in batches of another size gave the same bits
    std::vector<LayerDifference> layers;
    std::vector<UlpBin> ulps;
    std::vector<float> logits;
    std::vector<ComputedLayer> computed;
};

struct Parity {
    std::string checkpoint, dataset;  // dataset empty: synthetic rows
    std::string profile;              // preprocessing of the dataset's rows, and how they were read
    std::uint64_t seed = 0;
    std::vector<std::string> tableNames;
    std::vector<std::int64_t> rows;  // of the dataset, or counted from 0
    std::shared_ptr<const Batch> input;
    ReferenceForward reference;
    std::vector<ParityRun> runs;
    bool askedByName = false;  // the runs are of a backend that was asked for by its name: each has to happen
    bool passed() const;       // at least one run happened, each where askedByName, and none exceeds its tolerance
};

// Rows a model with these table sizes can be asked, the same for the same seed: row 0 with every id 0 and every
// numerical missing (0.0), row 1 with the last row of every table, then log-uniform ids (as frequency ranks fall) and
// ln(count + 3) numericals.
Batch syntheticRows(const ModelSpec& spec, std::int64_t rows, std::uint64_t seed);

// `count` different rows below `all`, ascending, the same for the same seed. All of them when there are not more.
std::vector<std::int64_t> chosenRows(std::int64_t all, std::int64_t count, std::uint64_t seed);

// Runs the model on these rows, again, and in other batches, and compares. Fills everything of `run` but name, backend
// and notRun.
Result<void> compareWithReference(DeviceModel& model, const ModelSpec& spec, const BatchView& batch,
                                  const ReferenceForward& reference, ParityRun& run, std::stop_token stop);

}  // namespace dlrm
