// SPDX-License-Identifier: Apache-2.0
// Between a scenario and rows of the model and data that are open: whether it fits them, and what stands in its rows.
#pragma once

#include <string>
#include <vector>

#include "core/engine/typed_rows.h"
#include "core/scenarios/workspace_file.h"

namespace dlrm {

// The fields of a row by their names: numericals, then tables in feature order.
struct FieldNames {
    std::vector<std::string> numericals, tables;
    std::size_t size() const { return numericals.size() + tables.size(); }
    const std::string& at(std::size_t field) const {
        return field < numericals.size() ? numericals[field] : tables[field - numericals.size()];
    }
};
FieldNames fieldNamesOf(const ModelSpec& spec, const DatasetSchema& schema);

struct ScenarioRows {
    EditableRow before, after;
};

// Rows of a scenario in what `typed` reads by. Errors, each of a scenario that does not fit: E-DLRMX-006 it has other
// fields; of a value those of TypedRows::withNumerical() and withCategorical().
Result<ScenarioRows> rowsOf(const Scenario& scenario, const FieldNames& names, const TypedRows& typed);

// The values to the bit; its name and note are left empty. REQUIRES: both rows are of these fields.
Scenario scenarioOf(const ScenarioRows& rows, const FieldNames& names, const TypedRows& typed);

}  // namespace dlrm
