// SPDX-License-Identifier: Apache-2.0
// A model of any shape with random weights, and random rows for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/compute/backend.h"
#include "core/dataset/batch.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm::test {

struct ModelShape {
    std::int64_t dim = 16;
    std::vector<std::int64_t> cardinalities = {40, 7, 300};
    std::int64_t numericals = 13;
    std::int64_t bottomPadding = 3;                 // kernel rows of the first bottom layer beyond the numericals
    std::vector<std::int64_t> bottomHidden = {32};  // followed by dim
    std::int64_t topPadding = 1;                    // kernel rows of the first top layer beyond the interaction's width
    std::vector<std::int64_t> topHidden = {48, 20};  // followed by 1
    InteractionOrder order = InteractionOrder::CustomCuda;
    bool permuteTables = false;
    DType tableType = DType::Float32;     // Float16 or Float32
    std::int64_t rowsPerPart = 0;         // 0: one part a table
    int crossLayers = 0;                  // > 0: DCNv2
    std::int64_t projection = 0;          // 0: full rank
    std::optional<Combiner> combiner;     // of multi-hot rows
    std::vector<std::int64_t> tableDims;  // DCNv2: columns of each table; empty: dim
};

// Owns everything a ModelWeights looks at. Not movable: views point into it.
class SyntheticModel {
public:
    SyntheticModel(const ModelShape& shape, std::uint64_t seed);
    SyntheticModel(const SyntheticModel&) = delete;
    SyntheticModel& operator=(const SyntheticModel&) = delete;

    const ModelSpec& spec() const { return m_spec; }
    ModelWeights weights() const { return {&m_spec, m_views, bottom, top, cross}; }
    // Value of a table as the double the model means.
    double tableValue(std::size_t table, std::int64_t row, std::int64_t column) const;
    Batch rows(std::int64_t count, std::uint64_t seed) const;

    std::vector<DenseWeights> bottom, top;  // may be changed before weights()
    std::vector<CrossWeights> cross;

private:
    ModelSpec m_spec;
    std::vector<std::vector<std::byte>> m_values;
    std::vector<TableView> m_views;
};

}  // namespace dlrm::test
