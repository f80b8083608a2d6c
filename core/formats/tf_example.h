// SPDX-License-Identifier: Apache-2.0
// The two messages inside a record of a dataset that TensorFlow wrote: tf.train.Example
// (tensorflow/core/example/{example,feature}.proto) and the serialized tensor in it
// (tensorflow/core/framework/tensor.proto). What they return points into the bytes they were given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

// The one value of the bytes feature `name`. Error E-TFR-003: damaged, no such feature, or not one value of bytes. The
// error names no file.
Result<std::span<const std::byte>> exampleBytes(std::span<const std::byte> example, std::string_view name);

// TensorFlow's numbers of the element types that are read.
enum class TfDtype : std::uint32_t { Float32 = 1, Int32 = 3, Int8 = 6, String = 7, Int64 = 9, Float16 = 19 };

struct SerializedTensor {
    TfDtype dtype = TfDtype::Float32;
    std::int64_t elements = 0;  // product of the shape
    std::vector<std::int64_t> shape;
    std::span<const std::byte> content;               // elements · size of one, little-endian; empty for strings
    std::vector<std::span<const std::byte>> strings;  // (elements), of strings only
};

// Error E-TFR-004: damaged, a type or rank that is not read, or content of another size than the shape. The error names
// no file.
Result<SerializedTensor> parseSerializedTensor(std::span<const std::byte> message);

}  // namespace dlrm
