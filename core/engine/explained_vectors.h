// SPDX-License-Identifier: Apache-2.0
// The interaction's input vectors of an explained row, each by itself.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/engine/results.h"

namespace dlrm {

struct ExplainedVector {
    std::string_view name;          // Explanation::vectorNames
    double norm = 0;                // L2, in double
    std::span<const float> values;  // of Explanation::intermediates
};
// In interaction order, 0 = bottom output. The explanation must outlive the result.
std::vector<ExplainedVector> explainedVectors(const Explanation& explanation, const ModelSpec& spec);

}  // namespace dlrm
