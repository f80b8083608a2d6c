// SPDX-License-Identifier: Apache-2.0
#include "app/cli/usage.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string_view>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/commands.h"
#include "app/cli/help.h"

namespace dlrm::cli {
namespace {

constexpr const char* kOneOf = "one of";  // name of the validator
constexpr std::string_view kRange = " in [";  // in the name of a type

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

std::vector<std::string> verbsWith(const std::string& option, CLI::App& app) {
    std::vector<std::string> out;
    for (const Command& command : commands()) {
        const std::vector<std::string> options = optionsOf(*verbNamed(app, command.name));
        if (std::find(options.begin(), options.end(), option) != options.end()) out.emplace_back(command.name);
    }
    return out;
}

// What is wrong with an option that `verb` does not have: other verbs may.
std::string noSuchOption(const std::string& name, const CLI::App& verb, CLI::App& app) {
    const std::vector<std::string> others = verbsWith(name, app);
    if (others.empty()) return fmt::format("{} has no such option.", verb.get_name());
    return fmt::format("{} has no {}; {} {}.", verb.get_name(), name, fmt::join(others, ", "),
                       others.size() == 1 ? "has" : "have");
}

// What the value of an option may be.
std::string expectedOf(CLI::Option& option) {
    const std::vector<std::string> names = choicesOf(option);
    if (!names.empty()) return fmt::format("{}", fmt::join(names, ", "));
    const std::string type = option.get_type_name();  // as "INT:INT in [0 - 4096]"
    const bool whole = type.starts_with("INT") || type.starts_with("UINT");
    if (!whole && !type.starts_with("FLOAT")) return "a value that is not empty";
    std::string out = option.get_items_expected_max() > 1 ? "whole numbers" : whole ? "a whole number" : "a number";
    constexpr std::string_view kBetween = " - ";
    if (const std::size_t at = type.find(kRange); at != std::string::npos) {
        const std::string range = type.substr(at + kRange.size(), type.find(']', at) - at - kRange.size());
        const std::size_t between = range.find(kBetween);
        return fmt::format("{} from {} to {}", out, range.substr(0, between), range.substr(between + kBetween.size()));
    }
    return type.starts_with("UINT") ? out + ", 0 or more" : out;
}

// A value that cannot be read, or lies outside what is taken.
Error unfit(CLI::Option& option, const std::string& value, const std::string& remedy) {
    return Error("E-CLI-001", fmt::format("{} does not take this value.", option.get_name()))
        .butExpected(expectedOf(option))
        .butFound(value)
        .withRemedy(remedy);
}

// Whether the program would read `text` as an option, of whatever verb.
bool isOption(std::string_view text, CLI::App& app) {
    if (text.size() < 2 || !text.starts_with('-')) return false;
    const std::string name(text.substr(0, text.find('=')));
    if (name == "--" || name == "-V" || name == "--version") return true;
    return std::ranges::any_of(commands(), [&](const Command& command) {
        return verbNamed(app, command.name)->get_option_no_throw(name) != nullptr;
    });
}

// Whether one of the whole numbers in `text`, commas between them, has more than 64 bits: the parser would
// take another.
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
std::optional<Error> wrongValue(CLI::Option& option, std::span<const char* const> arguments, CLI::App& app) {
    const std::string_view argument = arguments.front();
    const std::size_t equals = argument.find('=');
    std::string_view value;
    if (equals != std::string_view::npos) value = argument.substr(equals + 1);
    else if (arguments.size() > 1) value = arguments[1];
    const bool other = isOption(value, app);
    const std::string type = option.get_type_name();
    if ((type.starts_with("INT") || type.starts_with("UINT")) && isTooLarge(value))
        return unfit(option, std::string(value),
                     type.find(kRange) != std::string::npos ? "give a number in this range"
                                                            : "give a number of at most 18 digits");
    if (!value.empty() && !other) return std::nullopt;
    const bool text = type.starts_with("TEXT") && choicesOf(option).empty();
    return Error("E-CLI-001", fmt::format("{} has no value.", argument.substr(0, equals)))
        .butExpected(expectedOf(option))
        .butFound(other ? fmt::format("the option {}", value) : "nothing")
        .withRemedy(other && text ? fmt::format("give it its value; a file of that name is ./{}", value)
                                  : std::string("give it its value, or leave the option out"));
}

// The value of which the parser says that it is not in a range.
std::optional<std::string> valueOutside(const std::string& what) {
    constexpr std::string_view kBegins = ": Value ", kEnds = " not in range ";
    const std::size_t begin = what.find(kBegins), end = what.rfind(kEnds);
    if (begin == std::string::npos || end == std::string::npos || end < begin) return std::nullopt;
    return what.substr(begin + kBegins.size(), end - begin - kBegins.size());
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
    for (auto rest = arguments.subspan(1); !rest.empty(); rest = rest.subspan(1)) {
        const std::string_view argument = rest.front();
        if (argument == "--") break;
        if (argument.size() < 2 || !argument.starts_with('-')) continue;
        const std::string name(argument.substr(0, argument.find('=')));
        if (CLI::Option* const option = verb->get_option_no_throw(name); option && takesValue(*option))
            if (auto wrong = wrongValue(*option, rest, app)) return wrong;
        if (!argument.starts_with("--") || std::find(options.begin(), options.end(), name) != options.end()) continue;
        return Error("E-CLI-001", noSuchOption(name, *verb, app))
            .butFound(name)
            .withRemedy(verbsWith(name, app).empty() ? suggestion(name, options, helpOf(verb)) : helpOf(verb));
    }
    return std::nullopt;
}

Error refused(const CLI::ParseError& error, std::span<const char* const> arguments, CLI::App& app) {
    CLI::App* const verb = verbOf(arguments, app);
    if (dynamic_cast<const CLI::ExtrasError*>(&error) && verb)
        return Error("E-CLI-001", "There are more arguments than this verb takes.").butFound(fmt::format("{}", fmt::join(verb->remaining(), " "))).withRemedy(helpOf(verb));
    if (!verb) return Error("E-CLI-001", error.what()).withRemedy(helpOf(verb));
    const std::string what = error.what();
    for (CLI::Option* option : verb->get_options()) {
        const std::string name = option->get_name(), begin = name + ": ", unread = "Could not convert: " + name + " = ";
        const bool validated = dynamic_cast<const CLI::ValidationError*>(&error) && what.starts_with(begin);
        if (validated && !choicesOf(*option).empty())
            return Error("E-CLI-001", name + " has no such value.")
                .butExpected(expectedOf(*option))
                .butFound(what.substr(begin.size()))
                .withRemedy(suggestion(what.substr(begin.size()), choicesOf(*option), helpOf(verb)));
        if (const auto outside = valueOutside(what); validated && outside)
            return unfit(*option, *outside, helpOf(verb));
        if (what.starts_with(unread)) return unfit(*option, what.substr(unread.size()), helpOf(verb));
        if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) && what.starts_with(begin + "At Most 1 "))
            return Error("E-CLI-001", name + " stands there more than once.")
                .butExpected("one value")
                .butFound(fmt::format("{}", fmt::join(option->results(), " and ")))
                .withRemedy("give it once");
    }
    if (dynamic_cast<const CLI::ExcludesError*>(&error))
        return Error("E-CLI-001", what).butExpected("one of the two").butFound("both").withRemedy(helpOf(verb));
    if (dynamic_cast<const CLI::RequiredError*>(&error))
        return Error("E-CLI-001", what).butExpected(usageOf(*verb)).butFound("none").withRemedy(helpOf(verb));
    return Error("E-CLI-001", what).withRemedy(helpOf(verb));
}

}  // namespace dlrm::cli
