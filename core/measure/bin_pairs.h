// SPDX-License-Identifier: Apache-2.0
// The measure "bin_pairs": rows, clicks and what was predicted in all bins of all fields, and in all pairs of them.
#pragma once

#include <memory>
#include <vector>

#include "core/analysis/slices/partition.h"
#include "core/analysis/slices/weakest.h"
#include "core/measure/measure.h"
#include "core/measure/saved_partitions.h"

namespace dlrm {

// For rows of one id per feature. State, over the cells of a BinLayout that have rows: "cell", uint32, ascending;
// "rows", "positives", uint32; "probability", "variance", int64, in BinCell::kUnit; "texts", uint8: of each field what
// it is called and its bins, with a NUL behind each.
class BinPairs : public Measure {
public:
    // Of every field its bins, by what is fed: they look at no row numbers. At least one. `most`: slices to list.
    // Throws std::bad_alloc.
    explicit BinPairs(SlicePartitions fields, std::int64_t most = 10);
    // An empty one that such a state can be loaded into; it takes no rows. Errors: those of partitionsOf(),
    // E-MEASURE-005 more than kMostBinPairs.
    static Result<std::unique_ptr<BinPairs>> madeFor(const MeasureState& state);

    std::string_view key() const override { return "bin_pairs"; }
    MeasureWants wants() const override { return {true, true, {}}; }
    std::int64_t rows() const override { return m_rows; }
    // REQUIRES: one id per feature, every id inside its table. Error E-ANALYSIS-003: 2³² rows or more.
    Result<void> add(const MeasuredRows& rows) override;

    // See weakestSlices().
    WeakestSlices weakest() const;

protected:
    std::vector<std::int64_t> shape() const override;
    std::pair<std::string, std::string> differsBy(const Measure& other) const override;
    // Error E-ANALYSIS-003.
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    void addChunk(const BatchView& rows, std::span<const float> logits);
    Result<void> checkFields(std::int64_t rows) const;

    const SlicePartitions m_fields;
    const std::int64_t m_most;
    const BinLayout m_layout;
    std::int64_t m_rows = 0;
    std::vector<BinCell> m_cells;
};

}  // namespace dlrm
