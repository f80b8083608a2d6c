// SPDX-License-Identifier: Apache-2.0
#include "core/synthetic/demo_file.h"

#include <fcntl.h>

#include <cerrno>

#include "core/synthetic/demo_directory.h"

namespace dlrm {

Result<DemoFile> DemoFile::open(const std::string& path) {
    DemoFile out;
    out.m_path = path;
    out.m_fd = UniqueFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!out.m_fd) return fail(demoWriteError(path, errno));
    return out;
}

Result<void> DemoFile::writeAt(std::int64_t offset, std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t n = ::pwrite(m_fd.get(), bytes.data(), bytes.size(), offset);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail(demoWriteError(m_path, n < 0 ? errno : ENOSPC));
        bytes = bytes.subspan(static_cast<std::size_t>(n));
        offset += n;
    }
    return {};
}

Result<void> DemoFile::append(std::span<const std::byte> bytes) {
    auto done = writeAt(m_end, bytes);
    m_end += static_cast<std::int64_t>(bytes.size());
    return done;
}

}  // namespace dlrm
