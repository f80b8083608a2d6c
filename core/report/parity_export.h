// SPDX-License-Identifier: Apache-2.0
// The parity certificate as JSON, and as one HDF5 bundle that says itself what it holds.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/analysis/reference/parity.h"
#include "core/base/result.h"
#include "core/report/provenance.h"

namespace dlrm {

// {"checkpoint", "dataset", "seed", "rows", "passed", "tolerance_is", "runs": [{"name", "backend", "device",
// "precision", "reason", "ran", "not_run", "tolerance", "passed", "max_abs_delta_logit", "mean_abs_delta_logit",
// "same_bits_second_run", "same_bits_other_batch", "ulp_histogram": [{low, high, rows}], "layers": [{name,
// max_abs_delta, mean_abs_delta}]}]}. What did not run has null figures.
std::string parityJson(const Parity& parity);

// /row, /input/numerical (rows, numericals), /input/id_T per table, /reference/logit and /reference/layers/… in
// float64, /runs/NAME/logit and /runs/NAME/layers/… in float32, /runs/NAME/ulp_{low,high,rows}; figures and tolerances
// are attributes. Errors E-EXPORT-003, 009, 010.
Result<std::vector<std::byte>> parityHdf5(const Parity& parity, const Provenance& provenance = {});
// Writes it to `path` (.h5). Errors: as exportPrediction() (core/report/export.h).
Result<void> exportParity(const Parity& parity, const std::string& path, const Provenance& provenance = {});
// What exportParity() would say of `path`, before the work.
Result<void> checkParityPath(const std::string& path);

}  // namespace dlrm
