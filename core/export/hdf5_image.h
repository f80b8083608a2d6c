// SPDX-License-Identifier: Apache-2.0
// A small HDF5 file built in memory through the C API, behind RAII handles. Every failure is remembered, the first one wins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <hdf5.h>

#include "core/base/result.h"

namespace dlrm {

// Owns an HDF5 identifier.
class H5Handle {
public:
    H5Handle() = default;
    H5Handle(hid_t id, herr_t (*close)(hid_t)) : m_id(id), m_close(close) {}
    ~H5Handle() { reset(); }
    H5Handle(H5Handle&& other) noexcept : m_id(other.m_id), m_close(other.m_close) { other.m_id = -1; }
    H5Handle& operator=(H5Handle&& other) noexcept;
    hid_t get() const { return m_id; }
    explicit operator bool() const { return m_id >= 0; }
    void reset();
    hid_t release() { return std::exchange(m_id, -1); }

private:
    hid_t m_id = -1;
    herr_t (*m_close)(hid_t) = nullptr;
};

// Held while the high-level library is used, which attaches dimension scales: it is not thread-safe.
std::mutex& hdf5HighLevelMutex();

// E-EXPORT-003: `object` could not be written.
Error hdf5Failure(const std::string& object);

// One at a time in the process: the constructor waits for others, since it holds hdf5HighLevelMutex().
// Use from the thread that made it.
class Hdf5Image {
public:
    Hdf5Image();
    ~Hdf5Image();
    Hdf5Image(const Hdf5Image&) = delete;
    Hdf5Image& operator=(const Hdf5Image&) = delete;

    void group(const std::string& path);
    // One-dimensional columns; compressed (shuffle, gzip 1) in chunks of 64 Ki values where longer than that.
    void column(const std::string& path, std::span<const float> values);
    void column(const std::string& path, std::span<const double> values);
    void column(const std::string& path, std::span<const std::int64_t> values);
    void column(const std::string& path, std::span<const std::uint8_t> values);
    // Texts of any length, not compressed.
    void column(const std::string& path, std::span<const std::string> texts);
    // (values.size() / columns, columns), row-major; compressed in chunks of 2,048 rows where longer than that. REQUIRES: columns >= 1.
    void matrix(const std::string& path, std::span<const float> values, std::int64_t columns);
    // Makes the column at `path` a dimension scale; attach() ties another column to it.
    void makeScale(const std::string& path, const std::string& name);
    void attach(const std::string& path, const std::string& scalePath, unsigned dimension = 0);
    void attribute(const std::string& object, const std::string& name, std::string_view text);
    void attribute(const std::string& object, const std::string& name, double value);
    void attribute(const std::string& object, const std::string& name, std::int64_t value);
    void matrix(const std::string& path, std::span<const double> values, std::int64_t columns);
    void matrix(const std::string& path, std::span<const std::int64_t> values, std::int64_t columns);

    // Closes the file and hands out its bytes. Call once, last. Error E-EXPORT-003 with what failed. Throws std::bad_alloc.
    Result<std::vector<std::byte>> finish();

private:
    void writeColumn(const std::string& path, hid_t fileType, hid_t memoryType, const void* values, std::size_t count);
    void write(const std::string& path, hid_t fileType, hid_t memoryType, const void* values, std::span<const hsize_t> shape, std::span<const hsize_t> chunk);
    void writeAttribute(const std::string& object, const std::string& name, hid_t type, hid_t memoryType, const void* value);
    bool check(bool ok, std::string_view what);

    std::unique_lock<std::mutex> m_lock;
    H5E_auto2_t m_errorPrinter = nullptr;  // HDF5's own, put back at the end: core prints nothing
    void* m_errorPrinterData = nullptr;
    H5Handle m_file;
    std::string m_failed;  // what failed first; empty: nothing
};

}  // namespace dlrm
