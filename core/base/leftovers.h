// SPDX-License-Identifier: Apache-2.0
// Temporary names beside what they become, "<path>.part-<pid>-<n>", and what processes that were killed left under such names. Private to core/base.
#pragma once

#include <string>

#include "core/base/unique_fd.h"

namespace dlrm {

// A name that no other call in this process gives.
std::string temporaryName(const std::string& path);

// Says that somebody is at work on the open file or directory, as long as it is open. Where the file system has no locks nothing happens.
void markInUse(int descriptor);

// Removes what stands under temporary names of `path`, is older than a minute and in nobody's use. What cannot be removed stays.
void sweepLeftovers(const std::string& path);

}  // namespace dlrm
