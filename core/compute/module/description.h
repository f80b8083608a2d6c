// SPDX-License-Identifier: Apache-2.0
// A model in the words of the module interface.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/compute/backend.h"
#include "core/compute/backend_abi.h"
#include "core/compute/table_storage.h"

namespace dlrm {

// Owns the arrays that `value` points into; the tables' values and the layers' kernels stay where the weights have
// them. Not movable.
class ModuleDescription {
public:
    // REQUIRES: the weights fit their spec (cpu::checkWeights), one placement per table.
    ModuleDescription(const ModelWeights& weights, std::span<const TablePlacement> places);
    ModuleDescription(const ModuleDescription&) = delete;
    ModuleDescription& operator=(const ModuleDescription&) = delete;

    dlrm_model_description value{};

private:
    std::vector<std::vector<dlrm_table_part>> m_parts;
    std::vector<dlrm_table> m_tables;
    std::vector<std::int32_t> m_order;
    std::vector<dlrm_dense> m_bottom, m_top;
    std::vector<dlrm_cross> m_cross;
};

// Bytes of one row of this table in device or pinned memory.
std::int64_t storedRowBytes(const TableView& table, TableStorage storage);

}  // namespace dlrm
