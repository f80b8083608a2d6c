// SPDX-License-Identifier: Apache-2.0
// A comparison of two models for people.
#pragma once

#include <string>

#include "core/compare/comparison.h"

namespace dlrm::cli {

// The verdict first; of the tensors those that differ.
std::string comparisonText(const ModelComparison& comparison);

}  // namespace dlrm::cli
