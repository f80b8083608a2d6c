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

struct CheckpointFormat {
    std::string_view layout;       // "C"
    std::string_view description;  // one sentence
    // By file names alone, before parsing anything.
    bool (*recognises)(const CheckpointDirectory&);
    // `path`: as the user gave it.
    Result<Checkpoint::Contents> (*open)(const std::string& path, const CheckpointDirectory&, const CheckpointOptions&,
                                         const Job&);
    bool ofFile = false;  // a file on its own, not a directory
};

// In the order they are tried.
std::span<const CheckpointFormat> checkpointFormats();

}  // namespace dlrm
