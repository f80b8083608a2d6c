// SPDX-License-Identifier: Apache-2.0
// What --help prints: the verb's own options first, then those it shares with others, an example, the exit codes; no
// wider than the screen.
#pragma once

#include <string>

#include "app/cli/verb_options.h"

namespace dlrm::cli {

inline constexpr const char* kExitCodes =
    "Exit codes: 0 done, 1 done with findings, 2 could not run (stderr says why), 130 interrupted.";

std::string upper(std::string text);  // as arguments without a name are called
// "dlrm-cli rows CHECKPOINT --table VALUE [options]".
std::string usageOf(const VerbOptions& verb);
// What an option is for, and its default or that it is required.
std::string aboutOption(const OptionText& option);

std::string helpText(const CommandLine& program);
std::string helpText(const VerbOptions& verb);

}  // namespace dlrm::cli
