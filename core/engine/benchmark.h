// SPDX-License-Identifier: Apache-2.0
// How fast this machine reads and computes, by the wall clock: what dlrm-cli bench says. Inputs are made from fixed
// seeds, so that runs can be compared.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "core/base/result.h"
#include "core/dataset/dataset.h"
#include "core/engine/engine.h"

namespace dlrm {

// Seconds of one run.
struct Timing {
    double median = 0, fastest = 0, slowest = 0;
};
// Runs `work` one time after the other. The median of an even number is the slower of the two in the middle. REQUIRES:
// repeats >= 1.
// Errors: that of a run that fails, E-CANCELLED between two runs.
Result<Timing> timeRuns(int repeats, const std::function<Result<void>()>& work, std::stop_token stop = {});

// Rows a run, and how long it took.
struct RowsTiming {
    Timing timing;
    std::int64_t rows = 0;
    double rowsPerSecond() const { return static_cast<double>(rows) / timing.median; }
};

// Scattered rows of the largest table: 1,000 a run, other ones each time. Errors: E-ENGINE-001 the model has no table,
// E-ENGINE-002 none has a row.
struct BrowseTiming {
    RowsTiming rows;
    std::int64_t tableRows = 0;
};
Result<BrowseTiming> timeBrowsing(const Engine& engine, std::stop_token stop = {});

// The dataset's first row, first 64 rows, and first 65,536, or as many as it has; each handed to `each` when it was
// measured. Once before without the clock, so that the pages they need are read and the device is warm. Errors: those
// of Engine::predict().
Result<void> timePredictions(Engine& engine, const Dataset& dataset, const std::function<void(const RowsTiming&)>& each,
                             std::stop_token stop = {});

// All metrics, exact AUC with its interval included, of 10 million made scores. Takes 90 MB.
Result<RowsTiming> timeMetrics(std::stop_token stop = {});

}  // namespace dlrm
