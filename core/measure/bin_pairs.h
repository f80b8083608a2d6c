// SPDX-License-Identifier: Apache-2.0
// The measure "bin_pairs": rows, clicks and what was predicted in all bins of all fields, and in all pairs of them.
#pragma once

#include <memory>
#include <vector>

#include "core/analysis/slices/partition.h"
#include "core/analysis/slices/weakest.h"
#include "core/measure/measure.h"

namespace dlrm {

// For rows of one id per feature. State, over the cells of a BinLayout: "rows", "positives", uint32; "probability",
// "variance", int64, in BinCell::kUnit.
class BinPairs : public Measure {
public:
    // Of every field its bins, by what is fed: they look at no row numbers. At least one. Throws std::bad_alloc.
    explicit BinPairs(std::vector<std::shared_ptr<const SlicePartition>> fields);

    std::string_view key() const override { return "bin_pairs"; }
    MeasureWants wants() const override { return {true, true, {}}; }
    std::int64_t rows() const override { return m_rows; }
    // REQUIRES: one id per feature, every id inside its table. Error E-ANALYSIS-003: 2³² rows or more.
    Result<void> add(const MeasuredRows& rows) override;

    // See weakestSlices().
    WeakestSlices weakest(std::size_t most) const;

protected:
    std::vector<std::int64_t> shape() const override;
    // Error E-ANALYSIS-003.
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    void addChunk(const BatchView& rows, std::span<const float> logits);
    Result<void> checkFields(std::int64_t rows) const;

    const std::vector<std::shared_ptr<const SlicePartition>> m_fields;
    const BinLayout m_layout;
    std::int64_t m_rows = 0;
    std::vector<BinCell> m_cells;
};

}  // namespace dlrm
