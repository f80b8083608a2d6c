// SPDX-License-Identifier: Apache-2.0
// What a scenario's prediction is, and why, in words for people who do not know what a logit is.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "core/analysis/attribution/attribution.h"
#include "core/engine/engine.h"
#include "core/scenarios/scenario_rows.h"

namespace dlrm {

// A field's value as one says it: "12", "a73ee510", "no. 17" (a row of its table of which no value is known),
// "missing", "missing or rare", "a73ee510 (never seen)", "-9 (counts as missing)".
std::string valueInWords(const EditableRow& row, std::size_t field);

struct Reason {
    std::string field, value;  // value: in words
    double adds = 0;           // to the logit
    std::string sentence;      // "num_3 is 12, which speaks strongly for a click."
};
inline constexpr std::size_t kReasons = 5;
// Alone it at least doubles the odds, or halves them: strongly; changes them by a quarter: clearly. In logits.
inline constexpr double kStrongly = 0.69314718055994531, kClearly = 0.22314355131420976;
// The fields that add most, either way, the strongest first; of two alike the first. Those that add nothing are left
// out.
std::vector<Reason> strongestReasons(const Attribution& attribution, const EditableRow& row, const FieldNames& names,
                                     std::size_t most = kReasons);

struct ScenarioEdit {
    std::string field, before, after;  // in words
    std::string sentence;              // "num_3 is 12 instead of 4."
};

struct ScenarioResult {
    float logit = 0, logitBefore = 0;
    double probability = 0, probabilityBefore = 0;  // of the row as edited, and before
    std::vector<ScenarioEdit> edits;                // in the order of the fields
    std::vector<Reason> reasons;                    // of the row as edited; none unless asked for
};
enum class WithReasons { No, Yes };
// Errors: those of Engine::explain() and attribute().
Result<ScenarioResult> predictScenario(Engine& engine, const ScenarioRows& rows, const FieldNames& names,
                                       WithReasons reasons, std::stop_token stop = {});

}  // namespace dlrm
