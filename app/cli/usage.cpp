// SPDX-License-Identifier: Apache-2.0
#include "app/cli/usage.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/commands.h"

namespace dlrm::cli {
namespace {

constexpr const char* kOneOf = "one of";  // name of the validator

// Letters to insert, remove, replace or swap with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before, row(b.size() + 1), above;
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        before = std::exchange(above, row);
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            row[j + 1] = std::min({above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1)});
            if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
        }
    }
    return row.back();
}

std::vector<std::string> verbNames() {
    std::vector<std::string> out;
    for (const Command& command : commands()) out.emplace_back(command.name);
    return out;
}

CLI::App* verbOf(std::span<const char* const> arguments, CLI::App& app) { return arguments.empty() ? nullptr : verbNamed(app, arguments.front()); }

std::vector<std::string> optionsOf(const CLI::App& verb) {
    std::vector<std::string> out;
    for (const CLI::Option* option : verb.get_options())
        for (const std::string& name : option->get_lnames()) out.push_back("--" + name);
    return out;
}

// What is wrong with an option that `verb` does not have: other verbs may.
std::string noSuchOption(const std::string& name, const CLI::App& verb, CLI::App& app) {
    std::vector<std::string> others;
    for (const Command& command : commands()) {
        const std::vector<std::string> options = optionsOf(*verbNamed(app, command.name));
        if (std::find(options.begin(), options.end(), name) != options.end()) others.emplace_back(command.name);
    }
    if (others.empty()) return fmt::format("{} has no such option.", verb.get_name());
    return fmt::format("{} has no {}; {} {}.", verb.get_name(), name, fmt::join(others, ", "),
                       others.size() == 1 ? "has" : "have");
}

std::string helpOf(const CLI::App* verb) { return verb ? fmt::format("see dlrm-cli {} --help", verb->get_name()) : "see dlrm-cli --help"; }

}  // namespace

CLI::App* verbNamed(CLI::App& app, std::string_view name) {
    for (CLI::App* verb : app.get_subcommands(std::function<bool(CLI::App*)>()))
        if (verb->get_name() == name) return verb;
    return nullptr;
}

std::string suggestion(const std::string& typed, const std::vector<std::string>& names, const std::string& otherwise) {
    const std::string* best = nullptr;
    std::size_t fewest = std::max<std::size_t>(2, typed.size() / 3) + 1;
    for (const std::string& name : names) {
        // The beginning of a name is as good as one letter less.
        const std::size_t letters = name.starts_with(typed) ? 1 : distance(typed, name);
        if (letters >= fewest) continue;
        fewest = letters;
        best = &name;
    }
    return best ? fmt::format("did you mean {}?", *best) : otherwise;
}

CLI::Validator oneOf(const std::vector<std::string>& names, std::function<bool(const std::string&)> also) {
    return {[names, also = std::move(also)](std::string& value) {
                const bool known = std::find(names.begin(), names.end(), value) != names.end() || (also && also(value));
                return known ? std::string() : value.empty() ? "nothing" : value;
            },
            fmt::format("{}", fmt::join(names, ",")), kOneOf};
}

std::vector<std::string> choicesOf(CLI::Option& option) {
    std::vector<std::string> out;
    try {
        for (const std::string& name : CLI::detail::split(option.get_validator(kOneOf)->get_description(), ',')) out.push_back(name);
    } catch (const CLI::OptionNotFound&) {  // it takes any text
    }
    return out;
}

std::optional<Error> wrongUse(std::span<const char* const> arguments, CLI::App& app) {
    if (arguments.empty()) return Error("E-CLI-001", "No verb was given.").butExpected(fmt::format("{}", fmt::join(verbNames(), ", "))).withRemedy("see dlrm-cli --help");
    const std::string first = arguments.front();
    CLI::App* const verb = verbOf(arguments, app);
    if (!verb) {
        if (first.starts_with('-')) return Error("E-CLI-001", "Options follow the verb.").butExpected("a verb").butFound(first).withRemedy("see dlrm-cli --help");
        return Error("E-CLI-001", "There is no such verb.")
            .butExpected(fmt::format("{}", fmt::join(verbNames(), ", ")))
            .butFound(first)
            .withRemedy(suggestion(first, verbNames(), "see dlrm-cli --help"));
    }
    const std::vector<std::string> options = optionsOf(*verb);
    for (const std::string_view argument : arguments.subspan(1)) {
        if (argument == "--") break;
        if (!argument.starts_with("--")) continue;
        const std::string name(argument.substr(0, argument.find('=')));
        if (std::find(options.begin(), options.end(), name) != options.end()) continue;
        return Error("E-CLI-001", noSuchOption(name, *verb, app))
            .butFound(name)
            .withRemedy(suggestion(name, options, helpOf(verb)));
    }
    return std::nullopt;
}

Error refused(const CLI::ParseError& error, std::span<const char* const> arguments, CLI::App& app) {
    CLI::App* const verb = verbOf(arguments, app);
    if (dynamic_cast<const CLI::ExtrasError*>(&error) && verb)
        return Error("E-CLI-001", "There are more arguments than this verb takes.").butFound(fmt::format("{}", fmt::join(verb->remaining(), " "))).withRemedy(helpOf(verb));
    if (dynamic_cast<const CLI::ValidationError*>(&error) && verb)
        for (CLI::Option* option : verb->get_options()) {
            const std::vector<std::string> names = choicesOf(*option);
            const std::string begin = option->get_name() + ": ", what = error.what();
            if (names.empty() || !what.starts_with(begin)) continue;
            return Error("E-CLI-001", fmt::format("{} has no such value.", option->get_name()))
                .butExpected(fmt::format("{}", fmt::join(names, ", ")))
                .butFound(what.substr(begin.size()))
                .withRemedy(suggestion(what.substr(begin.size()), names, helpOf(verb)));
        }
    return Error("E-CLI-001", error.what()).withRemedy(helpOf(verb));
}

}  // namespace dlrm::cli
