// SPDX-License-Identifier: Apache-2.0
// What a path is that somebody names without saying so: a checkpoint, a dataset, a dictionary or a workspace.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace dlrm {

enum class PathKind : std::uint8_t { Checkpoint, Dataset, Dictionary, Workspace };

// A file that names checkpoint and data and how they are read (core/scenarios/workspace_file.h), by its name.
inline constexpr const char* kWorkspaceExtension = ".dlrmx";
bool isWorkspaceFile(const std::string& path);

struct ToldPath {
    PathKind kind = PathKind::Checkpoint;
    std::string path;  // to open: of a file that is a part of a checkpoint's directory, the directory
};

// By the names of its files; nothing: it holds none of the three. No file is opened.
std::optional<PathKind> kindOfFolder(const std::string& path);

// A folder by the names of its files, a file by its name or, where names do not tell (HDF5, .npz, text without an
// extension), by what stands in it. What is none of these, or cannot be read, is told as a checkpoint: opening it
// says why it is none. Any thread; waits for the disk.
ToldPath whatIs(const std::string& path, const std::stop_token& stop = {});

}  // namespace dlrm
