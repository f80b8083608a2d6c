// SPDX-License-Identifier: Apache-2.0
#include "app/cli/help.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/text.h"

namespace dlrm::cli {
namespace {

constexpr std::array kSharedGroups{kDataGroup, kModelGroup, kComputingGroup, kOutputGroup};

std::string positionals(const VerbOptions& verb) {
    TextTable table{"<", "<"};
    for (const OptionText* option : verb.options())
        if (option->isPositional()) table.addRow({upper(option->name()), option->about});
    return table.text("  ");
}

std::string groupText(const VerbOptions& verb, std::string_view name, const std::string& title) {
    TextTable table{"<", "<"};
    bool any = false;
    for (const OptionText* option : verb.options()) {
        if (option->group != name || option->isPositional()) continue;
        any = true;
        table.addRow({option->names() + (option->takesValue ? " VALUE" : ""), aboutOption(*option)});
    }
    return any ? "\n" + title + "\n" + table.text("  ") : "";
}

}  // namespace

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::string helpText(const CommandLine& program) {
    TextTable verbs{"<", "<"};
    for (const Command& command : commands()) verbs.addRow({std::string(command.name), std::string(command.summary)});
    return program.about() + "\n\ndlrm-cli VERB [options]\n" + verbs.text("  ") +
           "\ndlrm-cli help VERB lists its options; -V tells the version, its commit and what this build can use.\n" +
           kExitCodes + "\n";
}

std::string helpText(const VerbOptions& verb) {
    std::string out = verb.summary() + "\n\n" + usageOf(verb) + "\n" + positionals(verb);
    out += groupText(verb, kOwnGroup, fmt::format("Options of {}", verb.name()));
    for (const char* shared : kSharedGroups) out += groupText(verb, shared, shared);
    const auto commands_ = commands();
    const auto command =
        std::find_if(commands_.begin(), commands_.end(), [&](const Command& c) { return c.name == verb.name(); });
    if (command != commands_.end() && !command->example.empty()) {
        out += "\nExamples\n  ";
        for (const char c : command->example) out += c == '\n' ? "\n  " : std::string(1, c);
        out += "\n";
    }
    const std::string& footer = verb.footer();
    if (!footer.empty()) out += "\n" + footer + (footer.ends_with('\n') ? "" : "\n");
    return footer.find("Exit codes:") == std::string::npos ? out + "\n" + kExitCodes + "\n" : out;
}

std::string usageOf(const VerbOptions& verb) {
    std::string usage = "dlrm-cli " + verb.name();
    for (const OptionText* option : verb.options()) {
        const bool required = option->required;
        if (option->isPositional()) usage += (required ? " " : " [") + upper(option->name()) + (required ? "" : "]");
        else if (required) usage += " " + option->name() + " VALUE";
    }
    return usage + " [options]";
}

std::string aboutOption(const OptionText& option) {
    if (option.required) return option.about + " (required)";
    return option.about + (option.byDefault.empty() ? "" : fmt::format(" (default: {})", option.byDefault));
}

}  // namespace dlrm::cli
