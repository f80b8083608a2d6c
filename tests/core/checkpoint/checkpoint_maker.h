// SPDX-License-Identifier: Apache-2.0
// Writes small checkpoints of every layout, whole, so that a test can damage them in one way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/formats/npy_writer.h"

struct TestModel {
    std::vector<std::int64_t> cardinalities{50, 7, 300, 7};  // feature order
    std::int64_t dim = 4;
    std::int64_t bottomInputs = 16, hidden = 8;
    std::int64_t topPadding = 2;
    std::int64_t rowsPerPart = 64;

    std::int64_t topInputs() const {
        const auto n = static_cast<std::int64_t>(cardinalities.size());
        return n * (n + 1) / 2 + dim + topPadding;
    }
};

// Value (row, column) of the table of `feature`: different for every place, so that a mix-up shows.
float tableValue(int feature, std::int64_t row, std::int64_t column);

// Columns [firstColumn, firstColumn + columns) of rows [firstRow, firstRow + rows).
void writeTable(const std::string& path, int feature, std::int64_t firstRow, std::int64_t rows,
                std::int64_t firstColumn, std::int64_t columns);
// An array of zeros.
void writeArray(const std::string& path, std::vector<std::int64_t> shape, dlrm::NpyType type = {});

void writeLayoutC(const std::string& directory, const TestModel& model);
void writeLayoutB(const std::string& directory, const TestModel& model);

// Layout A. featuresOfRank: the features whose tables each rank holds, in its numbering. `bottomRanks`: ranks 0 … that
// hold the bottom MLP.
void writeLayoutA(const std::string& prefix, const TestModel& model,
                  const std::vector<std::vector<int>>& featuresOfRank, int bottomRanks = 1);
// Layout A with every table on every rank, each rank having dim / ranks columns in `chunks` column chunks (0: not a
// split embedding).
void writeLayoutAByColumns(const std::string& prefix, const TestModel& model, int ranks, int chunks);
