// SPDX-License-Identifier: Apache-2.0
// A measure: something computed from every row of a dataset, in one pass with others (row_pass.h). States of disjoint
// rows merge in any order, and through files, to the same bits as one pass over all of them: counts are integers, sums
// are exact (core/metrics/long_sum.h), keys are sorted when they are saved, and of rows that tie for a place the one
// with the lowest number has it. No rows at all are a state like any other. THE TABLE OF MEASURES is measures.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/compute/backend.h"
#include "core/dataset/batch.h"
#include "core/measure/state.h"

namespace dlrm {

// What a measure looks at beside ids and numericals.
struct MeasureWants {
    bool labels = false;
    bool logits = false;
    Wanted intermediates;  // any of them: the rows are predicted
    bool anyIntermediates() const {
        return intermediates.vectors || intermediates.interaction || intermediates.activations;
    }
    bool predictions() const { return logits || anyIntermediates(); }
};

// Some rows of the pass. What nobody wants may be empty.
struct MeasuredRows {
    BatchView rows;
    std::int64_t firstRow = 0;                     // of the dataset
    std::span<const float> logits;                 // (rows), finite
    const Intermediates* intermediates = nullptr;  // not null where any are wanted
};

class Measure {
public:
    virtual ~Measure() = default;
    // Of THE TABLE OF MEASURES; names the measure in files.
    virtual std::string_view key() const = 0;
    virtual MeasureWants wants() const = 0;
    // Rows that were added or merged so far.
    virtual std::int64_t rows() const = 0;
    // Batches in any order, one call at a time. An error leaves the measure of no further use; its row is the
    // dataset's.
    virtual Result<void> add(const MeasuredRows& rows) = 0;
    // Does now, until `stop` is requested, what takes long once all rows are there: sorting. Error E-CANCELLED.
    virtual Result<void> finish(const std::stop_token& stop);

    // Adds what `other` has seen. REQUIRES: their rows are disjoint. Error E-MEASURE-006, with nothing merged, when it
    // is another measure, or one of another shape: of other tables, other layers, other rows to sample.
    Result<void> merge(Measure&& other);
    // All of it; the same rows give the same bits, whatever the order. Not const: it may sort. Throws std::bad_alloc.
    MeasureState save();
    // Replaces what this measure has seen by what `state` tells. A state is hostile until it is loaded. Errors:
    // E-MEASURE-001 … 005, E-MEASURE-006 when it is of another shape; this measure is of no further use then.
    Result<void> load(MeasureState&& state);

protected:
    // What two states must share to be merged, as plain numbers; saved as the array "shape". Empty where the states of
    // all models can be merged.
    virtual std::vector<std::int64_t> shape() const = 0;
    // Of one of the same class and another shape: what is other, this measure's and that one's.
    virtual std::pair<std::string, std::string> differsBy(const Measure& other) const;
    // REQUIRES: `other` is of the same class and shape.
    virtual Result<void> mergeSame(Measure& other) = 0;
    // Puts arrays of int64 or uint32; a double has no place in a state, since its sums depend on the order.
    virtual void saveInto(MeasureState& state) = 0;
    // Takes every array that saveInto() puts, each with its length, and refuses what cannot be: whatever it takes,
    // saveInto() puts again, bit by bit.
    virtual Result<void> loadFrom(MeasureState& state) = 0;
};

}  // namespace dlrm
