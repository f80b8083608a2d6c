// SPDX-License-Identifier: Apache-2.0
// Writes a file so that its name shows the old content or the whole new one, never a part: temporary name, fsync,
// rename.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/base/write_behind.h"

namespace dlrm {

class AtomicFile {
public:
    // Creates "<path>.part-<host>-<pid>-<n>" beside `path`, and removes what killed processes left under such names.
    // Error E-FILE-010.
    static Result<AtomicFile> create(const std::string& path);

    // Removes the temporary file unless commit() succeeded.
    ~AtomicFile();
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;

    // Error E-FILE-011: the disk is full, the file system failed.
    Result<void> write(std::span<const std::byte> bytes);
    Result<void> write(std::string_view text);

    // Bytes up to the last one written.
    std::int64_t written() const { return m_written; }

    // Takes the space for `bytes` now, where the file system can, so that a full disk is known before hours of work.
    // Error E-FILE-013.
    Result<void> reserve(std::int64_t bytes);

    // For a library that goes back and forth: bytes at any place, and what was written there. Not mixed with write().
    // Errors: E-FILE-011; E-FILE-017.
    Result<void> writeAt(std::int64_t offset, std::span<const std::byte> bytes);
    Result<void> readAt(std::int64_t offset, std::span<std::byte> out) const;

    // Brings everything to the disk and gives the file its name. Error E-FILE-012. Call once, last.
    Result<void> commit();

private:
    AtomicFile(std::string path, std::string temporary, UniqueFd fd);

    std::string m_path, m_temporary;  // m_temporary is empty once there is nothing to remove
    UniqueFd m_fd;
    std::int64_t m_written = 0;
    WriteBehind m_behind;
};

}  // namespace dlrm
