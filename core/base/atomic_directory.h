// SPDX-License-Identifier: Apache-2.0
// A directory that appears under its name with all its files or not at all: temporary name, fsync, rename.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace dlrm {

class AtomicDirectory {
public:
    // Makes "<path>.part-<host>-<pid>-<n>" beside `path`, and removes what killed processes left under such names.
    // Errors: E-FILE-014 something stands at `path` that is no empty directory, E-FILE-015 it cannot be made.
    static Result<AtomicDirectory> create(const std::string& path);

    // Removes the temporary directory and what is in it unless commit() succeeded.
    ~AtomicDirectory();
    AtomicDirectory(AtomicDirectory&& other) noexcept;
    AtomicDirectory& operator=(AtomicDirectory&&) = delete;

    // Where to write until commit(). Every file in it must be complete and on the disk by then, as AtomicFile::commit()
    // leaves it.
    const std::string& temporaryPath() const { return m_temporary; }

    // Error E-FILE-016. Call once, last.
    Result<void> commit();

private:
    AtomicDirectory(std::string path, std::string temporary, UniqueFd inUse)
        : m_path(std::move(path)), m_temporary(std::move(temporary)), m_inUse(std::move(inUse)) {}
    std::string m_path, m_temporary;  // m_temporary is empty once there is nothing to remove
    UniqueFd m_inUse;
};

}  // namespace dlrm
