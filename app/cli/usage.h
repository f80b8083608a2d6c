// SPDX-License-Identifier: Apache-2.0
// How dlrm-cli was called, and what is wrong with that.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include "core/base/result.h"

namespace dlrm::cli {

// "did you mean NAME?" for the one of `names` that is a few letters away from `typed`, else `otherwise`.
std::string suggestion(const std::string& typed, const std::vector<std::string>& names, const std::string& otherwise);

// Takes one of `names`, and what `also` says is another name of one. What is wrong with another value, refused() says.
CLI::Validator oneOf(const std::vector<std::string>& names, std::function<bool(const std::string&)> also = {});
// The names that an option's oneOf() takes; empty: the option has none.
std::vector<std::string> choicesOf(CLI::Option& option);

// The verb of this name, or null.
CLI::App* verbNamed(CLI::App& app, std::string_view name);

// E-CLI-001 where the first argument names no verb, or one of the others no option of the verb, or where an option that
// takes a value has none: an empty one, or another option in its place. `arguments`: without the program's name.
std::optional<Error> wrongUse(std::span<const char* const> arguments, CLI::App& app);
// E-CLI-001 for what the parser refused.
Error refused(const CLI::ParseError& error, std::span<const char* const> arguments, CLI::App& app);

}  // namespace dlrm::cli
