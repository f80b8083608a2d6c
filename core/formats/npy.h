// SPDX-License-Identifier: Apache-2.0
// NumPy .npy files: a strict header reader (versions 1.0, 2.0, 3.0). No object arrays, no pickles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/random_access_file.h"
#include "core/base/result.h"

namespace dlrm {

enum class NpyKind : std::uint8_t { Float, Int, UInt, Bool };

struct NpyType {
    NpyKind kind = NpyKind::Float;
    int size = 4;  // bytes of one value: 1, 2, 4 or 8
    bool bigEndian = false;
    friend bool operator==(const NpyType&, const NpyType&) = default;
};
std::string name(NpyType);   // "float32", "int8", "bool"; ", big-endian" added where it is
std::string descr(NpyType);  // "<f4", "|u1"

struct NpyHeader {
    NpyType type;
    bool fortranOrder = false;
    std::vector<std::int64_t> shape;  // empty: a scalar, one element
    std::int64_t elements = 1;
    std::int64_t dataOffset = 0;  // any alignment
    std::int64_t dataBytes = 0;
};
// "7912889 × 128", "512", "scalar"
std::string shapeText(std::span<const std::int64_t> shape);

// Longest header accepted. NumPy reads at most 10,000 bytes.
constexpr std::int64_t kMaxNpyHeader = 64 * 1024;

// Reads the header and checks that the data fills the rest of the file exactly; no data byte is read.
// Errors, each with the file and the byte where it is:
//   E-NPY-001 too short for a header        002 not an npy file               003 unknown format version
//   E-NPY-004 header longer than the cap    005 header past the end of file   006 header does not end with a newline
//   E-NPY-007 header is no Python dict      008 unknown key                   009 key given twice     010 key missing
//   E-NPY-011 descr is no type string       012 object array (pickle)         013 structured array    014 type not
//             supported
//   E-NPY-015 byte order not stated         016 fortran_order is no bool      017 shape is no tuple   018 negative
//             dimension
//   E-NPY-019 dimension is no integer       020 "L" suffix in version 3       021 size overflows      022 too many
//             dimensions
//   E-NPY-023 data cut short                024 bytes after the data
//   E-FILE-004 the file cannot be read
Result<NpyHeader> readNpyHeader(const RandomAccessFile& file);

// The same from the first bytes of a file: `head` holds the file's first min(fileSize, kMaxNpyHeader + 12) bytes, or
// fewer when the header is shorter. `path` is for messages.
Result<NpyHeader> parseNpyHeader(std::span<const std::byte> head, std::int64_t fileSize, const std::string& path);

// All values as float32 in C order, whatever the file's float type, byte order and memory order. `file` must be the one
// of `header`.
// Errors: E-NPY-025 the values are no floats, E-NPY-026 not enough memory, E-FILE-004/005.
Result<std::vector<float>> readNpyFloats(const RandomAccessFile& file, const NpyHeader& header);

}  // namespace dlrm
