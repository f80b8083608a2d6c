// SPDX-License-Identifier: Apache-2.0
// Interactions over a dataset to JSON and files.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/interaction_results.h"
#include "core/report/delimited.h"
#include "core/report/provenance.h"

namespace dlrm {

// {"dataset", "split", "row_count" (also as "rows"), "total_rows", "positives" (null without labels), "names":
// [vectors], a matrix for each key of interactionMatrixTable(), (vectors, vectors), null where it is not defined,
// "pairs": [{i, j, first, second, mean, std, effect_size, effect_low, effect_high, attribution, share}], the strongest
// first, "seconds", "rows_per_second", "backend", "profile", "interaction", "final"}. Without attributions their
// matrices are left out, and those of the pairs are null.
std::string interactionsJson(const Interactions& found);

// /vector (names), a dataset for each matrix that is there, and a column /pairs/… for each figure of the pairs. Errors
// E-EXPORT-003, 009, 010.
Result<std::vector<std::byte>> interactionsHdf5(const Interactions& found, const Provenance& provenance = {});
// Header line: i, j, first, second, mean, std, effect_size, effect_low, effect_high, attribution, share.
Result<void> writeDelimited(const Interactions& found, Delimiter delimiter, TextWriter& out);

// .json .h5, .tsv .csv: as above. .npy: the matrices that are there, (matrices, vectors, vectors) float64. Errors:
// those of core/report/export.h.
Result<void> exportInteractions(const Interactions& found, const std::string& path, const Provenance& provenance = {});
// What exportInteractions() would say of `path`, known before hours of work.
Result<void> checkInteractionsPath(const std::string& path);

}  // namespace dlrm
