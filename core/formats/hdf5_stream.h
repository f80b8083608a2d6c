// SPDX-License-Identifier: Apache-2.0
// A large HDF5 file written chunk by chunk in bounded memory, whole or not at all. Opens in h5py, pandas and xarray.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/dtype.h"
#include "core/base/result.h"
#include "core/formats/hdf5_writer.h"

namespace dlrm {

// Use from one thread. What fails between create() and finish() is remembered: the first failure wins, and finish()
// tells it. Other users of HDF5 wait a few ms at most.
class Hdf5Stream {
public:
    // `reserve`: bytes that the values will take. Errors: E-FILE-010, E-FILE-013, E-EXPORT-003, E-EXPORT-009 and 010
    // there is no module that writes HDF5.
    static Result<std::unique_ptr<Hdf5Stream>> create(const std::string& path, std::int64_t reserve);

    void group(const std::string& path) { m_writer.group(path); }
    void attribute(const std::string& object, const std::string& name, std::string_view text) {
        m_attributes.emplace(object, name);
        m_writer.attribute(object, name, text);
    }
    void attribute(const std::string& object, const std::string& name, std::int64_t value) {
        m_attributes.emplace(object, name);
        m_writer.attribute(object, name, value);
    }
    void attribute(const std::string& object, const std::string& name, double value) {
        m_attributes.emplace(object, name);
        m_writer.attribute(object, name, value);
    }
    // Of those that hold one value.
    bool hasAttribute(const std::string& object, const std::string& name) const {
        return m_attributes.contains({object, name});
    }
    // Not for an empty list.
    void attribute(const std::string& object, const std::string& name, std::span<const std::string> texts) {
        m_writer.attribute(object, name, texts);
    }
    void attribute(const std::string& object, const std::string& name, std::span<const std::int64_t> values) {
        m_writer.attribute(object, name, values);
    }
    // A dimension scale without values, as netCDF writes a dimension that has no variable: xarray takes its name for
    // the dimension.
    void axis(const std::string& path, std::int64_t length);

    void makeScale(const std::string& path, const std::string& name) { m_writer.makeScale(path, name); }
    void attach(const std::string& path, const std::string& scalePath) { m_writer.attachScale(path, scalePath, 0); }

    // A column of `rows` values of a DLRM_HDF5_… type of 1, 4 or 8 bytes, which column values follow at once,
    // kColumnChunk at a time and the rest last; compressed (shuffle, gzip 1) where there are more of them than that.
    static constexpr std::int64_t kColumnChunk = 64 * 1024;
    void beginColumn(const std::string& path, std::int32_t type, std::int64_t rows);
    // Errors: E-FILE-011, E-EXPORT-003. REQUIRES: as many values as beginColumn() was promised.
    Result<void> writeColumn(std::span<const std::byte> values);

    // Numbers in one piece, all of them at once, of a DLRM_HDF5_… type; none where a dimension is 0.
    void dataset(const std::string& path, std::int32_t type, std::span<const std::uint64_t> shape, const void* values) {
        m_writer.dataset(path, type, shape, {}, 0, values);
    }

    // Begins a dataset of floats: chunked by `chunkRows` entries of the first dimension, whole in the others, with
    // fletcher32, not compressed. `axes`: the path of the scale of each dimension. REQUIRES: no dimension is 0; 1 <=
    // chunkRows <= shape[0]; a chunk is smaller than 4 GiB.
    void beginDataset(const std::string& path, DType type, std::span<const std::int64_t> shape, std::int64_t chunkRows,
                      std::span<const std::string> axes);
    // The next chunk of the dataset begun last: little-endian values in C order, the last chunk filled up to its full
    // size, then fletcher32() in 4 bytes.
    // Errors: E-FILE-011, E-EXPORT-003.
    Result<void> writeChunk(std::span<const std::byte> chunkAndChecksum);

    // Closes the file, brings it to the disk and gives it its name. Errors: E-EXPORT-003, E-FILE-011, E-FILE-012. Call
    // once, last.
    Result<void> finish();

private:
    // What libhdf5 writes into. It never hears of a failure: the first one is remembered here, and nothing is written
    // after it.
    struct Target {
        AtomicFile file;
        std::optional<Error> failed;

        static void writeAt(void* target, std::uint64_t offset, const void* bytes, std::uint64_t size);
        static std::int32_t readAt(void* target, std::uint64_t offset, void* bytes, std::uint64_t size);
        static std::uint64_t size(void* target);
        dlrm_hdf5_storage storage() { return {this, writeAt, readAt, size}; }
    };

    Hdf5Stream(AtomicFile file, std::string path);
    Result<void> outcome() const;

    std::string m_path;
    Target m_target;
    Hdf5Writer m_writer;
    std::uint64_t m_row = 0, m_chunkRows = 1;  // where the next chunk goes
    std::string m_column;                      // begun last
    std::int32_t m_columnType = 0;
    std::int64_t m_columnRows = 0;
    std::set<std::pair<std::string, std::string>> m_attributes;  // (object, name)
};

}  // namespace dlrm
