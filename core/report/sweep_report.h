// SPDX-License-Identifier: Apache-2.0
// A sweep to JSON and files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/results.h"
#include "core/engine/sweep_results.h"
#include "core/report/delimited.h"
#include "core/report/json.h"
#include "core/report/provenance.h"

namespace dlrm {

// What a sweep is of.
struct SweptRow {
    std::string field;  // "cat_19"
    std::int64_t row = 0;
    std::optional<int> label;
    std::int64_t id = -1;                      // of a table: the row's own
    float fed = 0;                             // of a numerical: the same
    std::int32_t firstId = 1;                  // ids below it mean missing, rare or unknown values; 0: none does
    HexValueFn category;                       // of a table, where a dictionary tells it; else empty
    std::vector<std::optional<double>> typed;  // of a numerical: what people type for each value, if anything
    std::optional<double> ownTyped;            // the same of the row's own
    std::string profile;                       // of the dataset
    InteractionOrder interactionOrder{};
    OrderSource orderSource{};
};

// {"field", "kind" ("table", "numerical"), "row", "label", "current", "count", "finite", "raising", "raising_share" (of
// the finite ones), "rows_looked_at" and "distinct" values in them (numerical), "seconds", "rows_per_second",
// "backend", "profile", "interaction", "values"}. Each of values, and current: of a table {"id", "category" (where a
// dictionary is in force), "logit", "probability", "rank"}, of a numerical {"value" (what is typed for it: a raw
// number, or what is fed where the preprocessing is not known; null where none is known), "fed", "logit",
// "probability"}, and with an average "mean", "lower_quartile", "upper_quartile" (of the probabilities of other rows;
// not in `current`), of which "averaged_rows" and "average_seed" tell. `top`: as many of the highest, then of the
// lowest, the highest first, with their ranks; nothing: all by id, without ranks. Of a numerical always all by value.
// Errors: those of `out`.
Result<void> writeSweepJson(const Sweep& sweep, const SweptRow& about, std::optional<std::size_t> top, TextWriter& out);

// Header line: id, category (where a dictionary is in force), logit, probability; or value, fed, logit, probability,
// and with an average mean, lower_quartile, upper_quartile.
Result<void> writeDelimited(const Sweep& sweep, const SweptRow& about, Delimiter delimiter, TextWriter& out);
// /id int64 (table), or /fed float32 and /value float64 (NaN: not known); /logit and /probability float32; with an
// average /mean, /lower_quartile, /upper_quartile float64. In bounded memory. Errors: E-FILE-01x, E-EXPORT-003, 009,
// 010.
Result<void> writeSweepHdf5(const Sweep& sweep, const SweptRow& about, const std::string& path,
                            const Provenance& provenance);
// Of a numerical: (values, 2), as fed and the logit; of a table: empty.
std::vector<float> valuesAndLogits(const Sweep& sweep);

// .json .tsv .csv .h5: as above, all values. .npy: the logits by id, float32, or valuesAndLogits(). Errors: those of
// core/report/export.h.
Result<void> exportSweep(const Sweep& sweep, const SweptRow& about, const std::string& path,
                         const Provenance& provenance = {});
// What exportSweep() would say of `path`, known before the work.
Result<void> checkSweepPath(const std::string& path);

}  // namespace dlrm
