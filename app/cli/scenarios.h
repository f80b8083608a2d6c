// SPDX-License-Identifier: Apache-2.0
// predict --scenarios: what the model says of the rows that a workspace keeps.
#pragma once

#include "app/cli/command.h"
#include "core/scenarios/reasons.h"

namespace dlrm::cli {

// Prints them, as text or JSON; a finding where one does not fit. Error E-DLRMX-007 there are none.
Result<void> predictScenarios(Context& context, const Workspace& opened, WithReasons reasons);

}  // namespace dlrm::cli
