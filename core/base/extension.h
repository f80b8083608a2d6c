// SPDX-License-Identifier: Apache-2.0
// What a file's name says about its format.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>

namespace dlrm {

// The extension in lower case, with its dot: ".h5" of "a/Model.H5"; empty: none.
inline std::string lowerExtension(const std::string& path) {
    std::string extension = std::filesystem::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

inline bool hasHdf5Extension(const std::string& path) {
    const std::string extension = lowerExtension(path);
    return extension == ".h5" || extension == ".hdf5";
}

}  // namespace dlrm
