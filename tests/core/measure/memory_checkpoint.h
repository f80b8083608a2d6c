// SPDX-License-Identifier: Apache-2.0
// A checkpoint of tables of zeros in memory, without layers: enough to pass over rows.
#pragma once

#include <memory>
#include <vector>

#include "core/checkpoint/checkpoint.h"
#include "tests/core/analysis/tables/memory_table.h"

namespace dlrm::test {

class MemoryCheckpoint {
public:
    explicit MemoryCheckpoint(const std::vector<std::int64_t>& tableRows) {
        Checkpoint::Contents contents;
        contents.path = "memory";
        contents.spec.layout = "B";
        for (const std::int64_t rows : tableRows) {
            m_tables.push_back(
                std::make_unique<MemoryTable>(rows, 1, std::vector<float>(static_cast<std::size_t>(rows))));
            contents.tables.push_back(m_tables.back()->view());
            TableSpec& table = contents.spec.tables.emplace_back();
            table.name = "cat_" + std::to_string(m_tables.size() - 1);
            table.rows = rows;
            table.dim = 1;
        }
        contents.tableFiles.resize(tableRows.size());
        m_checkpoint = std::make_unique<Checkpoint>(std::move(contents));
    }
    const Checkpoint& get() const { return *m_checkpoint; }

private:
    std::vector<std::unique_ptr<MemoryTable>> m_tables;
    std::unique_ptr<Checkpoint> m_checkpoint;
};

}  // namespace dlrm::test
