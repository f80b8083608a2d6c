// SPDX-License-Identifier: Apache-2.0
// Figures that follow from a table's scan and Gram matrices without reading the table again.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/analysis/tables/statistics.h"

namespace dlrm {

// The finite norms' moments, exact percentiles and histogram; two reads of the norms and no copy of them.
NormSummary summarizeNorms(std::span<const float> norms);
// The same of the rows whose bit (id % 64 of word id / 64) is not set and whose norm is not 0; copies their norms.
NormSummary summarizeNorms(std::span<const float> norms, std::span<const std::uint64_t> without);

// Fills mean, standardDeviation, norms, spectrum and trainedSpectrum from the rest.
void summarize(TableStatistics& statistics);

}  // namespace dlrm
