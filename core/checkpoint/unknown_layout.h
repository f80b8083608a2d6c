// SPDX-License-Identifier: Apache-2.0
// What to say of a path that no format recognises. Private to core/checkpoint.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/checkpoint/directory.h"

namespace dlrm {

// E-CKPT-003 a file, 005 a directory (naming the checkpoint in it, if one of its subdirectories is one), 036 a dump of
//            HugeCTR's training.
Error unknownLayout(const std::string& path, const CheckpointDirectory& directory);

}  // namespace dlrm
