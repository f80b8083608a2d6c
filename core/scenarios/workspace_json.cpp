// SPDX-License-Identifier: Apache-2.0
// The members of a workspace's JSON: {"dlrmx": 1, "checkpoint": {"path", "fingerprint"}, "data": the same or left out,
// "options": {name: value} of THE TABLE OF OPTIONS of opening, "scenarios": [{"name", "note", "row", "label", "values":
// {field: value}, "edits": the same}], "pin": the same without a name, "pinned_rows":
// {"table": name, "ids": [row]}, "slices": [text]}.
#include "core/scenarios/workspace_json.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/engine/open_options.h"

namespace dlrm {
namespace {

using WorkspaceValue = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr int kDeepest = 8;                                  // one more than a field of a scenario lies
constexpr std::size_t kMostKeys = 2000, kMostSlices = 1000;  // keys: of one object, which are looked up one by one
constexpr std::size_t kLongestText = 4096, kLongestToken = 200, kMostUnknown = 20, kMostRepeated = 100;

// The text, cut where it is long.
std::string shortened(std::string text) {
    if (text.size() > kMostRepeated) text.replace(kMostRepeated, std::string::npos, "…");
    return text;
}

// A value in the file, and where it stands.
struct Place {
    const WorkspaceValue* value;
    std::string pointer;
    const std::string* file;

