// SPDX-License-Identifier: Apache-2.0
#include "core/base/random_access_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "core/base/sigbus_guard.h"
#include "core/base/thread_safety.h"

namespace dlrm {
namespace {

constexpr int kOpenFlags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

FileIdentity identityOf(const struct stat& s) {
    const auto ns = [](const timespec& t) { return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec; };
    return {static_cast<std::uint64_t>(s.st_dev), static_cast<std::uint64_t>(s.st_ino),
            static_cast<std::int64_t>(s.st_size), ns(s.st_mtim), ns(s.st_ctim)};
}

std::string_view kindOf(mode_t mode) {
    if (S_ISDIR(mode)) return "a directory";
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

Error cannotOpen(const std::string& path, int error) {
    std::string remedy = "Check the path.";
    if (error == EACCES || error == EPERM) remedy = "Give yourself the right to read the file.";
    else if (error == ELOOP)
        remedy = "A symbolic link on the path leads back to itself, or is one of the kernel's own: mend the link.";
    else if (error == EMFILE || error == ENFILE) remedy = "Raise the limit of open files (ulimit -n).";
    return Error("E-FILE-001", "The file cannot be opened.")
        .inFile(path)
        .butExpected("a file that can be read")
        .butFound(std::strerror(error))
        .withRemedy(std::move(remedy));
}

std::atomic<bool> s_followLinks = false;

Error leavesDirectory(const std::string& directory, const std::string& relative, bool byLink) {
    return Error("E-FILE-003",
                 byLink ? "A symbolic link leads out of its directory." : "A file name leads out of its directory.")
        .inFile(relative)
        .butExpected("a file inside " + directory)
        .butFound(relative)
        .withRemedy(byLink ? "If you trust whoever made the link, start the program with --follow-links."
                           : "Use a relative path without \"..\".");
}

bool staysInside(const std::string& relative) {
    if (relative.empty() || relative.front() == '/' || relative.find('\0') != std::string::npos) return false;
    for (std::size_t begin = 0; begin <= relative.size();) {
        const std::size_t end = std::min(relative.find('/', begin), relative.size());
        if (relative.compare(begin, end - begin, "..") == 0) return false;
        begin = end + 1;
    }
    return true;
}

// What git leaves in the place of a large file that it has not fetched: a few lines of text, whatever the name of the
// file is.
Result<void> refuseLfsPointer(const RandomAccessFile& file) {
    constexpr std::string_view kBegins = "version https://git-lfs.github.com/spec/";
    constexpr std::int64_t kMostBytes = 1024;  // by the specification of pointers
    if (file.size() < static_cast<std::int64_t>(kBegins.size()) || file.size() >= kMostBytes) return {};
    std::string text(static_cast<std::size_t>(file.size()), '\0');
    if (!file.read(0, std::as_writable_bytes(std::span(text))) || !text.starts_with(kBegins)) return {};
    constexpr std::string_view kSize = "\nsize ";
    const std::size_t at = text.find(kSize), begin = at + kSize.size();
    const std::string bytes =
        at == std::string::npos
            ? ""
            : text.substr(begin, std::min(text.find_first_not_of("0123456789", begin), text.size()) - begin);
    return fail(Error("E-FILE-018", "The file itself is not here: this is a Git LFS pointer.")
                    .inFile(file.path())
                    .butExpected(bytes.empty() ? std::string("the file that the pointer stands for")
                                               : fmt::format("a file of {} bytes", bytes))
                    .butFound("a Git LFS pointer")
                    .withRemedy("Run git lfs pull in the repository, or download the file itself."));
}

// Where the kernel has no openat2: component by component, following no link at all.
UniqueFd openWithoutLinks(int directory, const std::string& relative) {
    UniqueFd current;
    for (std::size_t begin = 0; begin < relative.size();) {
        const std::size_t end = std::min(relative.find('/', begin), relative.size());
        const std::string component = relative.substr(begin, end - begin);
        const bool last = end == relative.size();
        begin = end + 1;
        if (component.empty()) continue;
        const int flags = last ? kOpenFlags | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        UniqueFd next(openat(current ? current.get() : directory, component.c_str(), flags));
        if (!next) return next;
        current = std::move(next);
    }
    return current;
}

}  // namespace

struct RandomAccessFile::State {
    std::string path;
    bool unnamed = false;
    UniqueFd fd;
    FileIdentity identity;
    Mutex mutex;
    std::optional<Access> advised DLRM_GUARDED_BY(mutex);
    const std::byte* mapped DLRM_GUARDED_BY(mutex) = nullptr;
    GuardedMapping* guard DLRM_GUARDED_BY(mutex) = nullptr;

