// SPDX-License-Identifier: Apache-2.0
// The JSON files beside newer checkpoints: what the training code wrote about the model beside its weights. Private to
// core/checkpoint.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/random_access_file.h"
#include "core/base/result.h"

namespace dlrm {

struct DenseConfig {
    std::vector<std::int64_t> embeddingDims;  // per table
    std::string interaction;                  // "dot_custom_cuda", "dot_tensorflow", "cross"
    std::vector<std::int64_t> bottomDims, topDims;
    std::int64_t numericals = 0;
    std::vector<std::int64_t> cardinalities;
    std::int64_t crossLayers = 0, projection = 0;  // projection 0: full rank
    std::shared_ptr<RandomAccessFile> file;
    bool isCross() const { return interaction == "cross"; }
};

struct SparseConfig {
    std::vector<std::int64_t> embeddingDims, cardinalities;
    bool concatEmbedding = false;
    bool sumsBags = false;  // written by the version whose embedding layers add up the vectors of several ids
    std::shared_ptr<RandomAccessFile> file;
};

constexpr std::int64_t kMostConfigBytes = std::int64_t{1} << 20;
constexpr std::size_t kMostConfigTables = 4096;

// `relative` inside `directory`. Errors: E-FILE-0xx, E-CONF-001 too large, 002 no JSON, 003 a key is missing or holds
// something else.
Result<DenseConfig> readDenseConfig(const std::string& directory, const std::string& relative);
Result<SparseConfig> readSparseConfig(const std::string& directory, const std::string& relative);

// The cardinalities alone, of either config.json.
struct TableConfig {
    std::vector<std::int64_t> cardinalities;
    std::shared_ptr<RandomAccessFile> file;
};
Result<TableConfig> readTableConfig(const std::string& directory, const std::string& relative);

// What the JSON of an HPS deployment says; its paths are those of the machine that served it and are not kept.
struct HpsConfig {
    std::vector<std::int64_t> vectorSizes;  // per table
    std::shared_ptr<RandomAccessFile> file;
};
Result<HpsConfig> readHpsConfig(const std::string& directory, const std::string& relative);

}  // namespace dlrm
