// SPDX-License-Identifier: Apache-2.0
#include "app/cli/row_edits.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/usage.h"

namespace dlrm::cli {
namespace {

std::string editText(const RowEdit& edit) {
    return edit.token.empty() ? edit.field.name + " missing" : edit.field.name + "=" + edit.token;
}

}  // namespace

Result<RowField> fieldNamed(const std::string& name, const std::string& option, const Workspace& opened) {
    std::vector<std::string> names = opened.dataset->schema().numericalNames;
    const std::size_t numericals = names.size();
    for (const TableSpec& table : opened.engine->spec().tables) names.push_back(table.name);
    const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    if (at < numericals) return RowField{name, true, static_cast<int>(at)};
    if (at < names.size()) return RowField{name, false, static_cast<int>(at - numericals)};
    // Also as the dataset names them; a result has the model's names.
    const std::vector<std::string>& own = opened.dataset->schema().categoricalNames;
    const auto there = static_cast<std::size_t>(std::find(own.begin(), own.end(), name) - own.begin());
    if (there < own.size() && numericals + there < names.size())
        return RowField{names[numericals + there], false, static_cast<int>(there)};
    return fail(Error("E-FIELD-001", "There is no field of this name.")
                    .inField(option)
                    .butExpected(fmt::format("{}", fmt::join(names, ", ")))
                    .butFound(name)
                    .withRemedy(suggestion(name, names, "Name one of these fields.")));
}

TypedRows typedRows(const Workspace& opened) {
    return {&opened.engine->spec(), opened.dataset.get(), opened.dictionary.get(), opened.reading};
}

Result<std::vector<RowEdit>> parseEdits(const std::vector<std::string>& texts, const Workspace& opened) {
    const bool raw = typedRows(opened).takesRawNumbers();
    std::vector<RowEdit> out;
    for (const std::string& text : texts) {
        const std::size_t sign = text.find('=');
        if (sign == 0 || sign == std::string::npos)
            return fail(Error("E-FIELD-002", "This does not say which field is set to what.")
                            .inField("--set")
                            .butExpected("FIELD=VALUE")
                            .butFound(text)
                            .withRemedy("Name the field before the sign and its value after it: num_3=12, "
                                        "cat_5=a73ee510, cat_5=id:7."));
        RowEdit edit;
        DLRM_TRY(edit.field, fieldNamed(text.substr(0, sign), "--set", opened));
        edit.token = text.substr(sign + 1);
        for (const RowEdit& before : out)
            if (before.field.name == edit.field.name)
                return fail(Error("E-FIELD-003", "A field is set twice.")
                                .inField(edit.field.name)
                                .butExpected("one value for each field")
                                .butFound(fmt::format("{} and {}", editText(before), editText(edit)))
                                .withRemedy("Set it once; for two answers, call twice."));
        if (!edit.field.numerical && edit.token.starts_with("id ")) edit.token[2] = ':';
        if (edit.field.numerical && !raw && !edit.token.empty() && !edit.token.starts_with("fed:"))
            edit.token.insert(0, "fed:");
        if (edit.field.numerical) DLRM_TRY(requireFinite(edit.field.name, edit.token));
        out.push_back(std::move(edit));
    }
    return out;
}

Result<EditableRow> edited(const PredictedRow& row, const std::vector<RowEdit>& edits, const TypedRows& typed) {
    EditableRow out = typed.editable(row);
    for (const RowEdit& edit : edits) {
        DLRM_TRY(out, edit.field.numerical ? typed.withNumerical(out, edit.field.index, edit.token)
                                           : typed.withCategorical(out, edit.field.index, edit.token));
    }
    return out;
}

std::vector<std::string> editNotes(const std::vector<RowEdit>& edits, const EditableRow& row, const TypedRows& typed) {
    std::string all;
    for (const RowEdit& edit : edits) all += (all.empty() ? "" : ", ") + editText(edit);
    std::vector<std::string> out{"The rows were edited before they were predicted: " + all + "."};
    for (const RowEdit& edit : edits) {
        const auto i = static_cast<std::size_t>(edit.field.index);
        if (edit.field.numerical && !typed.takesRawNumbers() && !edit.token.empty())
            out.push_back(editText(edit) +
                          " is what the model is fed: a raw number cannot be transformed as the training data's were.");
        if (edit.field.numerical && row.asMissing[i])
            out.push_back(fmt::format("{} is fed as a missing value: the preprocessing takes {} to {}.", editText(edit),
                                      typed.taken().first, typed.taken().last));
        if (!edit.field.numerical && row.unknown[i])
            out.push_back(fmt::format("{} is not in the dictionary and is read as row {}, as missing values are.",
                                      editText(edit), row.input.ids[i]));
    }
    return out;
}

}  // namespace dlrm::cli
