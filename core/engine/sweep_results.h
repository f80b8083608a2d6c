// SPDX-License-Identifier: Apache-2.0
// What Engine::sweep(), sweepNumerical(), sweepPair() and counterfactual() found.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/analysis/sweep/field_change.h"
#include "core/analysis/sweep/sweep_average.h"
#include "core/compute/backend.h"

namespace dlrm {

inline constexpr std::int64_t kSweptValues = 200;    // of a numerical
inline constexpr std::int64_t kFirstSwept = 10'000;  // ids that are known before all others
inline constexpr std::int64_t kAveragedRows = 1000;  // at most, of the dataset
inline constexpr std::int64_t kPairValues = 30;      // of either field of a pair

struct Sweep {
    bool numerical = false;     // else of a table
    float current = 0;          // the logit of the row as it is
    std::vector<float> logits;  // by row of the table, or by value; not finite where a prediction is not
    std::int64_t done = 0;      // of a table: ids that were predicted; the logits of the others mean nothing yet
    std::vector<float> values;  // of a numerical: as fed, ascending; of a table: none
    // Of a numerical: the dataset's rows that were looked at, and how many values they have; as many as `values`, or
    // these are quantiles of them.
    std::int64_t rowsLooked = 0, distinct = 0;
    std::optional<SweepAverage> average;  // of a numerical, where it was asked for
    BackendInfo backend;
    double seconds = 0;  // of the predictions of the row
    std::span<const float> known() const {
        return std::span(logits).first(static_cast<std::size_t>(numerical ? std::ssize(logits) : done));
    }
    double rowsPerSecond() const { return seconds > 0 ? static_cast<double>(known().size()) / seconds : 0; }
};

// What is known so far, valid during the call; from the thread of the sweep.
using SweepPartialFn = std::function<void(const Sweep& soFar)>;

struct SweepAverageOptions {
    std::int64_t rows = 0;  // at most; 0: no average
    std::uint64_t seed = 1;
};

// A field of a row, by its place.
struct SweptField {
    bool numerical = false;  // else of a table
    std::size_t index = 0;   // of the dataset's numericals, or of the tables in feature order
    friend bool operator==(const SweptField&, const SweptField&) = default;
};

struct SweptAxis {
    SweptField field;
    std::vector<float> values;      // of a numerical: as fed, ascending
    std::vector<std::int64_t> ids;  // of a table: the lowest
    std::size_t size() const { return field.numerical ? values.size() : ids.size(); }
};

struct PairSweep {
    SweptAxis a, b;
    std::vector<float> logits;    // (a, b) row-major; not finite where a prediction is not
    float current = 0;            // the logit of the row as it is
    std::int64_t rowsLooked = 0;  // of the dataset, for quantiles; 0: no field is a numerical
    BackendInfo backend;
    double seconds = 0;
};

struct CounterfactualOptions {
    std::optional<double> threshold;  // nothing: the share of clicks among the rows that are looked at
};

struct Counterfactual {
    double threshold = 0;
    bool byClicks = false;                    // it is the share of clicks
    std::int64_t rowsLooked = 0, clicks = 0;  // of the dataset, for quantiles and clicks
    float current = 0;                        // the logit of the row as it is
    bool clicked = false;                     // what that is called
    std::vector<FieldChange> changes;         // of the fields that were searched, by sortChanges()
    std::int64_t fields = 0;                  // in all
    std::int64_t predictions = 0;
    BackendInfo backend;
    double seconds = 0;  // of the predictions
    bool final() const { return std::ssize(changes) == fields; }
};

// Called after each field; valid during the call, from the thread of the search.
using CounterfactualPartialFn = std::function<void(const Counterfactual& soFar)>;

}  // namespace dlrm
