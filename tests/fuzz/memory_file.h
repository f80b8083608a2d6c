// SPDX-License-Identifier: Apache-2.0
// The fuzzer's input as a file that has no name.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "core/base/random_access_file.h"

namespace dlrm::fuzz {

inline std::shared_ptr<RandomAccessFile> memoryFile(const std::uint8_t* data, std::size_t size) {
    UniqueFd fd(memfd_create("fuzz", MFD_CLOEXEC));
    if (!fd || write(fd.get(), data, size) != static_cast<ssize_t>(size)) std::abort();
    auto file = RandomAccessFile::adopt(std::move(fd), "fuzz");
    if (!file) std::abort();
    return *std::move(file);
}

// Every refusal must say what it is and what to do.
template <class T>
void checkRefusal(const Result<T>& result) {
    if (!result && (result.error().code.empty() || result.error().file.empty() || result.error().remedy.empty())) std::abort();
}

}  // namespace dlrm::fuzz
