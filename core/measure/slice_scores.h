// SPDX-License-Identifier: Apache-2.0
// The measure "slices": what the metrics of slices of the rows are computed from.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/analysis/slices/partition.h"
#include "core/analysis/slices/slice_figures.h"
#include "core/analysis/slices/slice_sums.h"
#include "core/measure/measure.h"
#include "core/measure/saved_partitions.h"

namespace dlrm {

// For rows of one id per feature. State, over the classes of all partitions in their order: "rows", "positives", int64
// (classes); "sums", uint32 (classes, kSliceTerms, LongSum::kDigits); "buckets", int64 (classes): of the score buckets
// that were met how many are its; "bucket", "negatives_in", "positives_in", uint32, of each of those, ascending;
// "texts", uint8: of each partition its key and its sentences, with a NUL behind each.
class SliceScores : public Measure {
public:
    // At least one partition. numberOf: the number of a row of the pass in the data; empty: itself. Throws
    // std::bad_alloc.
    SliceScores(SlicePartitions partitions, SliceLimits limits = {},
                std::function<std::int64_t(std::int64_t)> numberOf = {});
    // An empty one that such a state can be loaded into; it takes no rows.
    // Errors: those of partitionsOf().
    static Result<std::unique_ptr<SliceScores>> madeFor(const MeasureState& state);

    std::string_view key() const override { return "slices"; }
    MeasureWants wants() const override { return {true, true, {}}; }
    std::int64_t rows() const override { return m_rows; }
    // REQUIRES: one id per feature, every id inside its table. Error E-ANALYSIS-003: 2³² rows or more.
    Result<void> add(const MeasuredRows& rows) override;

    // Every slice, partition by partition.
    std::vector<SliceResult> results();

protected:
    std::vector<std::int64_t> shape() const override;
    std::pair<std::string, std::string> differsBy(const Measure& other) const override;
    // Error E-ANALYSIS-003.
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    void addChunk(const MeasuredRows& rows, std::int64_t first, std::int64_t count);
    void settle();

    const SlicePartitions m_partitions;
    const SliceLimits m_limits;
    const std::function<std::int64_t(std::int64_t)> m_numberOf;
    bool m_numbers = false;  // some partition looks at them
    std::int64_t m_rows = 0;
    std::vector<std::vector<SliceSums>> m_sums;  // of every class of every partition
};

}  // namespace dlrm
