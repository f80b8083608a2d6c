// SPDX-License-Identifier: Apache-2.0
// An unnamed temporary file, gone with its last descriptor.
#pragma once

#include <string>

#include "core/base/unique_fd.h"

namespace dlrm {

// In $TMPDIR, else /var/tmp: for what may be larger than memory. `folder` becomes the folder it is in. Invalid, with
// errno, where it cannot be made.
UniqueFd unnamedTemporaryFile(std::string& folder);

}  // namespace dlrm