    Failure wrong(const std::string& expected, const std::string& found) const {
        return fail(Error("E-DLRMX-003", "A workspace does not hold what belongs there.")
                        .inFile(*file)
                        .inField(pointer.empty() ? "/" : pointer)
                        .butExpected(expected)
                        .butFound(found)
                        .withRemedy("Mend this place of the file, or save the workspace anew."));
    }
    Failure wrong(const std::string& expected) const {
        return wrong(expected, value->is_discarded()    ? "nothing"
                               : value->is_structured() ? fmt::format("{} of {}", value->type_name(), value->size())
                                                        : shortened(value->dump(-1, ' ', true)));
    }
};

// As RFC 6901 writes a key.
std::string escaped(std::string_view key) {
    std::string out;
    for (const char c : key)
        if (c == '~' || c == '/') out += c == '~' ? "~0" : "~1";
        else out += c;
    return out;
}

Place element(const Place& list, std::size_t index) {
    return {&(*list.value)[index], fmt::format("{}/{}", list.pointer, index), list.file};
}

// An object whose members are asked for one by one; those that nobody asked for are told.
class Members {
public:
    static Result<Members> of(const Place& place) {
        if (!place.value->is_object()) return place.wrong("an object");
        return Members(place);
    }
    bool has(const char* key) const { return m_place.value->contains(key); }
    Place at(const char* key) {
        m_known.insert(key);
        static const WorkspaceValue kNone(WorkspaceValue::value_t::discarded);
        const auto found = m_place.value->find(key);
        return {found == m_place.value->end() ? &kNone : &*found, m_place.pointer + "/" + key, m_place.file};
    }
    void tellUnknown(std::vector<std::string>& out) const {
        for (const auto& [key, value] : m_place.value->items())
            if (!m_known.contains(key) && out.size() < kMostUnknown)
                out.push_back(m_place.pointer + "/" + shortened(escaped(key)));
    }

private:
    explicit Members(Place place) : m_place(std::move(place)) {}
    Place m_place;
    std::set<std::string> m_known;
};

Result<std::string> textAt(const Place& place, std::size_t most) {
    const std::string expected = fmt::format("text of at most {} bytes without control characters", most);
    if (!place.value->is_string()) return place.wrong(expected);
    std::string text = place.value->get<std::string>();
    if (const std::string why = whatTextMayBe(text, most); !why.empty()) return place.wrong(why);
    return text;
}

Result<std::string> nonEmptyTextAt(const Place& place, std::size_t most) {
    DLRM_TRY(auto text, textAt(place, most));
    if (text.empty()) return place.wrong("text that is not empty", "no text");
    return text;
}

Result<void> listAt(const Place& place, std::size_t most) {
    if (!place.value->is_array()) return place.wrong("a list");
    if (place.value->size() > most)
        return place.wrong(fmt::format("at most {} of them", most), fmt::format("{}", place.value->size()));
    return {};
}

// Into `path` and `fingerprint`.
Result<void> readNamed(const Place& place, std::string& path, std::string& fingerprint, WorkspaceFile& out) {
    DLRM_TRY(auto members, Members::of(place));
    DLRM_TRY(path, nonEmptyTextAt(members.at("path"), kLongestText));
    if (members.has("fingerprint")) {
        DLRM_TRY(fingerprint, textAt(members.at("fingerprint"), kLongestToken));
    }
    members.tellUnknown(out.unknown);
    return {};
}

// A list of numbers could name a file instead, and opening a workspace reads none but those that it says it reads.
bool namesAFile(std::string_view option, std::string_view value) {
    return option == "cardinalities" && value.find_first_not_of("0123456789, ") != std::string_view::npos;
}

Result<void> readOptions(const Place& place, OpenRequest& request) {
    if (!place.value->is_object()) return place.wrong("an object");
    for (const auto& [name, value] : place.value->items()) {
        const Place at{&value, place.pointer + "/" + shortened(escaped(name)), place.file};
        const OpenOption* const option = openOption(name);
        const bool flag = option && option->argument.empty();
        if (option && !option->said) return at.wrong("an option of how model and data are read", name);
        std::string text;
        if (flag) {
            if (value != WorkspaceValue(true)) return at.wrong("true");
        } else {
            DLRM_TRY(text, nonEmptyTextAt(at, std::numeric_limits<std::int32_t>::max()));
        }
        if (namesAFile(name, text)) return at.wrong("whole numbers with commas between them");
        auto applied = applyOption(request, name, text);
        if (applied) continue;
        Error error = std::move(applied).error();
        error.file = *place.file;
        error.field = at.pointer;
        return fail(std::move(error));
    }
    return {};
}

Result<std::vector<FieldValue>> readValues(const Place& place) {
    if (!place.value->is_object()) return place.wrong("an object of field names and values");
    std::vector<FieldValue> out;
    for (const auto& [field, value] : place.value->items()) {
        const Place at{&value, place.pointer + "/" + shortened(escaped(field)), place.file};
        if (const std::string why = whatTextMayBe(field, kLongestName); !why.empty() || field.empty())
            return at.wrong("a field with a name", "another key");
        DLRM_TRY(auto token, textAt(at, kLongestToken));
        out.push_back({field, std::move(token)});
    }
    return out;
}

Result<std::int64_t> rowAt(const Place& place) {
    const std::string expected = "a row of the dataset, a whole number from 0 on, or null";
    if (place.value->is_discarded() || place.value->is_null()) return -1;
    constexpr auto kMostRow = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!place.value->is_number_unsigned() || place.value->get<std::uint64_t>() > kMostRow)
        return place.wrong(expected);
    return place.value->get<std::int64_t>();
}

Result<Scenario> readScenario(const Place& place, bool named, WorkspaceFile& out) {
    DLRM_TRY(auto members, Members::of(place));
    Scenario scenario;
    if (named) {
        DLRM_TRY(scenario.name, nonEmptyTextAt(members.at("name"), kLongestName));
        if (members.has("note")) {
            DLRM_TRY(scenario.note, textAt(members.at("note"), kLongestNote));
        }
    }
    DLRM_TRY(scenario.row, rowAt(members.at("row")));
    if (const Place label = members.at("label"); !label.value->is_discarded() && !label.value->is_null()) {
        if (!label.value->is_number_unsigned() || label.value->get<std::uint64_t>() > 1)
            return label.wrong("0, 1 or null");
        scenario.label = label.value->get<int>();
    }
    DLRM_TRY(scenario.values, readValues(members.at("values")));
    if (scenario.values.empty()) return members.at("values").wrong("every field of the row");
    if (members.has("edits")) {
        DLRM_TRY(scenario.edits, readValues(members.at("edits")));
    }
    const auto isValue = [&](const FieldValue& edit) {
        return std::any_of(scenario.values.begin(), scenario.values.end(),
                           [&](const FieldValue& value) { return value.field == edit.field; });
    };
    const auto foreign = std::find_if_not(scenario.edits.begin(), scenario.edits.end(), isValue);
    if (foreign != scenario.edits.end())
        return members.at("edits").wrong("fields that stand in \"values\"", shortened(foreign->field));
    members.tellUnknown(out.unknown);
    return scenario;
}

Result<PinnedRows> readPinnedRows(const Place& place, WorkspaceFile& out) {
    DLRM_TRY(auto members, Members::of(place));
    PinnedRows pinned;
    DLRM_TRY(pinned.table, nonEmptyTextAt(members.at("table"), kLongestName));
    const Place list = members.at("ids");
    DLRM_TRY(listAt(list, kMostPinnedRows));
    for (std::size_t i = 0; i < list.value->size(); ++i) {
        const Place at = element(list, i);
        const bool whole =
            at.value->is_number_unsigned() &&
            at.value->get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max());
        const std::int64_t id = whole ? at.value->get<std::int64_t>() : -1;
        if (!whole || std::find(pinned.ids.begin(), pinned.ids.end(), id) != pinned.ids.end())
            return at.wrong("a row of the table, a whole number from 0 on that stands there once");
        pinned.ids.push_back(id);
    }
    members.tellUnknown(out.unknown);
    return pinned;
}

