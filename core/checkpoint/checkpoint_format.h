// SPDX-License-Identifier: Apache-2.0
// The interface of a checkpoint format, and THE TABLE OF FORMATS (layouts/formats.cpp). A new format is one file and
// one line there.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/directory.h"

namespace dlrm {

// By file names alone, before parsing anything.
using RecogniseFormat = bool(const CheckpointDirectory& directory);

// `path`: as the user gave it.
using OpenFormat = Result<Checkpoint::Contents>(const std::string& path, const CheckpointDirectory& directory,
                                                const CheckpointOptions& options, const Job& job);

struct CheckpointFormat {
    std::string_view layout;       // "C"
    std::string_view description;  // one sentence
    RecogniseFormat* recognises;
    OpenFormat* open;
    bool ofFile = false;  // a file on its own, not a directory
};

// In the order they are tried.
std::span<const CheckpointFormat> checkpointFormats();

}  // namespace dlrm
