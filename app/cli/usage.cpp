// SPDX-License-Identifier: Apache-2.0
#include "app/cli/usage.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/commands.h"
#include "app/cli/help.h"
#include "core/engine/open_options.h"

namespace dlrm::cli {
namespace {

// Letters to insert, remove, replace or swap with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before, row(b.size() + 1), above;
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        before = std::exchange(above, row);
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            row[j + 1] = std::min({above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1)});
            if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j])
                row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
        }
    }
    return row.back();
}

std::vector<std::string> verbNames() {
    std::vector<std::string> out;
    for (const Command& command : commands()) out.emplace_back(command.name);
    return out;
}

const VerbOptions* verbOf(std::span<const char* const> arguments, const CommandLine& program) {
    return arguments.empty() ? nullptr : program.verb(arguments.front());
}

std::vector<std::string> optionsOf(const VerbOptions& verb) {
    std::vector<std::string> out;
    for (const OptionText* option : verb.options())
        for (const std::string& name : option->longNames) out.push_back("--" + name);
    return out;
}

std::vector<std::string> verbsWith(const std::string& option, const CommandLine& program) {
    std::vector<std::string> out;
    for (const Command& command : commands())
        if (program.verb(command.name)->find(option)) out.emplace_back(command.name);
    return out;
}

// What is wrong with an option that `verb` does not have: other verbs may.
std::string noSuchOption(const std::string& name, const VerbOptions& verb, const CommandLine& program) {
    const std::vector<std::string> others = verbsWith(name, program);
    if (others.empty()) return fmt::format("{} has no such option.", verb.name());
    return fmt::format("{} has no {}; {} {}.", verb.name(), name, fmt::join(others, ", "),
                       others.size() == 1 ? "has" : "have");
}

// A value that cannot be read, or lies outside what is taken.
Error unfit(const OptionText& option, const std::string& value, const std::string& remedy) {
    return Error("E-CLI-001", fmt::format("{} does not take this value.", option.name()))
        .butExpected(option.expected)
        .butFound(value.empty() ? "nothing" : value)
        .withRemedy(remedy);
}

// A value that is none of those that the option takes.
Error noSuchValue(const OptionText& option, const std::vector<std::string>& values, const std::string& remedy) {
    const auto known = [&](const std::string& value) {
        return std::find(option.choices.begin(), option.choices.end(), value) != option.choices.end();
    };
    const auto unknown = std::find_if_not(values.begin(), values.end(), known);
    const std::string value = unknown == values.end() || unknown->empty() ? "nothing" : *unknown;
    return Error("E-CLI-001", option.name() + " has no such value.")
        .butExpected(option.expected)
        .butFound(value)
        .withRemedy(suggestion(value, option.choices, remedy));
}

// Whether the program would read `text` as an option, of whatever verb.
bool isOption(std::string_view text, const CommandLine& program) {
    if (text.size() < 2 || !text.starts_with('-')) return false;
    const std::string name(text.substr(0, text.find('=')));
    if (name == "--" || name == "-V" || name == "--version") return true;
    return std::ranges::any_of(
        commands(), [&](const Command& command) { return program.verb(command.name)->find(name) != nullptr; });
}

// Whether one of the whole numbers in `text`, commas between them, has more than 64 bits.
bool isTooLarge(std::string_view text) {
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(','));
        std::int64_t number = 0;
        if (std::from_chars(word.data(), word.data() + word.size(), number).ec == std::errc::result_out_of_range)
            return true;
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return false;
}