// Nothing of a later version is guessed at.
Result<void> checkVersion(const Place& version) {
    if (!version.value->is_number_unsigned() || version.value->get<std::uint64_t>() < 1)
        return version.wrong(fmt::format("the version, a whole number from 1 to {}", kVersion));
    if (version.value->get<std::uint64_t>() <= kVersion) return {};
    return fail(Error("E-DLRMX-004", "The workspace was saved by a newer version of the program.")
                    .inFile(*version.file)
                    .inField(version.pointer)
                    .butExpected(fmt::format("version {} at most", kVersion))
                    .butFound(version.value->dump())
                    .withRemedy("Open it with that version, or save the workspace anew with this one."));
}

Result<WorkspaceFile> readMembers(const Place& root) {
    WorkspaceFile out;
    DLRM_TRY(auto members, Members::of(root));
    DLRM_TRY(checkVersion(members.at("dlrmx")));
    if (members.has("options")) DLRM_TRY(readOptions(members.at("options"), out.request));
    DLRM_TRY(readNamed(members.at("checkpoint"), out.request.checkpoint, out.checkpointFingerprint, out));
    if (members.has("data")) DLRM_TRY(readNamed(members.at("data"), out.request.data.path, out.dataFingerprint, out));
    else if (out.request.data != DataChoices()) return members.at("data").wrong("the data that the options are of");
    if (members.has("scenarios")) {
        const Place list = members.at("scenarios");
        DLRM_TRY(listAt(list, kMostScenarios));
        for (std::size_t i = 0; i < list.value->size(); ++i) {
            DLRM_TRY(out.scenarios.emplace_back(), readScenario(element(list, i), true, out));
        }
    }
    if (members.has("pin")) {
        DLRM_TRY(out.pin, readScenario(members.at("pin"), false, out));
    }
    if (members.has("pinned_rows")) {
        DLRM_TRY(out.pinnedRows, readPinnedRows(members.at("pinned_rows"), out));
    }
    if (members.has("slices")) {
        const Place list = members.at("slices");
        DLRM_TRY(listAt(list, kMostSlices));
        for (std::size_t i = 0; i < list.value->size(); ++i) {
            DLRM_TRY(out.slices.emplace_back(), nonEmptyTextAt(element(list, i), kLongestText));
        }
    }
    members.tellUnknown(out.unknown);
    return out;
}

