// SPDX-License-Identifier: Apache-2.0
// What --help prints: the verb's own options first, then those it shares with others, an example, the exit codes; no wider than the screen.
#pragma once

#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>

namespace dlrm::cli {

inline constexpr const char* kExitCodes = "Exit codes: 0 done, 1 done with findings, 2 could not run (stderr says why), 130 interrupted.";

// "dlrm-cli rows CHECKPOINT --table VALUE [options]".
std::string usageOf(const CLI::App& verb);
// What an option is for, and its default or that it is required.
std::string aboutOption(const CLI::Option& option);
// Whether a value follows it; a flag takes none.
bool takesValue(const CLI::Option& option);

// For the program; verbs that are added afterwards take it over.
std::shared_ptr<CLI::Formatter> helpFormatter();

}  // namespace dlrm::cli
