// SPDX-License-Identifier: Apache-2.0
// A large HDF5 file written chunk by chunk in bounded memory, whole or not at all. Opens in h5py, pandas and xarray.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/result.h"
#include "core/export/hdf5_driver.h"
#include "core/export/hdf5_image.h"
#include "core/model/model_spec.h"

namespace dlrm {

// Use from one thread. What fails between create() and finish() is remembered: the first failure wins, and finish() tells it. Other users of HDF5 wait
// a few ms at most.
class Hdf5Stream {
public:
    // `reserve`: bytes that the values will take. Errors: E-FILE-010, E-FILE-013, E-EXPORT-003.
    static Result<std::unique_ptr<Hdf5Stream>> create(const std::string& path, std::int64_t reserve);
    ~Hdf5Stream();
    Hdf5Stream(const Hdf5Stream&) = delete;
    Hdf5Stream& operator=(const Hdf5Stream&) = delete;

    void group(const std::string& path);
    void attribute(const std::string& object, const std::string& name, std::string_view text);
    void attribute(const std::string& object, const std::string& name, std::int64_t value);
    void attribute(const std::string& object, const std::string& name, std::span<const std::string> texts);     // not for an empty list
    void attribute(const std::string& object, const std::string& name, std::span<const std::int64_t> values);  // the same
    // A dimension scale without values, as netCDF writes a dimension that has no variable: xarray takes its name for the dimension.
    void axis(const std::string& path, std::int64_t length);

    // Begins a dataset of floats: chunked by `chunkRows` entries of the first dimension, whole in the others, with fletcher32, not compressed. `axes`: the path
    // of the scale of each dimension. REQUIRES: no dimension is 0; 1 <= chunkRows <= shape[0]; a chunk is smaller than 4 GiB.
    void beginDataset(const std::string& path, DType type, std::span<const std::int64_t> shape, std::int64_t chunkRows, std::span<const std::string> axes);
    // The next chunk of the dataset begun last: little-endian values in C order, the last chunk filled up to its full size, then fletcher32() in 4 bytes.
    // Errors: E-FILE-011, E-EXPORT-003.
    Result<void> writeChunk(std::span<const std::byte> chunkAndChecksum);

    // Closes the file, brings it to the disk and gives it its name. Errors: E-EXPORT-003, E-FILE-011, E-FILE-012. Call once, last.
    Result<void> finish();

private:
    Hdf5Stream(AtomicFile file, std::string path) : m_path(std::move(path)), m_atomic(std::move(file)), m_target{m_atomic, {}} {}
    bool check(bool ok, std::string_view what);
    void writeAttribute(const std::string& object, const std::string& name, hid_t type, std::span<const hsize_t> shape, const void* values);
    Error failure() const;

    std::string m_path;
    AtomicFile m_atomic;
    Hdf5Target m_target;
    H5E_auto2_t m_errorPrinter = nullptr;  // HDF5's own, put back at the end: core prints nothing
    void* m_errorPrinterData = nullptr;
    H5Handle m_file, m_dataset;
    hsize_t m_row = 0, m_chunkRows = 1;    // where the next chunk goes
    std::string m_failed;                  // what failed first; empty: nothing
};

}  // namespace dlrm
