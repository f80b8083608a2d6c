// SPDX-License-Identifier: Apache-2.0
#include "core/formats/piped_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <vector>

#include "core/base/temporary_file.h"

namespace dlrm {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr int kPollMs = 100;  // ms

Error unreadable(const std::string& path) {
    return Error("E-PIPE-001", "The pipe cannot be read.")
        .inFile(path)
        .butFound(std::strerror(errno))
        .withRemedy("Give the data as a file, or as --data - behind a pipe.");
}

Error unwritable(const std::string& folder) {
    return Error("E-PIPE-002", "What comes through the pipe cannot be kept in a temporary file.")
        .inFile(folder)
        .butExpected("a folder with room for all of it")
        .butFound(std::strerror(errno))
        .withRemedy("Name a folder with more space in TMPDIR, or give the data as a file.");
}

// A second look at the same pipe, or a descriptor of standard input.
UniqueFd openPipe(const std::string& path) {
    if (path == "-") return UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

}  // namespace

Result<std::shared_ptr<RandomAccessFile>> openPiped(const std::string& path, const Job& job) {
    struct stat status {};
    const bool there = path == "-" ? ::fstat(STDIN_FILENO, &status) == 0 : ::stat(path.c_str(), &status) == 0;
    // No other devices: /dev/zero has no end.
    if (path != "-" && !(there && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode))))
        return RandomAccessFile::open(path);
    const std::string shown = path == "-" ? "standard input" : path;
    UniqueFd from = openPipe(path);
    if (!from) return fail(unreadable(shown));
    std::string folder;
    UniqueFd to = unnamedTemporaryFile(folder);
    if (!to) return fail(unwritable(folder));
    std::vector<std::byte> piece(kPiece);
    std::int64_t read = 0;
    while (true) {
        if (job.stopped()) return cancelled();
        pollfd ready{from.get(), POLLIN, 0};
        const int come = ::poll(&ready, 1, kPollMs);
        if (come == 0 || (come < 0 && errno == EINTR)) continue;
        const ssize_t n = ::read(from.get(), piece.data(), piece.size());
        if (n == 0) break;
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) return fail(unreadable(shown));
        if (!writeAll(to.get(), std::span(piece).first(static_cast<std::size_t>(n)))) return fail(unwritable(folder));
        read += n;
        job.report({"reading the pipe", read, 0, "bytes"});
    }
    return RandomAccessFile::adopt(std::move(to), shown);
}

}  // namespace dlrm