// What is wrong with the value of `option`, which stands in the first of `arguments` or in the one after it: the parser
// would take the next option for a value that was left out. A negative number or "-" is no option.
std::optional<Error> wrongValue(const OptionText& option, std::span<const char* const> arguments,
                                const CommandLine& program) {
    const std::string_view argument = arguments.front();
    const std::size_t equals = argument.find('=');
    std::string_view value;
    if (equals != std::string_view::npos) value = argument.substr(equals + 1);
    else if (arguments.size() > 1) value = arguments[1];
    const bool other = isOption(value, program);
    const bool whole = option.expected.starts_with("a whole number") || option.expected.starts_with("whole numbers");
    if (whole && isTooLarge(value))
        return unfit(option, std::string(value),
                     option.expected.find(" from ") != std::string::npos ? "Give a number in this range."
                                                                         : "Give a number of at most 18 digits.");
    if (!value.empty() && !other) return std::nullopt;
    return Error("E-CLI-001", fmt::format("{} has no value.", argument.substr(0, equals)))
        .butExpected(option.expected)
        .butFound(other ? fmt::format("the option {}", value) : "nothing")
        .withRemedy(other && option.expected == kAnyText
                        ? fmt::format("Give it its value; a file of that name is ./{}.", value)
                        : std::string("Give it its value, or leave the option out."));
}

std::string helpOf(const VerbOptions* verb) {
    return verb ? fmt::format("See dlrm-cli {} --help.", verb->name()) : "See dlrm-cli --help.";
}

}  // namespace

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
    return best ? fmt::format("Did you mean {}?", *best) : otherwise;
}

std::optional<Error> wrongUse(std::span<const char* const> arguments, const CommandLine& program) {
    if (arguments.empty())
        return Error("E-CLI-001", "No verb was given.")
            .butExpected(fmt::format("{}", fmt::join(verbNames(), ", ")))
            .withRemedy("See dlrm-cli --help.");
    const std::string first = arguments.front();
    const VerbOptions* const verb = verbOf(arguments, program);
    if (!verb) {
        if (first.starts_with('-'))
            return Error("E-CLI-001", "Options follow the verb.")
                .butExpected("a verb")
                .butFound(first)
                .withRemedy("See dlrm-cli --help.");
        return Error("E-CLI-001", "There is no such verb.")
            .butExpected(fmt::format("{}", fmt::join(verbNames(), ", ")))
            .butFound(first)
            .withRemedy(suggestion(first, verbNames(), "See dlrm-cli --help."));
    }
    for (auto rest = arguments.subspan(1); !rest.empty(); rest = rest.subspan(1)) {
        const std::string_view argument = rest.front();
        if (argument == "--") break;
        if (argument.size() < 2 || !argument.starts_with('-')) continue;
        const std::string name(argument.substr(0, argument.find('=')));
        const OptionText* const option = verb->find(name);
        if (option && option->takesValue)
            if (auto wrong = wrongValue(*option, rest, program)) return wrong;
        if (!argument.starts_with("--") || option) continue;
        return Error("E-CLI-001", noSuchOption(name, *verb, program))
            .butFound(name)
            .withRemedy(verbsWith(name, program).empty() ? suggestion(name, optionsOf(*verb), helpOf(verb))
                                                         : helpOf(verb));
    }
    return std::nullopt;
}

Error refused(const Refusal& refusal, std::span<const char* const> arguments, const CommandLine& program) {
    using Kind = Refusal::Kind;
    const VerbOptions* const verb = verbOf(arguments, program);
    const std::string help = helpOf(verb);
    const auto listed = [&](const char* between) { return fmt::format("{}", fmt::join(refusal.values, between)); };
    switch (refusal.kind) {
        case Kind::Value:
            if (refusal.error) return *refusal.error;
            if (refusal.option->choices.empty()) return unfit(*refusal.option, listed(","), help);
            return noSuchValue(*refusal.option, refusal.values, help);
        case Kind::Twice:
            return Error("E-CLI-001", refusal.option->name() + " stands there more than once.")
                .butExpected("one value")
                .butFound(listed(" and "))
                .withRemedy("Give it once.");
        case Kind::TooMany:
            return Error("E-CLI-001", "There are more arguments than this verb takes.")
                .butFound(listed(" "))
                .withRemedy(help);
        case Kind::Both:
            return Error("E-CLI-001", refusal.what).butExpected("one of the two").butFound("both").withRemedy(help);
        case Kind::LeftOut:
            if (verb)
                return Error("E-CLI-001", refusal.what).butExpected(usageOf(*verb)).butFound("none").withRemedy(help);
            break;
        case Kind::Other:
            break;
    }
    return Error("E-CLI-001", refusal.what).withRemedy(help);
}

}  // namespace dlrm::cli
