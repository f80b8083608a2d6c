// SPDX-License-Identifier: Apache-2.0
// The directory a demo is written into: claimed empty, filled under temporary names, and emptied again unless
// committed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

class DemoDirectory {
public:
    // Creates `path` when it does not exist. Errors: E-DEMO-001 less than `bytes` free (checked before anything is
    // created),
    // E-DEMO-002 not empty or no directory, E-DEMO-003 cannot be created.
    static Result<DemoDirectory> claim(const std::string& path, std::int64_t bytes);
    ~DemoDirectory();
    DemoDirectory(DemoDirectory&& other) noexcept;
    DemoDirectory& operator=(DemoDirectory&&) = delete;

    // Where to write until commit(). Both exist.
    std::string checkpoint() const { return (m_path / "checkpoint.incomplete").string(); }
    std::string dataset() const { return (m_path / "dataset.incomplete").string(); }

    // Gives both their final names, "checkpoint" and "dataset". Error E-DEMO-003.
    Result<void> commit();

private:
    DemoDirectory() = default;
    std::filesystem::path m_path;
    std::vector<std::filesystem::path> m_created;  // directories made for `m_path`, outermost first
    bool m_cleanup = false;
};

Error demoWriteError(const std::string& file, int errorNumber);

}  // namespace dlrm
