// SPDX-License-Identifier: Apache-2.0
// A prediction handed over part by part, so that millions of rows never stand in memory at once.
#pragma once

#include <functional>
#include <utility>

#include "core/base/result.h"
#include "core/engine/results.h"

namespace dlrm {

// The next rows, valid until the next call; nullptr after the last. At least one part, which may be empty. What it
// fails with ends the writing.
using PredictionParts = std::function<Result<const Prediction*>()>;

}  // namespace dlrm