// Says what is wrong with the text, or builds nothing at all: depth and keys that stand twice are seen while it is
// read, before anything is made of them.
class Watch : public nlohmann::json_sax<WorkspaceValue> {
public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override {
        m_keys.emplace_back();
        return deeper();
    }
    bool key(string_t& name) override {
        const bool first = m_keys.back().insert(name).second;
        if (!first) why = "the key " + shortened(name) + " twice in one object";
        else if (m_keys.back().size() > kMostKeys) why = fmt::format("more than {} keys in one object", kMostKeys);
        return why.empty();
    }
    bool end_object() override {
        m_keys.pop_back();
        --m_depth;
        return true;
    }
    bool start_array(std::size_t) override { return deeper(); }
    bool end_array() override {
        --m_depth;
        return true;
    }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
        offset = at;
        why = "text that is none";
        return false;
    }

    std::string why;
    std::size_t offset = 0;  // bytes read when it was seen; 0: not known

private:
    bool deeper() {
        if (++m_depth <= kDeepest) return true;
        why = fmt::format("lists and objects in one another more than {} deep", kDeepest);
        return false;
    }
    std::vector<std::set<std::string>> m_keys;
    int m_depth = 0;
};

template <class T>
WorkspaceValue valuesJson(const T& values) {
    WorkspaceValue out = WorkspaceValue::object();
    for (const FieldValue& value : values) out[value.field] = value.value;
    return out;
}

WorkspaceValue scenarioJson(const Scenario& scenario, bool named) {
    WorkspaceValue out = WorkspaceValue::object();
    if (named) {
        out["name"] = scenario.name;
        if (!scenario.note.empty()) out["note"] = scenario.note;
    }
    if (scenario.row >= 0) out["row"] = scenario.row;
    if (scenario.label) out["label"] = *scenario.label;
    out["edits"] = valuesJson(scenario.edits);
    out["values"] = valuesJson(scenario.values);
    return out;
}

WorkspaceValue namedJson(const std::string& path, const std::string& fingerprint) {
    WorkspaceValue out{{"path", path}};
    if (!fingerprint.empty()) out["fingerprint"] = fingerprint;
    return out;
}

}  // namespace

std::string whatTextMayBe(const std::string& text, std::size_t most) {
    const std::string expected = fmt::format("text of at most {} bytes without control characters", most);
    if (text.size() > most) return expected;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        // Those of one byte, and U+0080 to U+009F, which some terminals take for the same.
        const bool second = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (c < 0x20 || c == 0x7F || second) return expected;
    }
    return {};
}

Result<WorkspaceFile> parseWorkspace(const std::string& text, const std::string& file) {
    Watch watch;
    if (!WorkspaceValue::sax_parse(text, &watch))
        return fail(Error("E-DLRMX-002", "This is not the JSON of a workspace.")
                        .inFile(file)
                        .atOffset(watch.offset > 0 ? static_cast<std::int64_t>(watch.offset) - 1 : -1)
                        .butExpected("JSON in UTF-8")
                        .butFound(watch.why)
                        .withRemedy("Open a workspace that the window saved."));
    const WorkspaceValue root = WorkspaceValue::parse(text, nullptr, false);
    return readMembers({&root, "", &file});
}

std::string workspaceText(const WorkspaceFile& workspace) {
    const OpenRequest& request = workspace.request;
    WorkspaceValue out{{"dlrmx", kVersion},
                       {"checkpoint", namedJson(request.checkpoint, workspace.checkpointFingerprint)}};
    if (!request.data.path.empty()) out["data"] = namedJson(request.data.path, workspace.dataFingerprint);
    WorkspaceValue options = WorkspaceValue::object();
    for (const OpenOption& option : openOptions())
        if (const auto value = option.said ? option.said(request) : std::nullopt)
            options[option.name] = option.argument.empty() ? WorkspaceValue(true) : WorkspaceValue(*value);
    if (!options.empty()) out["options"] = std::move(options);
    out["scenarios"] = WorkspaceValue::array();
    for (const Scenario& scenario : workspace.scenarios) out["scenarios"].push_back(scenarioJson(scenario, true));
    if (workspace.pin) out["pin"] = scenarioJson(*workspace.pin, false);
    if (workspace.pinnedRows)
        out["pinned_rows"] = {{"table", workspace.pinnedRows->table}, {"ids", workspace.pinnedRows->ids}};
    if (!workspace.slices.empty()) out["slices"] = workspace.slices;
    return out.dump(1, ' ', false, WorkspaceValue::error_handler_t::replace) + "\n";
}

}  // namespace dlrm
