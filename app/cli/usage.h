// SPDX-License-Identifier: Apache-2.0
// How dlrm-cli was called, and what is wrong with that.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/cli/verb_options.h"
#include "core/base/result.h"

namespace dlrm::cli {

// "Did you mean NAME?" for the one of `names` that is a few letters away from `typed`, else `otherwise`.
std::string suggestion(const std::string& typed, const std::vector<std::string>& names, const std::string& otherwise);

// E-CLI-001 where the first argument names no verb, or one of the others no option of the verb, or where an option that
// takes a value has none: an empty one, or another option in its place. `arguments`: without the program's name.
std::optional<Error> wrongUse(std::span<const char* const> arguments, const CommandLine& program);
// E-CLI-001 for what the parser refused, or what is wrong with what the value of an option names.
Error refused(const Refusal& refusal, std::span<const char* const> arguments, const CommandLine& program);

}  // namespace dlrm::cli
