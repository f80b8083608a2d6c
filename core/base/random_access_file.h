// SPDX-License-Identifier: Apache-2.0
// A regular file opened for reading, by pread or mapped; a truncated or replaced file is an Error, never a SIGBUS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace dlrm {

// What identifies the bytes that were opened. Compared again after long reads.
struct FileIdentity {
    std::uint64_t device = 0, inode = 0;
    std::int64_t size = 0, mtimeNs = 0, ctimeNs = 0;
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// How a mapping will be read; passed to madvise.
enum class Access { Random, Sequential };

class RandomAccessFile {
public:
    // Opens a regular file read-only (O_NONBLOCK first, so that a FIFO cannot hang; anything but S_ISREG is refused).
    // Errors: E-FILE-001 cannot open, E-FILE-002 not a regular file, E-FILE-018 a Git LFS pointer stands in its place.
    static Result<std::shared_ptr<RandomAccessFile>> open(const std::string& path);
    // As open(), for `relative` inside `directory`, never leaving it: absolute paths, "..", symlinks out of it and
    // magic links are refused by the kernel (openat2 RESOLVE_BENEATH). Errors: also E-FILE-003 the path leaves the
    // directory.
    static Result<std::shared_ptr<RandomAccessFile>> openBeneath(const std::string& directory,
                                                                 const std::string& relative);

    // Lets openBeneath() follow symbolic links out of `directory` from now on, in the whole process: the files of a
    // dataset or a checkpoint may then lie elsewhere, as in caches and on shared storage. Names that lead out
    // themselves ("..", absolute ones) and magic links are refused as before. Any thread.
    static void followLinks();

    // Takes an open file that has no name of its own, such as unpacked data in an unnamed temporary file. `shownPath`
    // is for messages; checkUnchanged() looks at the file itself. Errors: E-FILE-001, E-FILE-002.
    static Result<std::shared_ptr<RandomAccessFile>> adopt(UniqueFd fd, const std::string& shownPath);

    ~RandomAccessFile();
    RandomAccessFile(const RandomAccessFile&) = delete;
    RandomAccessFile& operator=(const RandomAccessFile&) = delete;

    const std::string& path() const;
    std::int64_t size() const;  // at open
    int descriptor() const;     // of the open file, for a child process; owned by this object
    const FileIdentity& identity() const;

    // Fills `out` from `offset`; EINTR and short reads are continued. Error E-FILE-004 when the file ends before.
    Result<void> read(std::int64_t offset, std::span<std::byte> out) const;

    // The whole file, mapped once, read-only, shared; valid as long as this object. Empty span for an empty file.
    // Where it cannot be read any more (truncation, I/O error) it reads as zeros from there on, and checkUnchanged()
    // fails.
    Result<std::span<const std::byte>> map(Access access) const;

    // Error E-FILE-005 when the file was changed, truncated or replaced since it was opened, or a mapped page could not
    // be read. Cheap (one stat). Any thread.
    Result<void> checkUnchanged() const;

    // Starts reading [offset, offset+bytes) into the page cache without waiting (POSIX_FADV_WILLNEED).
    void prefetch(std::int64_t offset, std::int64_t bytes) const;
    // Takes the whole pages within [offset, offset+bytes) out of this process' memory where map() put them; they stay
    // in the page cache, and whoever reads them here again gets the same bytes. Any thread. REQUIRES: 0 <= offset, 0 <=
    // bytes, offset + bytes <= size().
    void release(std::int64_t offset, std::int64_t bytes) const;

private:
    struct State;
    explicit RandomAccessFile(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm
