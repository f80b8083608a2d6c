// SPDX-License-Identifier: Apache-2.0
// The python dict in the header of a .npy file, as values with the byte where each began. Private to core/formats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

struct NpyDict {
    std::string descr;
    std::int64_t descrOffset = 0;
    bool fortranOrder = false;
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> dimensionOffsets;  // where each dimension stands
};

// `text` is the header without its final newline, standing at byte `offset` of the file. `longSuffixAllowed`: "3L",
// versions 1 and 2.
// Errors: E-NPY-007 … 011, 013, 016 … 022, without a file name.
Result<NpyDict> parseNpyDict(std::string_view text, std::int64_t offset, bool longSuffixAllowed);

}  // namespace dlrm
