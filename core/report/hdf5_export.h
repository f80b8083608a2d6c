// SPDX-License-Identifier: Apache-2.0
// Results as HDF5, laid out so that h5py, pandas and xarray open them: one dimension scale "row", columns attached to
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/neighbor_results.h"
#include "core/engine/results.h"
#include "core/report/provenance.h"
#include "core/report/row_parts.h"

namespace dlrm {

// Attributes of "/": how `result`, an Evaluation or a Prediction, was computed. `file`: Hdf5Image or Hdf5Stream.
void addComputation(auto& file, const auto& result) {
    file.attribute("/", "Conventions", "DLRM-Explorer-1.0");
    file.attribute("/", "profile", result.profile);
    file.attribute("/", "backend", result.backend.name);
    file.attribute("/", "device", result.backend.device);
    file.attribute("/", "precision", name(result.backend.precision));
    file.attribute("/", "interaction_order", name(result.interactionOrder));
    file.attribute("/", "interaction_source", name(result.orderSource));
}

// The bytes of the whole file; the same result gives the same bytes. Errors E-EXPORT-003, 009, 010. Throw
// std::bad_alloc.
//   /id int64, /norm float64, /values float32 (rows, dim). Takes the memory of the rows twice.
Result<std::vector<std::byte>> rowsHdf5(const RowParts& parts, const RowExport& about,
                                        const Provenance& provenance = {});
//   /metrics: every figure as an attribute (auc, auc_low, auc_high, …), curves as datasets (roc_fpr, roc_tpr,
//   roc_threshold, …), gain and lift by gain_share, gauc and pcoc with what they are of; of slices /slices, a column
//   for each figure, NaN where it is undefined; of the weakest slices /weakest, the same, without columns where none
//   is; /calibration_by, the error of each key
Result<std::vector<std::byte>> evaluationHdf5(const Evaluation& evaluation, const Provenance& provenance = {});
//   /query int64, /id int64, /score and /norm float64 (queries, k); -1 and NaN where a row has fewer neighbours
Result<std::vector<std::byte>> neighborsHdf5(const NeighborResult& result, const std::string& tableName,
                                             const Provenance& provenance = {});

// Of any length in bounded memory:
// /row int64 (a dimension scale), /probability float32, the same as /prediction (its former name, for one version),
// /logit float32, /label uint8 (255: none; left out when no row has one). The rows wait in an unnamed temporary file
// (24 bytes each) until they are all there, since a column lies in one piece.
// Errors: those of exportPrediction(), E-EXPORT-011 the temporary file cannot be written.
Result<void> writePredictionHdf5(const PredictionParts& parts, const std::string& path, const ProvenanceFn& provenance);

// Ids of the neighbours, (queries, k), -1 where a row has fewer.
std::vector<std::int64_t> neighborIds(const NeighborResult& result);

}  // namespace dlrm
