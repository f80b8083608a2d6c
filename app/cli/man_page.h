// SPDX-License-Identifier: Apache-2.0
// The manual page of dlrm-cli, in section 1.
#pragma once

#include <string>

#include "app/cli/verb_options.h"

namespace dlrm::cli {

// Of all verbs with all their options, as man's macros in UTF-8. The same for every machine.
std::string manPage(const CommandLine& program);

}  // namespace dlrm::cli
