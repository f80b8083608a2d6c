// SPDX-License-Identifier: Apache-2.0
// Writes an HDF5 file through dlrm_hdf5.so, which is loaded with the first one: no program links libhdf5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/formats/hdf5_writer_abi.h"

namespace dlrm {

// Whether this program can write HDF5. Errors: E-EXPORT-009 the module is missing, E-EXPORT-010 it cannot be loaded.
// What failed is tried again by the next call. Any thread.
Result<void> hdf5WriterAvailable();

// Every failure is remembered, the first one wins, and nothing is done after it. Use from one thread at a time; writers
// of several threads take turns.
class Hdf5Writer {
public:
    Hdf5Writer() : Hdf5Writer(nullptr) {}  // a file in memory
    explicit Hdf5Writer(const dlrm_hdf5_storage& storage)
        : Hdf5Writer(&storage) {}  // a file in `storage`, whose context must outlive it
    ~Hdf5Writer();
    Hdf5Writer(const Hdf5Writer&) = delete;
    Hdf5Writer& operator=(const Hdf5Writer&) = delete;

    void group(const std::string& path);
    void dataset(const std::string& path, std::int32_t type, std::span<const std::uint64_t> shape,
                 std::span<const std::uint64_t> chunk, std::int32_t filter, const void* values);
    // The next of the chunked dataset that was begun last without values.
    void writeChunk(std::uint64_t row, std::span<const std::byte> bytes);
    void attribute(const std::string& object, const std::string& name, std::string_view text);
    void attribute(const std::string& object, const std::string& name, double value);
    void attribute(const std::string& object, const std::string& name, std::int64_t value);
    void attribute(const std::string& object, const std::string& name, std::span<const std::string> texts);
    void attribute(const std::string& object, const std::string& name, std::span<const std::int64_t> values);
    void makeScale(const std::string& path, const std::string& name);
    void attachScale(const std::string& path, const std::string& scalePath, std::uint32_t dimension);

    // What failed first: E-EXPORT-003 with the object, or why there is no module.
    const std::optional<Error>& failed() const { return m_failed; }

    // Closes the file: everything lies in the storage, or is handed out, unless something failed. Call one of them,
    // once, last.
    void finish();
    std::vector<std::byte> finishImage();  // throws std::bad_alloc

private:
    explicit Hdf5Writer(const dlrm_hdf5_storage* storage);
    bool works() const { return m_file && !m_failed; }
    void attribute(const std::string& object, const std::string& name, std::int32_t type, std::int64_t count,
                   const void* values);
    void check(bool done, std::string_view object);

    const dlrm_hdf5_module* m_module = nullptr;
    dlrm_hdf5_file* m_file = nullptr;
    std::optional<Error> m_failed;
};

}  // namespace dlrm
