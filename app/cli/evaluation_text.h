// SPDX-License-Identifier: Apache-2.0
// An evaluation for people, as evaluate and merge print it.
#pragma once

#include <string>

#include "core/engine/results.h"
#include "core/measure/provenance.h"

namespace dlrm::cli {

// What has to be known of a result over `which` rows, "rows 0-99".
std::string partNote(const std::string& which);
// `origin`: of the evaluation; its notes are not looked at.
std::string evaluationText(const Evaluation& evaluation, const Provenance& origin);

}  // namespace dlrm::cli
