// SPDX-License-Identifier: Apache-2.0
// What --help prints: the verb's own options first, then those it shares with others, an example, the exit codes; no wider than the screen.
#pragma once

#include <memory>

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>

namespace dlrm::cli {

// For the program; verbs that are added afterwards take it over.
std::shared_ptr<CLI::Formatter> helpFormatter();

}  // namespace dlrm::cli
