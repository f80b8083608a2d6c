// SPDX-License-Identifier: Apache-2.0
// Temporary names beside what they become, "<path>.part-<host>-<pid>-<n>", and what processes that were killed left
// under such names. Private to core/base.
#pragma once

#include <string>

#include "core/base/unique_fd.h"

namespace dlrm {

// A name that no other call in this process gives. It may stand there all the same: from a process that was killed and
// had the same number.
std::string temporaryName(const std::string& path);

// Says that somebody is at work on the open file or directory, as long as it is open. Where the file system has no
// locks nothing happens.
void markInUse(int descriptor);

// Removes what stands under temporary names of `path` that this host gave, whose process has ended, that is older than
// a minute and in nobody's use. Looks once for a path, again where something was too new; what cannot be locked or
// removed stays (NFS gives no lock for what is open for reading only).
void sweepLeftovers(const std::string& path);

}  // namespace dlrm
