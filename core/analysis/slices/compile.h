// SPDX-License-Identifier: Apache-2.0
// From the text of slices to what tells rows apart, by the fields of the opened model and data.
#pragma once

#include <memory>

#include "core/analysis/slices/expression.h"
#include "core/analysis/slices/fields.h"
#include "core/analysis/slices/partition.h"
#include "core/base/result.h"

namespace dlrm {

// Errors E-SLICE-002 an unknown field, 003 something that does not fit its type, 004 what cannot be told.
Result<std::shared_ptr<const SlicePartition>> compileSlice(const SliceExpression& slice, const SliceFields& fields);
// Each value of the key, or of both, is a slice. Errors as above, E-SLICE-005, those of fields.sortedNumbers().
Result<std::shared_ptr<const SlicePartition>> compileSliceGroup(const SliceGroup& group, const SliceFields& fields);

// Every field in bins, numericals first: of a number what is missing and its eighths, of a category what is missing,
// the eight lowest ids, which are often the most frequent values, and then decades of ids. Errors: those of
// fields.sortedNumbers().
Result<std::vector<std::shared_ptr<const SlicePartition>>> compileBins(const SliceFields& fields);

}  // namespace dlrm
