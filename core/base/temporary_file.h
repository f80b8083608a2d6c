// SPDX-License-Identifier: Apache-2.0
// An unnamed temporary file, gone with its last descriptor.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/base/unique_fd.h"

namespace dlrm {

// In $TMPDIR, else /var/tmp: for what may be larger than memory. `folder` becomes the folder it is in. Invalid, with
// errno, where it cannot be made.
UniqueFd unnamedTemporaryFile(std::string& folder);

// Writes behind what was written before. False, with errno, where not all of it can be written.
bool writeAll(int fd, std::span<const std::byte> bytes);

}  // namespace dlrm
