// SPDX-License-Identifier: Apache-2.0
// From ids to the float32 rows the interaction reads: in the mapping itself where the table allows it, else converted
// into a buffer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/dataset/batch.h"
#include "core/linear/aligned.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm::cpu {

// The rows of one batch row after another. One object per thread.
class Gather {
public:
    // tables: feature order; order: interaction vector 1 + k is table order[k]. Both must outlive this object. Throws
    // std::bad_alloc.
    // combiner: how the rows of a bag become one vector, for multi-hot batches.
    Gather(std::span<const TableView> tables, std::span<const int> order, std::optional<Combiner> combiner);

    // Starts loading the table rows of batch row `row` into the cache. No effect on rows outside the batch or converted
    // tables.
    void prefetch(const BatchView& batch, std::int64_t row) const;
    // vectors[1 + k] points to the row of table order[k], as many values as the table has columns, valid until the next
    // call. Of a multi-hot batch it is the sum or mean of the bag's rows, added up in double. REQUIRES: a combiner for
    // such a batch. Throws std::bad_alloc.
    void lookUp(const BatchView& batch, std::int64_t row, std::span<const float*> vectors);

private:
    const float* combine(std::size_t table, std::span<const std::int32_t> ids, float* to);

    std::span<const TableView> m_tables;
    std::span<const int> m_order;
    std::int64_t m_widest = 0;  // columns of the widest table
    std::optional<Combiner> m_combiner;
    AlignedArray<float>
        m_converted;  // (tables, m_widest); empty when every table can be read directly and no bag was looked up
    std::vector<float> m_row;   // one row of a bag
    std::vector<double> m_sum;  // of a bag's rows
};

}  // namespace dlrm::cpu
