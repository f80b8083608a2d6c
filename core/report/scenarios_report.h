// SPDX-License-Identifier: Apache-2.0
// Scenarios and what the model says of them, as JSON: predict --scenarios.
#pragma once

#include <span>
#include <string>

#include "core/base/result.h"
#include "core/engine/results.h"
#include "core/scenarios/reasons.h"
#include "core/scenarios/workspace_file.h"

namespace dlrm {

struct PredictedScenario {
    const Scenario* scenario;       // not null
    Result<ScenarioResult> result;  // else why it does not fit
};

// {"profile", "backend", "scenarios": [{"name", "note", "row", "label", "fits", and where it does "logit",
// "probability", "logit_before", "probability_before", "change" (of the probability), "edits": [{"field", "before",
// "after", "sentence"}], with reasons "reasons": [{"field", "value", "adds" (to the logit), "sentence"}]; else "error"
// as in errorJson()}]}. row and label: null where there is none.
std::string scenariosJson(std::span<const PredictedScenario> scenarios, WithReasons reasons, const std::string& profile,
                          const BackendInfo& backend);

}  // namespace dlrm
