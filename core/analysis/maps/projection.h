// SPDX-License-Identifier: Apache-2.0
// Rows of a table in the coordinates of its principal components, at the memory's speed.
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "core/analysis/maps/pca.h"
#include "core/analysis/tables/row_blocks.h"
#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/model/table_view.h"

namespace dlrm {

// (x − mean)·axis of each row and component, in float32: off by at most (dim + 24) · 2⁻²⁴ · (|x − mean| + |mean|): dim
// + 16 roundings of a sum of products, and those of mean and axis to float32. (rows, components) row-major;
// NaN for a row with a value that is not finite. ids: the rows, or empty for all. REQUIRES: pca.components is 2 or 3,
// pca.dim the table's, every id a row of the table; ascending where there is a `release`, which gives rows back behind
// the pass. Error E-CANCELLED. Throws std::bad_alloc.
Result<std::vector<float>> projectRows(const TableView& table, const Pca& pca, std::span<const RowId> ids,
                                       const Job& job = {}, const ReleaseRows& release = {});

}  // namespace dlrm
