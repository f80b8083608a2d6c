// SPDX-License-Identifier: Apache-2.0
// The fuzzer's input as a file, and what every refusal must hold.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/random_access_file.h"

namespace dlrm::fuzz {

// A file that has no name.
inline std::shared_ptr<RandomAccessFile> memoryFile(const std::uint8_t* data, std::size_t size) {
    UniqueFd fd(memfd_create("fuzz", MFD_CLOEXEC));
    if (!fd || write(fd.get(), data, size) != static_cast<ssize_t>(size)) std::abort();
    auto file = RandomAccessFile::adopt(std::move(fd), "fuzz");
    if (!file) std::abort();
    return *std::move(file);
}

// A directory in memory, removed at exit, for readers that open by name.
class MemoryDirectory {
public:
    MemoryDirectory() : m_path("/dev/shm/dlrm-fuzz-" + std::to_string(getpid())) {
        std::filesystem::create_directory(m_path);
    }
    ~MemoryDirectory() { std::filesystem::remove_all(m_path); }
    MemoryDirectory(const MemoryDirectory&) = delete;
    MemoryDirectory& operator=(const MemoryDirectory&) = delete;

    const std::string& path() const { return m_path; }
    // Replaces the file `name`; returns its path.
    std::string put(const std::string& name, const std::uint8_t* data, std::size_t size) const {
        std::string path = m_path + "/" + name;
        const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!fd || write(fd.get(), data, size) != static_cast<ssize_t>(size)) std::abort();
        return path;
    }
    std::string put(const std::string& name, const std::string& text) const {
        return put(name, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    }

private:
    std::string m_path;
};

// Every refusal must say what it is and what to do.
template <class T>
void checkRefusal(const Result<T>& result) {
    if (!result && (result.error().code.empty() || result.error().file.empty() || result.error().remedy.empty()))
        std::abort();
}

}  // namespace dlrm::fuzz
