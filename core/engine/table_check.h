// SPDX-License-Identifier: Apache-2.0
// The doctor's question for each table: would the model predict better without it?
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/compute/backend.h"
#include "core/dataset/batch.h"

namespace dlrm {

// Of the labels' entropy: what a table must make worse to be told. With enough rows five standard errors are less than
// what a table loses that was fitted too closely, on another day.
inline constexpr double kHarmWorthTelling = 0.001;

struct HarmfulTable {
    std::string name;
    double gain = 0;                    // log loss with the table over that without it, an intercept fitted to each
    double standardErrors = 0;          // paired, of `gain`
    std::vector<std::string> partners;  // other tables of which the same holds, but not once this one is left out
};

// Whether it is to be told; `entropy` of the labels, in nats.
bool isWorthTelling(const HarmfulTable& table, double entropy);

// The tables whose vectors, replaced by their mean over `rows`, leave a smaller log loss, as isWorthTelling() asks; the
// one of the largest gain first. A table that was trained for these ids helps, or does nothing; one that the model
// multiplies with a wrong table does harm as long as that one is there, and is named as its partner.
// Loads the model once for every table and again for every two that do harm. REQUIRES: rows with one id per feature,
// each inside its table, and labels of both classes; finite predictions. Its progress never goes back. Errors: those of
// Backend::load() and DeviceModel::forward(); E-CANCELLED.
Result<std::vector<HarmfulTable>> harmfulTables(Backend& backend, const ModelWeights& weights, const Batch& rows,
                                                const Job& job);

// The logits of all rows, some at a time.
Result<std::vector<float>> logitsOf(DeviceModel& model, const Batch& rows, const std::stop_token& stop);

}  // namespace dlrm
