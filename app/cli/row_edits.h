// SPDX-License-Identifier: Apache-2.0
// Fields of a row by their names, and other values for them: --set, --field.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/typed_rows.h"
#include "core/engine/workspace.h"

namespace dlrm::cli {

struct RowField {
    std::string name;
    bool numerical = false;  // else of a table
    int index = 0;           // of the dataset's numericals, or of the tables in feature order
};

// Error E-FIELD-001. REQUIRES: model and dataset are open.
Result<RowField> fieldNamed(const std::string& name, const std::string& option, const Workspace& opened);

// Rows as people type them: of what is open, which must outlive it.
TypedRows typedRows(const Workspace& opened);

struct RowEdit {
    RowField field;
    std::string token;  // as TypedRows takes it
};
// "num_3=12", "cat_5=a73ee510", "cat_5=id:7" or "cat_5=id 7"; nothing after the sign: a missing value. Where raw
// numbers cannot be transformed, numbers are what the model is fed. Errors: E-FIELD-001, 002 no sign or no name, 003 a
// field twice.
Result<std::vector<RowEdit>> parseEdits(const std::vector<std::string>& texts, const Workspace& opened);
// Errors: those of TypedRows::withNumerical() and withCategorical().
Result<EditableRow> edited(const PredictedRow& row, const std::vector<RowEdit>& edits, const TypedRows& typed);
// What has to be said of a row that was edited, one sentence each.
std::vector<std::string> editNotes(const std::vector<RowEdit>& edits, const EditableRow& row, const TypedRows& typed);

}  // namespace dlrm::cli
