// SPDX-License-Identifier: Apache-2.0
#include "checkpoint_maker.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <span>

#include <fmt/format.h>

using namespace dlrm;

namespace {

// Plainly, not through writeNpy(): hundreds of small files need not survive a power cut.
void writeFile(const std::string& path, NpyType type, const std::vector<std::int64_t>& shape,
               std::span<const std::byte> values) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << npyHeader(type, shape);
    out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size()));
    out.close();
    if (!out) std::abort();
}

void writeMlpFiles(const std::string& directory, const TestModel& m) {
    writeArray(directory + "/bottom_mlp_layer_0_kernel_part0.npy", {m.bottomInputs, m.hidden});
    writeArray(directory + "/bottom_mlp_layer_0_bias_part0.npy", {m.hidden});
    writeArray(directory + "/bottom_mlp_layer_1_kernel_part0.npy", {m.hidden, m.dim});
    writeArray(directory + "/bottom_mlp_layer_1_bias_part0.npy", {m.dim});
    writeArray(directory + "/top_mlp_layer_0_kernel_part0.npy", {m.topInputs(), m.hidden});
    writeArray(directory + "/top_mlp_layer_0_bias_part0.npy", {m.hidden});
    writeArray(directory + "/top_mlp_layer_1_kernel_part0.npy", {m.hidden, 1});
    writeArray(directory + "/top_mlp_layer_1_bias_part0.npy", {1});
}

std::string numbered(const char* word, int n) { return n == 0 ? word : fmt::format("{}_{}", word, n); }

void writeRankMlps(const std::string& rank, const TestModel& m, bool bottom, bool dataParallel) {
    int dense = 0;
    const auto layer = [&](const char* scope, std::int64_t in, std::int64_t out) {
        const std::string name = rank + scope + "_" + numbered("dense", dense++);
        writeArray(name + "_kernel_0_0.npy", {in, out});
        writeArray(name + "_bias_0_0.npy", {out});
    };
    if (bottom) {
        layer(dataParallel ? "bottom_mlp" : "bottom_model_1", m.bottomInputs, m.hidden);
        layer(dataParallel ? "bottom_mlp" : "bottom_model_1", m.hidden, m.dim);
    }
    layer("top_model", m.topInputs(), m.hidden);
    layer("top_model", m.hidden, 1);
}

}  // namespace

float tableValue(int feature, std::int64_t row, std::int64_t column) {
    return static_cast<float>(feature * 10000 + row * 16 + column);
}

void writeTable(const std::string& path, int feature, std::int64_t firstRow, std::int64_t rows,
                std::int64_t firstColumn, std::int64_t columns) {
    std::vector<float> values;
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < columns; ++c) values.push_back(tableValue(feature, firstRow + r, firstColumn + c));
    writeFile(path, NpyType{}, {rows, columns}, std::as_bytes(std::span(values)));
}

void writeArray(const std::string& path, std::vector<std::int64_t> shape, NpyType type) {
    std::int64_t bytes = type.size;
    for (const std::int64_t d : shape) bytes *= d;
    writeFile(path, type, shape, std::vector<std::byte>(static_cast<std::size_t>(bytes)));
}

void writeLayoutC(const std::string& directory, const TestModel& m) {
    for (std::size_t f = 0; f < m.cardinalities.size(); ++f)
        writeTable(fmt::format("{}/feature_{}_part0.npy", directory, f), static_cast<int>(f), 0, m.cardinalities[f], 0,
                   m.dim);
    writeMlpFiles(directory, m);
}

void writeLayoutB(const std::string& directory, const TestModel& m) {
    for (std::size_t f = 0; f < m.cardinalities.size(); ++f)
        for (std::int64_t first = 0; first < m.cardinalities[f]; first += m.rowsPerPart)
            writeTable(
                fmt::format("{}/feature_{}_{}_part{}.npy", directory, f, m.cardinalities[f], first / m.rowsPerPart),
                static_cast<int>(f), first, std::min(m.rowsPerPart, m.cardinalities[f] - first), 0, m.dim);
    writeMlpFiles(directory, m);
}

void writeLayoutA(const std::string& prefix, const TestModel& m, const std::vector<std::vector<int>>& featuresOfRank,
                  int bottomRanks) {
    for (std::size_t r = 0; r < featuresOfRank.size(); ++r) {
        const std::string rank = fmt::format("{}_rank_{}_", prefix, r);
        for (std::size_t k = 0; k < featuresOfRank[r].size(); ++k) {
            const int feature = featuresOfRank[r][k];
            const std::int64_t rows = m.cardinalities[static_cast<std::size_t>(feature)];
            for (std::int64_t first = 0; first < rows; first += m.rowsPerPart)
                writeTable(fmt::format("{}bottom_model_{}_embedding_table_0_{}.npy", rank,
                                       numbered("embedding", static_cast<int>(k)), first / m.rowsPerPart),
                           feature, first, std::min(m.rowsPerPart, rows - first), 0, m.dim);
        }
        writeRankMlps(rank, m, static_cast<int>(r) < bottomRanks, bottomRanks > 1);
    }
}

void writeLayoutAByColumns(const std::string& prefix, const TestModel& m, int ranks, int chunks) {
    const std::int64_t ofRank = m.dim / ranks, ofChunk = ofRank / std::max(chunks, 1);
    for (int r = 0; r < ranks; ++r) {
        const std::string rank = fmt::format("{}_rank_{}_", prefix, r);
        for (std::size_t f = 0; f < m.cardinalities.size(); ++f)
            for (std::int64_t first = 0; first < m.cardinalities[f]; first += m.rowsPerPart)
                for (int c = 0; c < std::max(chunks, 1); ++c) {
                    const std::string name =
                        chunks ? fmt::format("bottom_model_{}_embedding_table_chunk_{}_0_{}.npy",
                                             numbered("split_embedding", static_cast<int>(f)), c, first / m.rowsPerPart)
                               : fmt::format("bottom_model_{}_embedding_table_0_{}.npy",
                                             numbered("embedding", static_cast<int>(f)), first / m.rowsPerPart);
                    writeTable(rank + name, static_cast<int>(f), first,
                               std::min(m.rowsPerPart, m.cardinalities[f] - first), r * ofRank + c * ofChunk, ofChunk);
                }
        writeRankMlps(rank, m, true, true);
    }
}
