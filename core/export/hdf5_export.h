// SPDX-License-Identifier: Apache-2.0
// Results as HDF5, laid out so that h5py, pandas and xarray open them: one dimension scale "row", columns attached to it.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/result.h"
#include "core/engine/results.h"
#include "core/export/row_parts.h"

namespace dlrm {

// The bytes of the whole file; the same result gives the same bytes. Errors E-EXPORT-003, 009, 010. Throws std::bad_alloc.
//   /row int64, /prediction float32 (probability), /logit float32, /label uint8 (255: none; left out when no row has one)
Result<std::vector<std::byte>> predictionHdf5(const Prediction& prediction);
//   /id int64, /norm float64, /values float32 (rows, dim). Takes the memory of the rows twice.
Result<std::vector<std::byte>> rowsHdf5(const RowParts& parts, const RowExport& about);
//   /metrics: every figure as an attribute (auc, auc_low, auc_high, …), curves as datasets (roc_fpr, roc_tpr, roc_threshold, …)
Result<std::vector<std::byte>> evaluationHdf5(const Evaluation& evaluation);

}  // namespace dlrm
