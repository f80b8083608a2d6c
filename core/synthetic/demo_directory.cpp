// SPDX-License-Identifier: Apache-2.0
#include "core/synthetic/demo_directory.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace dlrm {
namespace fs = std::filesystem;

Error demoWriteError(const std::string& file, int errorNumber) {
    return Error("E-DEMO-003", "The demo could not be written.")
        .inFile(file)
        .butExpected("a directory that can be made and written to")
        .butFound(std::strerror(errorNumber))
        .withRemedy("Choose a directory you may write to, on a disk with enough space.");
}

Result<DemoDirectory> DemoDirectory::claim(const std::string& path, std::int64_t bytes) {
    std::error_code error;
    DemoDirectory out;
    out.m_path = fs::absolute(path, error).lexically_normal();
    if (!out.m_path.has_filename()) out.m_path = out.m_path.parent_path();  // "dir/"
    const bool exists = fs::exists(out.m_path, error);
    if (exists && (!fs::is_directory(out.m_path, error) || !fs::is_empty(out.m_path, error)))
        return fail(Error("E-DEMO-002", "The demo is only written into a new or empty directory.")
                        .inFile(path)
                        .butExpected("a path where nothing is, or an empty directory")
                        .butFound(fs::is_directory(out.m_path, error) ? "a directory with files in it" : "a file")
                        .withRemedy("Name a directory that does not exist yet."));

    fs::path ancestor = out.m_path;
    std::vector<fs::path> missing;
    while (!fs::exists(ancestor, error) && ancestor.has_relative_path()) {
        missing.insert(missing.begin(), ancestor);
        ancestor = ancestor.parent_path();
    }
    struct statvfs disk {};
    if (::statvfs(ancestor.c_str(), &disk) != 0) return fail(demoWriteError(path, errno));
    constexpr double kSpare = 64.0 * 1024 * 1024;  // for directories, block rounding and the file system's own needs
    const double available = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
    if (available < static_cast<double>(bytes) + kSpare)
        return fail(
            Error("E-DEMO-001", "There is not enough disk space for the demo.")
                .inFile(path)
                .butExpected(fmt::format("{:.2f} GiB free", (static_cast<double>(bytes) + kSpare) / 0x1p30))
                .butFound(fmt::format("{:.2f} GiB free", available / 0x1p30))
                .withRemedy(
                    "Free some space, choose another disk, or write a smaller demo (without --like, fewer --rows)."));

    out.m_cleanup = true;
    for (const fs::path& directory : missing) {
        if (!fs::create_directory(directory, error))
            return fail(demoWriteError(directory.string(), error ? error.value() : EEXIST));
        out.m_created.push_back(directory);
    }
    for (const std::string& directory : {out.checkpoint(), out.dataset()})
        if (!fs::create_directory(directory, error))
            return fail(demoWriteError(directory, error ? error.value() : EEXIST));
    return out;
}

DemoDirectory::DemoDirectory(DemoDirectory&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_created(std::move(other.m_created)),
      m_cleanup(std::exchange(other.m_cleanup, false)) {}

DemoDirectory::~DemoDirectory() {
    if (!m_cleanup) return;
    std::error_code ignored;
    for (const char* directory : {"checkpoint.incomplete", "dataset.incomplete"})
        fs::remove_all(m_path / directory, ignored);
    for (auto directory = m_created.rbegin(); directory != m_created.rend(); ++directory)
        fs::remove(*directory, ignored);
}

Result<void> DemoDirectory::commit() {
    std::error_code error;
    fs::rename(checkpoint(), m_path / "checkpoint", error);
    if (error) return fail(demoWriteError(checkpoint(), error.value()));
    fs::rename(dataset(), m_path / "dataset", error);
    if (error) {
        const Error failure = demoWriteError(dataset(), error.value());
        fs::rename(m_path / "checkpoint", checkpoint(), error);
        return fail(failure);
    }
    m_cleanup = false;
    return {};
}

}  // namespace dlrm
