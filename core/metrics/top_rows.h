// SPDX-License-Identifier: Apache-2.0
// The rows with the highest scores: how many of the clicks they hold, and whether as many were predicted.
#pragma once

#include <array>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/metrics/report.h"
#include "core/metrics/score_key.h"

namespace dlrm {

// Shares of the rows that every report tells gain and lift of.
inline constexpr std::array<double, 13> kGainShares{0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};

// Of `share` of the rows, 0 < share <= 1. Where equal scores lie across the end, and where the share is no whole number
// of rows, that part of the tied rows counts that is needed: each as likely as another. Keys ascending.
// REQUIRES: positives are not empty.
Gain gainOf(std::span<const ScoreKey> positives, std::span<const ScoreKey> negatives, double share);

// Of the same rows: Σp / Σy. REQUIRES: there are rows. Error E-CANCELLED.
Result<TopCalibration> topCalibration(std::span<const ScoreKey> positives, std::span<const ScoreKey> negatives,
                                      double share, const std::stop_token& stop);

}  // namespace dlrm
