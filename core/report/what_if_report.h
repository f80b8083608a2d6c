// SPDX-License-Identifier: Apache-2.0
// Changes of single fields that cross a threshold, and pairs of fields, to JSON and files.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/results.h"
#include "core/engine/sweep_results.h"
#include "core/report/delimited.h"
#include "core/report/provenance.h"

namespace dlrm {

// The row that is changed, and how its fields and their values are told.
struct WhatIfRow {
    std::int64_t row = 0;
    std::optional<int> label;
    InputRow input;
    std::vector<std::string> numericals, tables;  // names
    std::function<std::string(std::size_t table, std::int64_t id)>
        category;                                           // "a73ee510"; empty: no dictionary; it may say ""
    std::function<std::optional<double>(float fed)> typed;  // what people type for it, if anything
    std::function<std::string(float fed)> token;            // what predict --set takes for exactly this value
    std::int32_t firstId = 1;  // ids below it mean missing, rare or unknown values; 0: none does
    std::string profile;       // of the dataset
    InteractionOrder interactionOrder{};
    OrderSource orderSource{};

    const std::string& nameOf(SweptField field) const;
    // "cat_9=id:7", "num_3=12": what predict --set takes for the value.
    std::string editOf(SweptField field, std::int64_t id, float fed) const;
};

// {"row", "label", "logit", "probability", "above_threshold" (probability >= threshold), "threshold",
// "threshold_source"
// ("given", "click_rate"), "rows_looked_at", "clicks", "field_count", "searched", "crossing", "predictions", "seconds",
// "predictions_per_second", "backend", "profile", "interaction", "changes"}. Each of changes: {"field", "kind",
// "crosses", "current", "value" (the one that crosses, else the one that comes nearest; null: none is finite), "set"
// (what predict --set takes), "logit", "probability", "change" (of the probability), "tried", "others"}; a value of a
// table is {"id", "category" (where a dictionary is in force)}, of a numerical {"value", "fed"} as in writeSweepJson().
std::string counterfactualJson(const Counterfactual& found, const WhatIfRow& about);
// Header line: field, crosses, current, value, set, logit, probability, change, tried, others.
Result<void> writeDelimited(const Counterfactual& found, const WhatIfRow& about, Delimiter delimiter, TextWriter& out);
// .json .tsv .csv: as above. Errors: those of core/report/export.h.
Result<void> exportCounterfactual(const Counterfactual& found, const WhatIfRow& about, const std::string& path,
                                  const Provenance& provenance = {});
// What exportCounterfactual() would say of `path`, known before the work.
Result<void> checkCounterfactualPath(const std::string& path);

// {"kind": "pair", "row", "label", "logit", "probability", "fields": [two of {"field", "kind", "values": [as above]}],
// "rows_looked_at", "logits", "probabilities" (each a list for each value of the first field), "seconds", "backend",
// "profile", "interaction"}.
std::string pairJson(const PairSweep& sweep, const WhatIfRow& about);
// Header line: the names of both fields, logit, probability; a line a pair of values, as `current` above.
Result<void> writeDelimited(const PairSweep& sweep, const WhatIfRow& about, Delimiter delimiter, TextWriter& out);
// .json .tsv .csv: as above. .npy: the logits, (values of the first, values of the second) float32.
Result<void> exportPair(const PairSweep& sweep, const WhatIfRow& about, const std::string& path,
                        const Provenance& provenance = {});
Result<void> checkPairPath(const std::string& path);

}  // namespace dlrm
