// SPDX-License-Identifier: Apache-2.0
// A seeded random model in the ABI's form, and its twin: the forward pass and whole-table work in double by their
// definitions. No Qt, no core library.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/compute/backend_abi.h"

namespace dlrm::test {

struct ModelOptions {
    std::vector<std::int64_t> tableRows{1000, 37, 500, 1, 64};
    std::int64_t dim = 16;           // of the bottom MLP's output, and of tables unless `dims` says otherwise
    std::vector<std::int64_t> dims;  // cross models: of each table
    std::int64_t numericals = 13, bottomKernelRows = 13;
    std::vector<std::int64_t> bottom{32, 16}, top{64, 32, 1};  // outputs; the last of bottom is dim
    std::int64_t topPadding =
        0;  // rows of the first top kernel beyond the interaction, with values that must not matter
    bool dotsFirst = false;
    int crossLayers = 0;
    std::int64_t projection = 0;
    std::int32_t type = DLRM_TYPE_F32;           // of the table files
    bool swapped = false;                        // big-endian files
    std::int64_t partRows = 0, splitColumn = 0;  // tables cut by rows, and into two column parts; 0: not
    double gpuShare = 1, pinnedShare = 0;        // of the rows of every table
    std::uint32_t seed = 1;
};

// What the twin makes of one row.
struct TwinRow {
    double logit = 0;
    std::vector<double> vectors, interaction, topInput;
    std::vector<std::vector<double>> bottom, top, cross;
};

class RandomModel {
public:
    explicit RandomModel(const ModelOptions& options);
    RandomModel(const RandomModel&) = delete;

    const ModelOptions& options() const { return m_options; }
    const dlrm_model_description& description() const { return m_description; }
    // The value the file holds, as float32.
    float value(std::size_t table, std::int64_t row, std::int64_t column) const;
    std::int64_t dimOf(std::size_t table) const { return m_tables[table].dim; }
    // Overwrites a value in file and twin, e.g. with NaN.
    void setValue(std::size_t table, std::int64_t row, std::int64_t column, float value);

    struct Batch {
        std::int64_t rows = 0;
        std::vector<float> numerical;
        std::vector<std::int32_t> ids;  // tables × rows
        dlrm_batch view(std::int64_t numericals) const {
            return {rows, numericals, rows, numerical.data(), ids.data()};
        }
    };
    Batch batch(std::int64_t rows, std::uint32_t seed) const;
    // storage: DLRM_TABLES_…, the rounding the tables go through.
    TwinRow twin(const Batch& batch, std::int64_t row, std::int32_t storage) const;

private:
    struct Table {
        std::int64_t rows = 0, dim = 0;
        std::vector<float> values;  // as the file's type holds them
        std::vector<std::vector<char>> files;
        std::vector<dlrm_table_part> parts;
    };
    void writeFiles(Table& table) const;
    std::vector<double> storedRow(const Table& table, std::int64_t row, std::int32_t storage) const;

    ModelOptions m_options;
    std::vector<Table> m_tables;
    std::vector<std::vector<float>> m_weights;  // kernels and biases the description points to
    std::vector<dlrm_table> m_abiTables;
    std::vector<dlrm_dense> m_bottom, m_top;
    std::vector<dlrm_cross> m_cross;
    std::vector<std::int32_t> m_order;
    dlrm_model_description m_description{};
};

}  // namespace dlrm::test
