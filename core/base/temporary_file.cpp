// SPDX-License-Identifier: Apache-2.0
#include "core/base/temporary_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace dlrm {

UniqueFd unnamedTemporaryFile(std::string& folder) {
    const char* named = std::getenv("TMPDIR");
    folder = named && *named ? named : "/var/tmp";
    UniqueFd fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (fd) return fd;
    std::string path = folder + "/dlrm-explorer-XXXXXX";  // file systems without O_TMPFILE
    fd = UniqueFd(mkostemp(path.data(), O_CLOEXEC));
    if (fd) unlink(path.c_str());
    return fd;
}

bool writeAll(int fd, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

}  // namespace dlrm
