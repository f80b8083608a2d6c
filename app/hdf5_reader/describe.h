// SPDX-License-Identifier: Apache-2.0
// What one dataset is, and whether its values may be read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hdf5.h>

#include "core/formats/hdf5_handle.h"
#include "core/formats/hdf5_protocol.h"

namespace dlrm::hdf5 {

struct Type {
    std::uint8_t kind = 0;  // Hdf5Kind
    std::size_t size = 0;   // 0: text of any length
    bool bigEndian = false;
};

// Number kinds as Hdf5Kind counts them.
constexpr std::uint8_t kFloat = 0, kBFloat = 1, kInt = 2, kUInt = 3, kText = 4, kOpaque = 5;

// After a call of libhdf5 that failed, and before any other: what it says of a version it does not know ("bad version
// number for layout message"). Empty: it failed for another reason.
std::string unknownVersion();

// False for a type that is not read; `found` then names it.
bool describeType(hid_t type, Type& out, std::string& found);

struct Chunk {
    std::uint64_t offset, bytes;
};

struct Dataset {
    Type type;
    std::vector<hsize_t> dims;
    std::uint64_t elements = 1;
    std::uint8_t layout = 0;  // Hdf5Layout
    std::uint64_t offset = ~std::uint64_t{0};
    std::vector<std::uint8_t> filters;
    std::vector<hsize_t> chunkDims;
    std::vector<Chunk>
        chunks;  // in row-major order of the grid; empty where values are packed or some chunk is missing
};

// Why the dataset is refused, or empty. `chunksLeft`: of how many chunks the place may still be asked for, taken from;
// 0 asks for none.
std::string describeDataset(hid_t dataset, Dataset& out, std::int64_t& chunksLeft);

}  // namespace dlrm::hdf5
