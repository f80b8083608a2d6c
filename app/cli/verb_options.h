// SPDX-License-Identifier: Apache-2.0
// How a verb declares its options, and what help, completion, the manual page and errors know of them. The parser is
// CLI11; verb_options.cpp alone includes it, since its headers take longer to compile than all the rest of a verb.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/engine/open_request.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace dlrm::cli {

// Groups of options as --help lists them.
inline constexpr const char* kOwnGroup = "Options";  // of the verb alone
inline constexpr const char* kDataGroup = "Data";
inline constexpr const char* kModelGroup = "How the model is read";
inline constexpr const char* kComputingGroup = "Computing";
inline constexpr const char* kOutputGroup = "Output";

// An option or an argument without a name, as a person is told of it.
struct OptionText {
    std::vector<std::string> shortNames, longNames;  // without dashes; both empty: an argument without a name
    std::string positional;                          // what that argument is called: "checkpoint"
    std::string about, group = kOwnGroup;
    std::string byDefault;             // empty: `about` says what holds without it
    std::string expected;              // what a value is: "a whole number from 0 to 4096"
    std::vector<std::string> choices;  // empty: any value that is as `expected`
    bool required = false;
    bool takesValue = true;  // false: a flag

    bool isPositional() const { return longNames.empty() && shortNames.empty(); }
    std::vector<std::string> dashed() const;  // "-h", "--help"; none of an argument without a name
    std::string name() const;                 // as errors name it: "--rows", "-k", "parts"
    std::string names() const;                // all of them: "-h,--help"
};

class CommandLine;

// What a declaration returns, to say more of it. Valid as long as the command line.
class VerbOption {
public:
    VerbOption& required();
    VerbOption& showDefault();  // the value of now is told as what holds without the option
    VerbOption& group(const char* group);
    VerbOption& about(std::string about);
    VerbOption& needs(const VerbOption& other);
    VerbOption& excludes(const VerbOption& other);
    bool given() const;  // once the command line was read

private:
    friend class VerbOptions;
    friend class CommandLine;
    struct Declared;
    explicit VerbOption(Declared& declared) : m_declared(&declared) {}
    Declared* m_declared;
};

// The options of one verb. Names are given with their dashes, "--id,--ids"; without one it is an argument. What a value
// goes to must outlive the command line.
class VerbOptions {
public:
    using Declare = std::function<void(VerbOptions&)>;
    VerbOptions(CommandLine& program, CLI::App& parser, std::string name, std::string summary, Declare declare);
    ~VerbOptions();
    VerbOptions(const VerbOptions&) = delete;
    VerbOptions& operator=(const VerbOptions&) = delete;

    VerbOption flag(const char* names, bool& value, std::string about);
    // Any text but an empty one.
    VerbOption text(const char* names, std::string& value, std::string about);
    VerbOption choice(const char* names, std::string& value, std::vector<std::string> choices, std::string about);
    // One or more texts, none of them empty.
    VerbOption texts(const char* names, std::vector<std::string>& values, std::string about);
    // The same where each follows the option's name: one at a time, as often as it is given.
    VerbOption repeated(const char* names, std::vector<std::string>& values, std::string about);
    // Any text that `take` takes; false: it is none of its values.
    VerbOption taken(const char* names, std::string about, std::function<Result<bool>(const std::string&)> take);
    // As many of the choices as are given.
    VerbOption words(const char* names, std::vector<std::string>& values, std::vector<std::string> choices,
                     std::string about);
    VerbOption number(const char* names, double& value, std::string about);
    // Above 0, at most 100.
    VerbOption percent(const char* names, double& value, std::string about);
    // Decimal.
    template <class T>
    VerbOption whole(const char* names, T& value, std::string about, T least = std::numeric_limits<T>::min(),
                     T most = std::numeric_limits<T>::max());
    // A row of THE TABLE OF OPTIONS of opening (core/engine/open_options.h), by its name there.
    VerbOption open(const char* name, OpenRequest& request);
    // One that was declared, "--data".
    VerbOption named(std::string_view name);
    // What one says, "--data", is said by something else: it need not be given, also for those that need it. Called
    // while the command line is read.
    void givenOtherwise(std::string_view name);
    void footer(std::string text) { m_footer = std::move(text); }

    const std::string& name() const { return m_name; }
    const std::string& summary() const { return m_summary; }
    const std::string& footer() const { return m_footer; }
    std::vector<const OptionText*> options() const;       // in the order of their declaration; --help is the first
    const OptionText* find(std::string_view name) const;  // "--rows", "-k"; null: the verb has none
    const CommandLine& program() const { return m_program; }

private:
    friend class CommandLine;
    using Take = std::function<Result<bool>(const std::string&)>;  // false: no such value
    using TakeAll = std::function<Result<bool>(const std::vector<std::string>&)>;
    VerbOption addFlag(CLI::Option* parser, std::string about, const char* group);
    VerbOption add(const char* names, std::string about, std::string expected, TakeAll take, std::string current);
    VerbOption addOne(const char* names, std::string about, std::string expected, Take take, std::string current);

    CommandLine& m_program;
    CLI::App& m_parser;
    std::string m_name, m_summary, m_footer;
    Declare m_declare;  // until it was called
    std::list<VerbOption::Declared> m_declared;
};

// Why the parser stopped.
struct Refusal {
    enum class Kind { Value, Twice, TooMany, Both, LeftOut, Other };
    Kind kind = Kind::Other;
    std::string what;                    // the parser's sentence
    const OptionText* option = nullptr;  // Value, Twice
    std::vector<std::string> values;     // Value, Twice, TooMany: what stands there
    std::optional<Error> error;          // Value: what is wrong with what it names
};

// The program's verbs, and what of them was called.
class CommandLine {
public:
    explicit CommandLine(std::string about);
    ~CommandLine();

    // `declare` is called when the verb is first asked for: the options of all verbs take longer to declare than `info`
    // takes to answer.
    void add(std::string_view name, std::string_view summary, VerbOptions::Declare declare);
    const std::string& about() const { return m_about; }
    // The verb of this name with its options, or null.
    const VerbOptions* verb(std::string_view name) const;

    struct Parsed {
        const VerbOptions* verb = nullptr;  // that was called
        bool help = false;                  // its help was asked for
        std::optional<Refusal> refusal;
    };
    // The options of the verb that is called must have been asked for before.
    Parsed parse(int argc, const char* const* argv);

private:
    friend class VerbOptions;
    std::string m_about;
    std::unique_ptr<CLI::App> m_parser;
    mutable std::list<VerbOptions> m_verbs;
    std::optional<Refusal> m_refused;  // by an option of ours
};

}  // namespace dlrm::cli
