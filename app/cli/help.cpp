// SPDX-License-Identifier: Apache-2.0
#include "app/cli/help.h"

#include <algorithm>
#include <cctype>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/text.h"

namespace dlrm::cli {
namespace {

constexpr const char* kOwnGroup = "Options";  // of options that name none
constexpr std::array kSharedGroups{kDataGroup, kModelGroup, kComputingGroup, kOutputGroup};

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

class Help final : public CLI::Formatter {
public:
    std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override { return app->get_parent() ? ofVerb(*app) : ofProgram(*app); }

private:
    static std::string ofProgram(const CLI::App& app) {
        TextTable verbs;
        verbs.addColumn("", TextTable::Align::Left);
        verbs.addColumn("", TextTable::Align::Left);
        for (const Command& command : commands()) verbs.addRow({std::string(command.name), std::string(command.summary)});
        return app.get_description() + "\n\ndlrm-cli VERB [options]\n" + verbs.text("  ") +
               "\ndlrm-cli help VERB lists its options; -V tells the version, its commit and what this build can use.\n" + kExitCodes + "\n";
    }

    static std::string ofVerb(const CLI::App& verb) {
        std::string out = verb.get_description() + "\n\n" + usageOf(verb) + "\n" + positionals(verb);
        out += group(verb, kOwnGroup, fmt::format("Options of {}", verb.get_name()));
        for (const char* shared : kSharedGroups) out += group(verb, shared, shared);
        const auto commands_ = commands();
        const auto command = std::find_if(commands_.begin(), commands_.end(), [&](const Command& c) { return c.name == verb.get_name(); });
        if (command != commands_.end() && !command->example.empty()) {
            out += "\nExamples\n  ";
            for (const char c : command->example) out += c == '\n' ? "\n  " : std::string(1, c);
            out += "\n";
        }
        const std::string footer = verb.get_footer();
        if (!footer.empty()) out += "\n" + footer + (footer.ends_with('\n') ? "" : "\n");
        return footer.find("Exit codes:") == std::string::npos ? out + "\n" + kExitCodes + "\n" : out;
    }

    static std::string positionals(const CLI::App& verb) {
        TextTable table;
        table.addColumn("", TextTable::Align::Left);
        table.addColumn("", TextTable::Align::Left);
        for (const CLI::Option* option : verb.get_options())
            if (option->get_positional()) table.addRow({upper(option->get_name(true)), option->get_description()});
        return table.text("  ");
    }

    static std::string group(const CLI::App& verb, const std::string& name, const std::string& title) {
        TextTable table;
        table.addColumn("", TextTable::Align::Left);
        table.addColumn("", TextTable::Align::Left);
        bool any = false;
        for (const CLI::Option* option : verb.get_options()) {
            if (option->get_group() != name || !option->nonpositional()) continue;
            any = true;
            table.addRow({option->get_name(false, true) + (takesValue(*option) ? " VALUE" : ""), aboutOption(*option)});
        }
        return any ? "\n" + title + "\n" + table.text("  ") : "";
    }
};

}  // namespace

std::string usageOf(const CLI::App& verb) {
    std::string usage = "dlrm-cli " + verb.get_name();
    for (const CLI::Option* option : verb.get_options()) {
        if (option->get_positional()) usage += (option->get_required() ? " " : " [") + upper(option->get_name(true)) + (option->get_required() ? "" : "]");
        else if (option->get_required()) usage += " " + option->get_name() + " VALUE";
    }
    return usage + " [options]";
}

std::string aboutOption(const CLI::Option& option) {
    if (option.get_required()) return option.get_description() + " (required)";
    return option.get_description() + (option.get_default_str().empty() ? "" : fmt::format(" (default: {})", option.get_default_str()));
}

bool takesValue(const CLI::Option& option) { return option.get_items_expected_min() > 0; }

std::shared_ptr<CLI::Formatter> helpFormatter() { return std::make_shared<Help>(); }

}  // namespace dlrm::cli