    ~State() {
        if (!mapped) return;
        releaseMapping(guard);
        munmap(const_cast<std::byte*>(mapped), static_cast<std::size_t>(identity.size));
    }

    static Result<std::unique_ptr<State>> from(const std::string& path, UniqueFd fd) {
        struct stat s {};
        if (fstat(fd.get(), &s) != 0) return fail(cannotOpen(path, errno));
        if (!S_ISREG(s.st_mode))
            return fail(Error("E-FILE-002", "This is not a regular file.")
                            .inFile(path)
                            .butExpected("a regular file")
                            .butFound(std::string(kindOf(s.st_mode)))
                            .withRemedy("Give the path of a file."));
        auto state = std::make_unique<State>();
        state->path = path;
        state->fd = std::move(fd);
        state->identity = identityOf(s);
        return state;
    }
};

RandomAccessFile::RandomAccessFile(std::unique_ptr<State> state) : m_state(std::move(state)) {}
RandomAccessFile::~RandomAccessFile() = default;

Result<std::shared_ptr<RandomAccessFile>> RandomAccessFile::open(const std::string& path) {
    if (path.find('\0') != std::string::npos) return fail(cannotOpen(path, ENOENT));
    UniqueFd fd(::open(path.c_str(), kOpenFlags));
    if (!fd) return fail(cannotOpen(path, errno));
    DLRM_TRY(auto state, State::from(path, std::move(fd)));
    std::shared_ptr<RandomAccessFile> file(new RandomAccessFile(std::move(state)));
    DLRM_TRY(refuseLfsPointer(*file));
    return file;
}

Result<std::shared_ptr<RandomAccessFile>> RandomAccessFile::openBeneath(const std::string& directory,
                                                                        const std::string& relative) {
    if (!staysInside(relative)) return fail(leavesDirectory(directory, relative, false));
    const bool follow = s_followLinks;
    UniqueFd base(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!base) return fail(cannotOpen(directory, errno));

    struct open_how how {};
    how.flags = static_cast<std::uint64_t>(kOpenFlags);
    how.resolve = (follow ? 0u : RESOLVE_BENEATH) | RESOLVE_NO_MAGICLINKS;
    UniqueFd fd;
    do {
        fd = UniqueFd(static_cast<int>(syscall(SYS_openat2, base.get(), relative.c_str(), &how, sizeof how)));
    } while (!fd && errno == EAGAIN);  // a rename raced with the walk
    if (!fd && (errno == ENOSYS || errno == EPERM))
        fd = follow ? UniqueFd(openat(base.get(), relative.c_str(), kOpenFlags))
                    : openWithoutLinks(base.get(), relative);

    const std::string path = directory + (directory.ends_with('/') ? "" : "/") + relative;
    if (!fd && !follow && (errno == EXDEV || errno == ELOOP)) return fail(leavesDirectory(directory, relative, true));
    if (!fd) return fail(cannotOpen(path, errno));
    DLRM_TRY(auto state, State::from(path, std::move(fd)));
    std::shared_ptr<RandomAccessFile> file(new RandomAccessFile(std::move(state)));
    DLRM_TRY(refuseLfsPointer(*file));
    return file;
}

void RandomAccessFile::followLinks() { s_followLinks = true; }

Result<std::shared_ptr<RandomAccessFile>> RandomAccessFile::adopt(UniqueFd fd, const std::string& shownPath) {
    DLRM_TRY(auto state, State::from(shownPath, std::move(fd)));
    state->unnamed = true;
    return std::shared_ptr<RandomAccessFile>(new RandomAccessFile(std::move(state)));
}

const std::string& RandomAccessFile::path() const { return m_state->path; }
std::int64_t RandomAccessFile::size() const { return m_state->identity.size; }
int RandomAccessFile::descriptor() const { return m_state->fd.get(); }
const FileIdentity& RandomAccessFile::identity() const { return m_state->identity; }

Result<void> RandomAccessFile::read(std::int64_t offset, std::span<std::byte> out) const {
    constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // Linux reads a little under 2 GiB at once
    std::size_t done = 0;
    while (done < out.size()) {
        const std::int64_t at = offset + static_cast<std::int64_t>(done);
        const ssize_t n = pread(m_state->fd.get(), out.data() + done, std::min(out.size() - done, kMostAtOnce), at);
        if (n > 0) {
            done += static_cast<std::size_t>(n);
        } else if (n == 0 || errno != EINTR) {
            const int error = n == 0 ? 0 : errno;
            return fail(Error("E-FILE-004", error ? "The file cannot be read." : "The file ends before the data does.")
                            .inFile(path())
                            .atOffset(at)
                            .butExpected(fmt::format("{} bytes from byte {}", out.size(), offset))
                            .butFound(error ? std::strerror(error) : fmt::format("{} bytes", done))
                            .withRemedy(error ? "Check the disk or the network file system."
                                              : "Copy the file again: it was cut short."));
        }
    }
    return {};
}

Result<std::span<const std::byte>> RandomAccessFile::map(Access access) const {
    const auto bytes = static_cast<std::size_t>(m_state->identity.size);
    if (bytes == 0) return std::span<const std::byte>{};
    const MutexLock lock(m_state->mutex);
    if (!m_state->mapped) {
        void* address = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, m_state->fd.get(), 0);
        if (address == MAP_FAILED)
            return fail(
                Error("E-FILE-006", "The file cannot be mapped into memory.")
                    .inFile(path())
                    .butExpected(fmt::format("a mapping of {} bytes", bytes))
                    .butFound(std::strerror(errno))
                    .withRemedy("Raise the limit of address space (ulimit -v) or copy the file to a local disk."));
        const auto* begin = static_cast<const std::byte*>(address);
        try {
            m_state->guard = guardMapping(begin, bytes);
        } catch (const std::bad_alloc&) {
            munmap(address, bytes);
            return fail(Error("E-FILE-006", "The file cannot be mapped into memory.")
                            .inFile(path())
                            .butExpected("free memory")
                            .butFound("none")
                            .withRemedy("Close other programs."));
        }
        m_state->mapped = begin;
    }
    if (m_state->advised != access) {
        madvise(const_cast<std::byte*>(m_state->mapped), bytes,
                access == Access::Random ? MADV_RANDOM : MADV_SEQUENTIAL);
        m_state->advised = access;
    }
    return std::span<const std::byte>(m_state->mapped, bytes);
}

Result<void> RandomAccessFile::checkUnchanged() const {
    const auto changed = [this](std::string expected, std::string found) {
        return fail(Error("E-FILE-005", "The file was changed while it was open.")
                        .inFile(path())
                        .butExpected(std::move(expected))
                        .butFound(std::move(found))
                        .withRemedy("Open it again when whatever writes it has finished."));
    };
    struct stat s {};
    if ((m_state->unnamed ? fstat(m_state->fd.get(), &s) : stat(m_state->path.c_str(), &s)) != 0) {
        if (errno != ENOENT && errno != ENOTDIR) return changed("the file that was opened", std::strerror(errno));
        return fail(Error("E-FILE-005",
                          "The file is gone: since it was opened it, or a folder above it, was removed or renamed.")
                        .inFile(path())
                        .butExpected("the file that was opened")
                        .butFound(std::strerror(errno))
                        .withRemedy("Put it back and open it again, or open another one."));
    }
    const FileIdentity now = identityOf(s);
    const FileIdentity& then = m_state->identity;
    if (now.size != then.size) return changed(fmt::format("{} bytes", then.size), fmt::format("{} bytes", now.size));
    if (now.device != then.device || now.inode != then.inode)
        return changed("the file that was opened", "another file under its name");
    if (now.mtimeNs != then.mtimeNs) return changed("the time of its last change when it was opened", "a later change");
    if (now != then)  // what set the old time again cannot be told from what left the bytes alone
        return changed("its status as it was when it was opened",
                       "a later change of its rights, owner or links, or of its bytes with the time set back");
    {
        const MutexLock lock(m_state->mutex);
        if (m_state->guard && isDamaged(m_state->guard))
            return changed("every mapped page can be read", "a page could not be read");
    }
    return {};
}

void RandomAccessFile::prefetch(std::int64_t offset, std::int64_t bytes) const {
    posix_fadvise(m_state->fd.get(), offset, bytes, POSIX_FADV_WILLNEED);
}

void RandomAccessFile::release(std::int64_t offset, std::int64_t bytes) const {
    const std::int64_t page = sysconf(_SC_PAGESIZE);
    const std::int64_t begin = (offset + page - 1) / page * page, end = (offset + bytes) / page * page;
    const MutexLock lock(m_state->mutex);
    if (m_state->mapped && begin < end)
        madvise(const_cast<std::byte*>(m_state->mapped) + begin, static_cast<std::size_t>(end - begin), MADV_DONTNEED);
}

}  // namespace dlrm
