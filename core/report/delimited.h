// SPDX-License-Identifier: Apache-2.0
// Results as lines of fields: CSV (RFC 4180 quoting, LF) and TSV (tabs and line ends inside a field become spaces).
#pragma once

#include <string>

#include "core/engine/neighbor_results.h"
#include "core/engine/results.h"
#include "core/report/row_parts.h"
#include "core/report/text_writer.h"

namespace dlrm {

enum class Delimiter : char { Comma = ',', Tab = '\t' };

// A field as it stands in a line.
std::string delimitedField(std::string text, Delimiter delimiter);

// Header line: row, label, logit, probability; with inputs also numerical_0 …, id_0 …. A missing label is an empty
// field.
Result<void> writeDelimited(const PredictionParts& parts, Delimiter delimiter, TextWriter& out);
// Header line: id, norm, about.columns, 0, 1, … dim-1. The fewest digits that read back to the same value.
Result<void> writeDelimited(const RowParts& parts, const RowExport& about, Delimiter delimiter, TextWriter& out);
// Header line: metric, value, low, high, note. An undefined value is an empty field. gain_0.1 and
// lift_0.1 are of the tenth of the rows with the highest scores; where they were asked for gauc, gauc_rows,
// gauc_groups, gauc_skipped_rows, gauc_skipped_groups, pcoc_0.1, and calibration_error of each key, named in the note.
// Where slices were asked for also
// slice (empty: all rows), difference, difference_low, difference_high; of the weakest slices lines weakest_rows,
// weakest_positives, weakest_calibration, weakest_excess_clicks, weakest_t and weakest_p_adjusted each.
Result<void> writeDelimited(const Evaluation& evaluation, Delimiter delimiter, TextWriter& out);
// Header line: query_id, rank, id, score, norm.
Result<void> writeDelimited(const NeighborResult& result, Delimiter delimiter, TextWriter& out);

}  // namespace dlrm
