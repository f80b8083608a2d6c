// SPDX-License-Identifier: Apache-2.0
// One layer's outputs for one row: how many units are active, and which switched against another row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/compute/backend.h"
#include "core/model/model_spec.h"

namespace dlrm {

// A unit is active in a row when its output is above 0, as unit_atlas.h counts it. +∞ is above 0: its sum overflowed
// upwards, so the unit is on; NaN is above nothing.
struct LayerActivity {
    std::int64_t active = 0;      // units
    std::int64_t notFinite = 0;   // units whose output is NaN or infinite; infinite ones may be active, too
    std::int64_t notNumbers = 0;  // NaN alone
    double mean = 0;              // of all outputs
    float largest = 0;            // of the outputs that are numbers; NaN where none is
};
// outputs: (units), not empty.
LayerActivity layerActivity(std::span<const float> outputs);

// Against the same layer of another row.
struct ActivityChange {
    std::vector<float> differences;  // (units): here less there
    std::int64_t switched =
        0;  // units that are active in one of the two rows; a unit that is NaN in either is left out
    std::int64_t notNumbers = 0;  // units left out
};
// REQUIRES: same size.
ActivityChange activityChange(std::span<const float> outputs, std::span<const float> reference);

// Every layer of one row that has outputs, in the order in which they are computed.
struct NamedActivity {
    std::string layer;
    std::span<const float> outputs;  // of the row's intermediates
    LayerActivity activity;
};
// row: intermediates of one row with activations; they must outlive the result.
std::vector<NamedActivity> layerActivities(const Intermediates& row, const ModelSpec& spec);

}  // namespace dlrm
