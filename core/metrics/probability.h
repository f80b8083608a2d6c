// SPDX-License-Identifier: Apache-2.0
// The logistic function in double, without overflow at either end.
#pragma once

#include <cmath>

namespace dlrm {

inline double sigmoid(double logit) {
    const double a = std::exp(-std::fabs(logit));
    return logit >= 0 ? 1 / (1 + a) : a / (1 + a);
}

}  // namespace dlrm
