// SPDX-License-Identifier: Apache-2.0
// Predictions as HDF5, of any length in bounded memory. Opens in h5py, pandas and xarray.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/report/prediction_parts.h"
#include "core/report/provenance.h"

namespace dlrm {

// /row int64 (a dimension scale), /probability float32, the same as /prediction (its former name, for one version),
// /logit float32, /label uint8 (255: none; left out when no row has one). The rows wait in an unnamed temporary file
// (24 bytes each) until they are all there, since a column lies in one piece.
// Errors: those of exportPrediction(), E-EXPORT-011 the temporary file cannot be written.
Result<void> writePredictionHdf5(const PredictionParts& parts, const std::string& path, const ProvenanceFn& provenance);

}  // namespace dlrm
