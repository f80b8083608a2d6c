// SPDX-License-Identifier: Apache-2.0
// A file of the demo while it is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace dlrm {

class DemoFile {
public:
    // Creates the file, or opens it for rewriting when it is there. Error E-DEMO-003.
    static Result<DemoFile> open(const std::string& path);

    // Error E-DEMO-003. Several threads may write different places at once.
    Result<void> writeAt(std::int64_t offset, std::span<const std::byte> bytes) const;
    // At the end of what append() wrote before. One thread.
    Result<void> append(std::span<const std::byte> bytes);

private:
    std::string m_path;
    UniqueFd m_fd;
    std::int64_t m_end = 0;
};

}  // namespace dlrm
