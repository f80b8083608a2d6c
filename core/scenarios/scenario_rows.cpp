// SPDX-License-Identifier: Apache-2.0
#include "core/scenarios/scenario_rows.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dlrm {
namespace {

Failure otherFields(const std::string& expected, const std::string& found) {
    return fail(Error("E-DLRMX-006", "The scenario has other fields than what is open.")
                    .butExpected(expected)
                    .butFound(found)
                    .withRemedy("Open the checkpoint and the data that it was made with."));
}

// Every field of a row, in their order; nothing is open that could name others.
EditableRow emptyRow(const Scenario& scenario, const FieldNames& names) {
    EditableRow out;
    out.row = scenario.row;
    out.label = scenario.label;
    out.input.numerical.resize(names.numericals.size());
    out.input.ids.resize(names.tables.size());
    out.raw.numerical.resize(names.numericals.size());
    out.raw.categorical.resize(names.tables.size());
    out.unknown.resize(names.tables.size());
    out.onlyId0.resize(names.tables.size());
    out.asMissing.resize(names.numericals.size());
    return out;
}

Result<void> setField(EditableRow& row, std::size_t field, const std::string& token, const FieldNames& names,
                      const TypedRows& typed) {
    const std::size_t numericals = names.numericals.size();
    return field < numericals ? typed.setNumerical(row, static_cast<int>(field), token)
                              : typed.setCategorical(row, static_cast<int>(field - numericals), token);
}

std::vector<std::string> tokensOf(EditableRow row, const TypedRows& typed) {
    row.label.reset();
    const std::string line = typed.lineOf(row);
    std::vector<std::string> out;
    for (std::size_t at = 0; at <= line.size();) {
        const std::size_t end = std::min(line.find('\t', at), line.size());
        out.push_back(line.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

}  // namespace

FieldNames fieldNamesOf(const ModelSpec& spec, const DatasetSchema& schema) {
    FieldNames out{schema.numericalNames, {}};
    for (const TableSpec& table : spec.tables) out.tables.push_back(table.name);
    return out;
}

Result<ScenarioRows> rowsOf(const Scenario& scenario, const FieldNames& names, const TypedRows& typed) {
    std::map<std::string_view, std::size_t> fields;
    for (std::size_t i = 0; i < names.size(); ++i) fields.emplace(names.at(i), i);
    std::vector<bool> given(names.size());
    ScenarioRows out{emptyRow(scenario, names), {}};
    for (const FieldValue& value : scenario.values) {
        const auto field = fields.find(value.field);
        if (field == fields.end())
            return otherFields(fmt::format("{} to {}", names.at(0), names.at(names.size() - 1)), value.field);
        DLRM_TRY(setField(out.before, field->second, value.value, names, typed));
        given[field->second] = true;
    }
    if (const auto missing = std::find(given.begin(), given.end(), false); missing != given.end())
        return otherFields(names.at(static_cast<std::size_t>(missing - given.begin())), "none of this name");
    out.after = out.before;
    for (const FieldValue& edit : scenario.edits) {
        DLRM_TRY(requireFinite(edit.field, edit.value));
        // Each is one of `values`: the file was read so.
        DLRM_TRY(setField(out.after, fields.at(edit.field), edit.value, names, typed));
    }
    return out;
}

Scenario scenarioOf(const ScenarioRows& rows, const FieldNames& names, const TypedRows& typed) {
    Scenario out;
    out.row = rows.before.row;
    out.label = rows.before.label;
    const std::vector<std::string> before = tokensOf(rows.before, typed), after = tokensOf(rows.after, typed);
    for (std::size_t i = 0; i < names.size(); ++i) {
        out.values.push_back({names.at(i), before[i]});
        if (after[i] != before[i]) out.edits.push_back({names.at(i), after[i]});
    }
    return out;
}

}  // namespace dlrm
