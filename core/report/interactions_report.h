// SPDX-License-Identifier: Apache-2.0
// Interactions over a dataset to JSON and files.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/interaction_results.h"
#include "core/report/delimited.h"
#include "core/report/provenance.h"

namespace dlrm {

// {"dataset", "split", "slice" (null: all rows), "row_count" (of the slice, also as "rows"), "seen_rows" (that were
// looked at), "total_rows", "positives" (null without labels), "names": [vectors], a matrix for each key of
// interactionMatrixTable(), (vectors, vectors), null where it is not defined, "pairs": [{i, j, first, second, mean,
// std, effect_size, effect_low, effect_high, attribution, share}], the strongest first, "against": {"slice", "rows",
// "positives", the same matrices, "shared_rows" (in both slices), a matrix for each key of comparisonMatrixTable(),
// "pairs": [{i, j, first, second, mean, against, difference, difference_se, effect_size}], the largest effect first}
// (null: compared with nothing), "extremes": [{i, j, first, second, lowest: [{row, value, label}], highest}] where they
// were asked for, pair by pair, at most 10 rows each, the outermost first, "seconds", "rows_per_second", "backend",
// "profile", "interaction", "final"}. Without attributions their matrices are left out, and those of the pairs are
// null.
std::string interactionsJson(const Interactions& found);
// Which rows the matrices are of, a sentence each; none where they are of all that were looked at.
std::vector<std::string> sliceNotes(const Interactions& found);

// /vector (names), a dataset for each matrix that is there, and a column /pairs/… for each figure of the pairs. Of a
// comparison all of the other slice in the group /against: its matrices, those of both, /against/pairs/…. Of extremes
// in the group /extremes the columns i and j, and row, value and label (-1: none), each (pairs, rows), as lowest_… and
// highest_…. Errors
// E-EXPORT-003, 009, 010.
Result<std::vector<std::byte>> interactionsHdf5(const Interactions& found, const Provenance& provenance = {});
// Header line: i, j, first, second, mean, std, effect_size, effect_low, effect_high, attribution, share; of a
// comparison: i, j, first, second, mean, against, difference, difference_se, effect_size.
Result<void> writeDelimited(const Interactions& found, Delimiter delimiter, TextWriter& out);

// The matrices that are there, in the order in which .npy has them: those of the slice, those of the other one as
// "against_mean" …, those of both.
struct NamedMatrix {
    std::string key;
    std::span<const double> values;  // (vectors, vectors), of `found`
};
std::vector<NamedMatrix> allMatrices(const Interactions& found);

// .json .h5, .tsv .csv: as above. .npy: allMatrices(), (matrices, vectors, vectors) float64. Errors: those of
// core/report/export.h.
Result<void> exportInteractions(const Interactions& found, const std::string& path, const Provenance& provenance = {});
// What exportInteractions() would say of `path`, known before hours of work.
Result<void> checkInteractionsPath(const std::string& path);

}  // namespace dlrm
