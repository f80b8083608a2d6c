// SPDX-License-Identifier: Apache-2.0
#include "core/base/program_files.h"

#include <filesystem>
#include <system_error>

namespace dlrm {

std::vector<std::string> programDirectories() {
    std::error_code none;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", none).parent_path();
    std::vector<std::string> out;
    if (none) return out;
    for (const char* place : {"", "../lib/" DLRM_TRIPLET "/dlrm-explorer", "../lib/dlrm-explorer",
                              "../lib64/dlrm-explorer", "../libexec/dlrm-explorer"})
        out.push_back((program / place).lexically_normal().string());
    return out;
}

}  // namespace dlrm
