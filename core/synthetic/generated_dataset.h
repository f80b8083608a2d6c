// SPDX-License-Identifier: Apache-2.0
// The rows of a synthetic dataset, generated when read: what the demo writer writes out and predicts labels for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/dataset/dataset.h"

namespace dlrm {

class GeneratedDataset : public Dataset {
public:
    // `splitName` becomes part of every row's position: splits hold different rows.
    GeneratedDataset(std::uint64_t seed, std::string splitName, std::int64_t rows, std::int64_t numericals,
                     std::vector<std::int64_t> cardinalities);

    const DatasetSchema& schema() const override { return m_schema; }
    std::int64_t rows() const override { return m_rows; }
    bool hasLabels() const override { return false; }
    std::string path() const override { return "(generated)"; }
    std::string format() const override { return "generated"; }
    std::string profile() const override { return "nvidia_spark"; }
    std::string split() const override { return m_splitName; }
    std::vector<std::string> splits() const override { return {m_splitName}; }
    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override;
    Result<std::optional<RawRow>> rawRow(std::int64_t) const override { return std::optional<RawRow>(); }
    std::string fileOfCategorical(std::size_t) const override { return {}; }
    Result<void> checkUnchanged() const override { return {}; }

    // As it stands in a split_binary file.
    std::int32_t id(std::int64_t row, std::size_t feature) const;
    std::uint16_t numerical(std::int64_t row, std::size_t feature) const;
    // 1 with the given probability.
    std::uint8_t label(std::int64_t row, double probability) const;

private:
    std::uint64_t m_seed, m_split;
    std::string m_splitName;
    std::int64_t m_rows;
    DatasetSchema m_schema;
};

}  // namespace dlrm
