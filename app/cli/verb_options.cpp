// SPDX-License-Identifier: Apache-2.0
#include "app/cli/verb_options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "core/engine/open_options.h"

namespace dlrm::cli {

struct VerbOption::Declared {
    OptionText text;
    std::string current;  // its value when it was declared
    CLI::Option* parser = nullptr;
};

namespace {

template <class T>
bool take(std::string_view text, T least, T most, T& out) {
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) return false;
    out = number;
    return true;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string joined(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

const char* groupOf(OptionGroup group) {
    if (group == OptionGroup::Data) return kDataGroup;
    return group == OptionGroup::Model ? kModelGroup : kComputingGroup;
}

// Of a list the parser takes every argument up to the next option.
bool isList(const OpenOption& option) { return option.name == "table-order" || option.name == "cardinalities"; }

}  // namespace

std::string OptionText::name() const {
    if (isPositional()) return positional;
    return longNames.empty() ? "-" + shortNames.front() : "--" + longNames.front();
}

std::vector<std::string> OptionText::dashed() const {
    std::vector<std::string> all;
    for (const std::string& name : shortNames) all.push_back("-" + name);
    for (const std::string& name : longNames) all.push_back("--" + name);
    return all;
}

std::string OptionText::names() const {
    return isPositional() ? positional : fmt::format("{}", fmt::join(dashed(), ","));
}

VerbOption& VerbOption::required() {
    m_declared->text.required = true;
    m_declared->parser->required();
    return *this;
}

VerbOption& VerbOption::showDefault() {
    m_declared->text.byDefault = m_declared->current;
    return *this;
}

VerbOption& VerbOption::group(const char* group) {
    m_declared->text.group = group;
    return *this;
}

VerbOption& VerbOption::about(std::string about) {
    m_declared->text.about = std::move(about);
    return *this;
}

VerbOption& VerbOption::needs(const VerbOption& other) {
    m_declared->parser->needs(other.m_declared->parser);
    return *this;
}

VerbOption& VerbOption::excludes(const VerbOption& other) {
    m_declared->parser->excludes(other.m_declared->parser);
    return *this;
}

bool VerbOption::given() const { return m_declared->parser->count() > 0; }

VerbOptions::VerbOptions(CommandLine& program, CLI::App& parser, std::string name, std::string summary, Declare declare)
    : m_program(program),
      m_parser(parser),
      m_name(std::move(name)),
      m_summary(std::move(summary)),
      m_declare(std::move(declare)) {
    addFlag(parser.get_help_ptr(), parser.get_help_ptr()->get_description(), kOutputGroup);
}

VerbOptions::~VerbOptions() = default;

VerbOption VerbOptions::add(const char* names, std::string about, std::string expected, TakeAll take,
                            std::string current) {
    VerbOption::Declared& out = m_declared.emplace_back();
    out.text.about = std::move(about);
    out.text.expected = std::move(expected);
    out.current = std::move(current);
    const auto callback = [this, &out, take = std::move(take)](const std::vector<std::string>& values) {
        auto taken = take(values);
        if (taken && *taken) return true;
        Refusal& why = m_program.m_refused.emplace();
        why.kind = Refusal::Kind::Value;
        why.option = &out.text;
        why.values = values;
        if (!taken) why.error = std::move(taken).error();
        return false;
    };
    out.parser = m_parser.add_option(names, callback);
    out.text.shortNames = out.parser->get_snames();
    out.text.longNames = out.parser->get_lnames();
    if (out.text.isPositional()) out.text.positional = out.parser->get_name(true);
    return VerbOption(out);
}

VerbOption VerbOptions::addOne(const char* names, std::string about, std::string expected, Take take,
                               std::string current) {
    const auto joint = [take = std::move(take)](const std::vector<std::string>& values) {
        return take(fmt::format("{}", fmt::join(values, ",")));
    };
    return add(names, std::move(about), std::move(expected), joint, std::move(current));
}

VerbOption VerbOptions::addFlag(CLI::Option* parser, std::string about, const char* group) {
    VerbOption::Declared& out = m_declared.emplace_back();
    out.parser = parser;
    out.text.shortNames = parser->get_snames();
    out.text.longNames = parser->get_lnames();
    out.text.about = std::move(about);
    out.text.group = group;
    out.text.takesValue = false;
    return VerbOption(out);
}

VerbOption VerbOptions::flag(const char* names, bool& value, std::string about) {
    return addFlag(m_parser.add_flag(names, value), std::move(about), kOwnGroup);
}

VerbOption VerbOptions::text(const char* names, std::string& value, std::string about) {
    const auto take = [&value](const std::string& text) -> Result<bool> {
        value = text;
        return !text.empty();
    };
    return addOne(names, std::move(about), kAnyText, take, value);
}

VerbOption VerbOptions::taken(const char* names, std::string about,
                              std::function<Result<bool>(const std::string&)> take) {
    return addOne(names, std::move(about), kAnyText, std::move(take), {});
}

VerbOption VerbOptions::texts(const char* names, std::vector<std::string>& values, std::string about) {
    const auto take = [&values](const std::vector<std::string>& texts) -> Result<bool> {
        values = texts;
        return std::none_of(texts.begin(), texts.end(), [](const std::string& text) { return text.empty(); });
    };
    VerbOption out = add(names, std::move(about), kAnyText, take, {});
    out.m_declared->parser->expected(CLI::detail::expected_max_vector_size);
    return out;
}

VerbOption VerbOptions::repeated(const char* names, std::vector<std::string>& values, std::string about) {
    VerbOption out = texts(names, values, std::move(about));
    out.m_declared->parser->allow_extra_args(false);
    return out;
}

VerbOption VerbOptions::choice(const char* names, std::string& value, std::vector<std::string> choices,
                               std::string about) {
    const auto take = [&value, choices](const std::string& text) -> Result<bool> {
        value = text;
        return contains(choices, text);
    };
    VerbOption out = addOne(names, std::move(about), joined(choices), take, value);
    out.m_declared->text.choices = std::move(choices);
    return out;
}

VerbOption VerbOptions::words(const char* names, std::vector<std::string>& values, std::vector<std::string> choices,
                              std::string about) {
    const auto take = [&values, choices](const std::string& text) -> Result<bool> {
        values = CLI::detail::split(text, ',');
        return std::all_of(values.begin(), values.end(),
                           [&](const std::string& word) { return contains(choices, word); });
    };
    VerbOption out = addOne(names, std::move(about), joined(choices), take, {});
    out.m_declared->text.choices = std::move(choices);
    out.m_declared->parser->expected(CLI::detail::expected_max_vector_size);
    return out;
}

VerbOption VerbOptions::number(const char* names, double& value, std::string about) {
    const auto taken = [&value](const std::string& text) -> Result<bool> {
        constexpr double kMost = std::numeric_limits<double>::infinity();
        return take<double>(text, -kMost, kMost, value);
    };
    return addOne(names, std::move(about), "a number", taken, fmt::format("{}", value));
}

VerbOption VerbOptions::percent(const char* names, double& value, std::string about) {
    const auto taken = [&value](const std::string& text) -> Result<bool> {
        double percent = 0;
        if (!take(text, std::numeric_limits<double>::denorm_min(), 100.0, percent) || std::isnan(percent)) return false;
        value = percent;
        return true;
    };
    return addOne(names, std::move(about), "a percentage above 0, at most 100", taken, fmt::format("{}", value));
}

template <class T>
VerbOption VerbOptions::whole(const char* names, T& value, std::string about, T least, T most) {
    using Limits = std::numeric_limits<T>;
    const bool any = least == Limits::min() && most == Limits::max();
    const auto taken = [&value, least, most](const std::string& text) -> Result<bool> {
        return take(text, least, most, value);
    };
    std::string expected = any ? "a whole number" : fmt::format("a whole number from {} to {}", least, most);
    return addOne(names, std::move(about), std::move(expected), taken, fmt::format("{}", value));
}
template VerbOption VerbOptions::whole(const char*, int&, std::string, int, int);
template VerbOption VerbOptions::whole(const char*, std::int64_t&, std::string, std::int64_t, std::int64_t);
template VerbOption VerbOptions::whole(const char*, std::uint64_t&, std::string, std::uint64_t, std::uint64_t);

VerbOption VerbOptions::open(const char* name, OpenRequest& request) {
    const OpenOption& row = *openOption(name);
    const std::string names = "--" + row.name;
    const auto apply = [&row, &request](const std::string& value) -> Result<bool> {
        auto applied = applyOption(request, row.name, value);
        if (applied) return true;
        if (applied.error().code == "E-OPTION-002") return false;  // said as of any other option
        return fail(std::move(applied).error());
    };
    if (row.argument.empty())
        return addFlag(m_parser.add_flag_callback(names, [apply] { static_cast<void>(apply({})); }), row.about,
                       groupOf(row.group));
    VerbOption out = addOne(names.c_str(), row.about, row.expected, apply, row.byDefault);
    if (isList(row)) out.m_declared->parser->expected(CLI::detail::expected_max_vector_size);
    out.m_declared->text.choices = row.choices;
    return out.group(groupOf(row.group)).showDefault();
}

VerbOption VerbOptions::named(std::string_view name) {
    for (VerbOption::Declared& declared : m_declared)
        if (declared.text.name() == name) return VerbOption(declared);
    throw CLI::OptionNotFound(std::string(name));  // a mistake in the verb: no command line leads here
}

void VerbOptions::givenOtherwise(std::string_view name) {
    for (VerbOption::Declared& declared : m_declared) {
        if (declared.text.name() != name) continue;
        declared.parser->required(false);
        for (VerbOption::Declared& other : m_declared) other.parser->remove_needs(declared.parser);
    }
}

std::vector<const OptionText*> VerbOptions::options() const {
    std::vector<const OptionText*> out;
    for (const VerbOption::Declared& declared : m_declared) out.push_back(&declared.text);
    return out;
}

const OptionText* VerbOptions::find(std::string_view name) const {
    const bool isLong = name.starts_with("--");
    if (name.size() < (isLong ? 3U : 2U) || name[0] != '-') return nullptr;
    for (const VerbOption::Declared& declared : m_declared) {
        const OptionText& text = declared.text;
        if (contains(isLong ? text.longNames : text.shortNames, name.substr(isLong ? 2 : 1))) return &text;
    }
    return nullptr;
}

CommandLine::CommandLine(std::string about)
    : m_about(std::move(about)), m_parser(std::make_unique<CLI::App>(m_about, "dlrm-cli")) {
    m_parser->require_subcommand(1);
}

CommandLine::~CommandLine() = default;

void CommandLine::add(std::string_view name, std::string_view summary, VerbOptions::Declare declare) {
    CLI::App* const verb = m_parser->add_subcommand(std::string(name), std::string(summary));
    m_verbs.emplace_back(*this, *verb, std::string(name), std::string(summary), std::move(declare));
}

const VerbOptions* CommandLine::verb(std::string_view name) const {
    const auto found =
        std::find_if(m_verbs.begin(), m_verbs.end(), [&](const VerbOptions& v) { return v.name() == name; });
    if (found == m_verbs.end()) return nullptr;
    if (const VerbOptions::Declare declare = std::exchange(found->m_declare, nullptr)) declare(*found);
    return &*found;
}

CommandLine::Parsed CommandLine::parse(int argc, const char* const* argv) {
    using Kind = Refusal::Kind;
    Parsed out;
    const auto called = [&] {
        for (const VerbOptions& verb : m_verbs)
            if (verb.m_parser.parsed()) return &verb;
        return static_cast<const VerbOptions*>(nullptr);
    };
    try {
        m_parser->parse(argc, argv);
        out.verb = called();
    } catch (const CLI::ParseError& e) {
        out.verb = called();
        out.help = e.get_exit_code() == 0;
        if (out.help) return out;
        Refusal& why = out.refusal.emplace(m_refused.value_or(Refusal{}));
        why.what = e.what();
        if (why.kind == Kind::Value) return out;
        if (dynamic_cast<const CLI::ExtrasError*>(&e) && out.verb) {
            why.kind = Kind::TooMany;
            why.values = out.verb->m_parser.remaining();
        } else if (dynamic_cast<const CLI::ExcludesError*>(&e)) {
            why.kind = Kind::Both;
        } else if (dynamic_cast<const CLI::RequiredError*>(&e)) {
            why.kind = Kind::LeftOut;
        } else if (dynamic_cast<const CLI::ArgumentMismatch*>(&e) && out.verb) {
            for (const VerbOption::Declared& declared : out.verb->m_declared) {
                if (!why.what.starts_with(declared.text.name() + ": At Most 1 ")) continue;
                why.kind = Kind::Twice;
                why.option = &declared.text;
                why.values = declared.parser->results();
            }
        }
    }
    return out;
}

}  // namespace dlrm::cli
