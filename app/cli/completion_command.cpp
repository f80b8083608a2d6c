// SPDX-License-Identifier: Apache-2.0
// dlrm-cli completion: scripts for shells, from the same table of verbs and options as the help.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/commands.h"
#include "app/cli/man_page.h"

namespace dlrm::cli {
namespace {

struct OfferedVerb {
    std::string name, about;
    std::vector<const OptionText*> options;
    std::vector<std::string> words;  // that its arguments may be; empty: files
};

std::vector<OfferedVerb> offered(const CommandLine& program) {
    std::vector<OfferedVerb> out;
    for (const Command& command : commands()) {
        OfferedVerb verb{std::string(command.name), std::string(command.summary), {}, {}};
        for (const OptionText* option : program.verb(command.name)->options()) {
            if (option->isPositional())
                verb.words.insert(verb.words.end(), option->choices.begin(), option->choices.end());
            else verb.options.push_back(option);
        }
        out.push_back(std::move(verb));
    }
    out.push_back({"help", "Lists the options of a verb", {}, {}});
    for (const Command& command : commands()) out.back().words.emplace_back(command.name);
    out.push_back({"version", "Tells the version, its commit and what this build can use", {}, {}});
    return out;
}

std::string bashScript(const std::vector<OfferedVerb>& verbs) {
    std::vector<std::string> names;
    for (const OfferedVerb& verb : verbs) names.push_back(verb.name);
    std::string out = fmt::format(
        "# bash completion of dlrm-cli, written by `dlrm-cli completion bash`.\n"
        "_dlrm_cli() {{\n"
        "    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}} words=\n"
        "    COMPREPLY=()\n"
        "    if ((COMP_CWORD == 1)); then\n"
        "        COMPREPLY=($(compgen -W '{}' -- \"$cur\"))\n"
        "        return\n"
        "    fi\n"
        "    case ${{COMP_WORDS[1]}} in\n",
        fmt::join(names, " "));
    for (const OfferedVerb& verb : verbs) {
        std::vector<std::string> options;
        std::string values;
        for (const OptionText* option : verb.options) {
            options.push_back(fmt::format("{}", fmt::join(option->dashed(), " ")));
            // A name may follow that is none of the words: a file.
            if (option->takesValue)
                values += fmt::format("                {}) COMPREPLY=($(compgen -W '{}' -- \"$cur\")); return ;;\n",
                                      fmt::join(option->dashed(), "|"), fmt::join(option->choices, " "));
        }
        out += fmt::format("        {})\n", verb.name);
        if (!values.empty()) out += "            case $prev in\n" + values + "            esac\n";
        out += fmt::format("            words='{}'\n            [[ $cur == -* ]] && words='{}'\n            ;;\n",
                           fmt::join(verb.words, " "), fmt::join(options, " "));
    }
    return out +
           "    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
           "}\n"
           "complete -o bashdefault -o default -F _dlrm_cli dlrm-cli\n";
}

// `text` between single quotes, each character of `special` after a backslash.
std::string quoted(std::string_view text, std::string_view special, std::string_view quote) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += quote;
            continue;
        }
        if (special.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out + "'";
}

std::string zshScript(const std::vector<OfferedVerb>& verbs) {
    const auto text = [](std::string_view words) { return quoted(words, "]:\\", "'\\''"); };
    std::string out =
        "#compdef dlrm-cli\n# zsh completion of dlrm-cli, written by `dlrm-cli completion zsh`.\n_dlrm-cli() {\n    "
        "local -a verbs\n    verbs=(\n";
    for (const OfferedVerb& verb : verbs)
        out += fmt::format("        {}:{}\n", verb.name, quoted(verb.about, ":\\", "'\\''"));
    out +=
        "    )\n    if (( CURRENT == 2 )); then\n        _describe verb verbs\n        return\n    fi\n    shift "
        "words\n    (( CURRENT-- ))\n    case $words[1] in\n";
    for (const OfferedVerb& verb : verbs) {
        out += fmt::format("        {})\n            _arguments", verb.name);
        for (const OptionText* option : verb.options) {
            const std::string value = !option->takesValue ? ""
                                      : option->choices.empty()
                                          ? "':value:_files'"
                                          : fmt::format("':value:({})'", fmt::join(option->choices, " "));
            for (const std::string& name : option->dashed())
                out += fmt::format(" \\\n                {}'['{}']'{}", name, text(option->about), value);
        }
        out += verb.words.empty() ? " \\\n                '*:file:_files'\n"
                                  : fmt::format(" \\\n                '*:word:({})'\n", fmt::join(verb.words, " "));
        out += "            ;;\n";
    }
    return out +
           "    esac\n}\nif [ \"$funcstack[1]\" = _dlrm-cli ]; then\n    _dlrm-cli \"$@\"\nelse\n    compdef _dlrm-cli "
           "dlrm-cli\nfi\n";
}

std::string fishScript(const std::vector<OfferedVerb>& verbs) {
    const auto text = [](std::string_view words) { return quoted(words, "\\", "\\'"); };
    std::string out = "# fish completion of dlrm-cli, written by `dlrm-cli completion fish`.\n";
    for (const OfferedVerb& verb : verbs)
        out +=
            fmt::format("complete -c dlrm-cli -f -n __fish_use_subcommand -a {} -d {}\n", verb.name, text(verb.about));
    for (const OfferedVerb& verb : verbs) {
        const std::string begin = fmt::format("complete -c dlrm-cli -n '__fish_seen_subcommand_from {}'", verb.name);
        if (!verb.words.empty()) out += fmt::format("{} -f -a '{}'\n", begin, fmt::join(verb.words, " "));
        for (const OptionText* option : verb.options) {
            out += begin;
            for (const std::string& name : option->shortNames) out += " -s " + name;
            for (const std::string& name : option->longNames) out += " -l " + name;
            if (option->takesValue)
                out += option->choices.empty() ? " -r" : fmt::format(" -x -a '{}'", fmt::join(option->choices, " "));
            out += " -d " + text(option->about) + "\n";
        }
    }
    return out;
}

}  // namespace

Run setUpCompletion(VerbOptions& verb, CommonOptions&) {
    auto form = std::make_shared<std::string>();
    verb.choice("form", *form, {"bash", "zsh", "fish", "man"},
                "bash, zsh or fish: a script for that shell; man: the manual page")
        .required();
    return [form, &program = verb.program()](Context& context) -> Result<void> {
        context.out.useLines();
        if (*form == "man") context.out.write(manPage(program));
        else if (*form == "bash") context.out.write(bashScript(offered(program)));
        else context.out.write(*form == "zsh" ? zshScript(offered(program)) : fishScript(offered(program)));
        return {};
    };
}

}  // namespace dlrm::cli
