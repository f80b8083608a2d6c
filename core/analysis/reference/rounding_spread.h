// SPDX-License-Identifier: Apache-2.0
// How far rounding may move a model's logits: what the tolerance of the parity certificate follows from.
#pragma once

#include <stop_token>
#include <string_view>
#include <vector>

#include "core/analysis/reference/double_forward.h"
#include "core/base/result.h"

namespace dlrm {

// Variance of a row's logit, to first order, when every rounding is taken for an independent error. A sum of n products
// x·w adds 2·u²·Σ(xw)² where both operands are rounded to u, and n·v²·Σ(xw)² for the rounding of its partial sums to v;
// errors of the inputs pass on with w², and not through a ReLU that is 0. So it grows with the weights, the widths and
// the values of this row, and needs no norm of a matrix that no row meets.
struct RoundingSpread {
    std::vector<double> operands;  // per row, in units of u²
    std::vector<double> sums;      // per row, in units of v²
};

// reference: of the same weights and of the rows of `batch`. On all threads. Error E-CANCELLED.
Result<RoundingSpread> roundingSpread(const ModelWeights& weights, const BatchView& batch,
                                      const ReferenceForward& reference, const std::stop_token& stop);

// kSpreads times the largest standard deviation of the rows. u: 2⁻⁸ for bf16 (and int8, which has no bound of its own),
// 2⁻¹¹ for tf32 and fp16, 0 for fp32; v = 2⁻²⁴.
inline constexpr double kSpreads = 6;
double logitTolerance(const RoundingSpread& spread, Precision precision);

// The same in one sentence for people.
std::string_view toleranceWords();

}  // namespace dlrm
