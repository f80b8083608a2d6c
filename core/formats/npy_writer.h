// SPDX-License-Identifier: Apache-2.0
// Writes .npy files as NumPy does (version 1.0, C order), whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/atomic_file.h"
#include "core/formats/npy.h"

namespace dlrm {

// The header NumPy writes for an array of this type and shape; its length is a multiple of 64.
// REQUIRES: no negative dimension, at most 32 dimensions.
std::string npyHeader(NpyType type, std::span<const std::int64_t> shape);

// Writes one array piece by piece. The file appears under its name in finish().
class NpyWriter {
public:
    // Errors: E-FILE-010, E-FILE-011, E-FILE-013 no space for all of it.
    static Result<NpyWriter> create(const std::string& path, NpyType type, std::span<const std::int64_t> shape);

    // The next values, in C order, bytes as they stand in the file. Error E-FILE-011.
    Result<void> write(std::span<const std::byte> values);

    // Errors: E-NPY-030 more or fewer bytes were written than the shape has, E-FILE-012.
    Result<void> finish();

private:
    NpyWriter(AtomicFile file, std::string path, std::int64_t total)
        : m_file(std::move(file)), m_path(std::move(path)), m_total(total) {}
    AtomicFile m_file;
    std::string m_path;
    std::int64_t m_total;  // bytes, header included
};

// A whole array at once.
Result<void> writeNpy(const std::string& path, NpyType type, std::span<const std::int64_t> shape,
                      std::span<const std::byte> values);

}  // namespace dlrm
