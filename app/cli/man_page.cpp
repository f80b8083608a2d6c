// SPDX-License-Identifier: Apache-2.0
#include "app/cli/man_page.h"

#include <string_view>

#include "app/cli/commands.h"
#include "app/cli/help.h"
#include "app/program/program.h"

namespace dlrm::cli {
namespace {

// Text that means itself: a line must not begin with a control character either.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
        if (c == '\\') out += "\\e";
        else if (c == '-') out += "\\-";
        else out += c;
    }
    return out;
}

std::string entry(const std::string& title, const std::string& about) {
    return ".TP\n\\fB" + plain(title) + "\\fR\n" + plain(about) + "\n";
}

std::string verbText(const VerbOptions& verb, const Command& command) {
    std::string out =
        ".SS " + plain(command.name) + "\n" + plain(command.summary) + ".\n.PP\n\\fB" + plain(usageOf(verb)) + "\\fR\n";
    for (const OptionText* option : verb.options()) {
        std::string title = option->names();
        if (option->isPositional()) title = upper(title);
        else if (option->takesValue) title += " VALUE";
        out += entry(title, aboutOption(*option));
    }
    if (!command.example.empty()) out += ".PP\nExamples:\n.PP\n.nf\n" + plain(command.example) + "\n.fi\n";
    return out;
}

}  // namespace

std::string manPage(const CommandLine& program) {
    std::string out = ".TH DLRM\\-CLI 1 \"\" \"dlrm\\-cli " + plain(programVersion()) +
                      "\" \"DLRM Explorer\"\n"
                      ".SH NAME\ndlrm\\-cli \\- inspect and validate NVIDIA DLRM checkpoints\n"
                      ".SH SYNOPSIS\n\\fBdlrm\\-cli\\fR \\fIVERB\\fR [\\fIoptions\\fR]\n"
                      ".SH DESCRIPTION\n" +
                      plain(program.about()) + "\n.SH VERBS\n";
    for (const Command& command : commands()) out += verbText(*program.verb(command.name), command);
    return out +
           ".SS help VERB\nLists the options of a verb.\n.SS version\nTells the version, its commit and what this "
           "build can use.\n.SH \"EXIT STATUS\"\n" +
           plain(kExitCodes) + "\n";
}

}  // namespace dlrm::cli
