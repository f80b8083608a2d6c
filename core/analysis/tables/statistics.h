// SPDX-License-Identifier: Apache-2.0
// Everything one pass over a table tells about it: plain results, shared between threads as shared_ptr<const T>.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/analysis/tables/duplicate_rows.h"
#include "core/analysis/tables/gram.h"
#include "core/analysis/tables/scan.h"
#include "core/analysis/tables/spectrum.h"
#include "core/analysis/tables/untrained_rows.h"
#include "core/base/ids.h"

namespace dlrm {

// L2 norms of the rows that are finite. NaN throughout when there are none.
struct NormSummary {
    std::int64_t rows = 0;  // finite ones
    std::int64_t leftOut =
        0;  // the others: of rows with NaN or infinity, or with values so large that the norm is beyond float32
    double mean = 0, standardDeviation = 0;  // of the population (divided by rows)
    float min = 0, max = 0;
    // numpy.percentile(norms, p): linear between neighbours, rounded to float32
    float p01 = 0, p05 = 0, p50 = 0, p95 = 0, p99 = 0;
    // 32 equal bins over [min, max]; the last one closed. For the small picture in a list.
    std::vector<std::int64_t> histogram;
};

struct TableStatistics {
    TableId table{};
    TableScan scan;                // counts, sums, norms of all rows, histogram of values
    double mean = 0;               // of the finite values; NaN when there are none
    double standardDeviation = 0;  // of the population
    NormSummary norms;
    NormSummary trainedNorms;  // of the trainedRows; rows and leftOut are 0 unless untrained.known()
    UntrainedRows untrained;
    std::int64_t zeroRows = 0;  // every value is 0
    DuplicateRows duplicates;
    // The others: neither untrained, nor zeros, nor a copy of an untrained row; 0 unless untrained.known().
    std::int64_t trainedRows = 0;
    // Products of float32 values are summed in float32 over 256 rows, then in double: an entry (i, j) is off by at most
    // kGramError · √(Gii · Gjj).
    Gram gram, trainedGram;  // all finite rows; those of them that were trained, none unless untrained.known()
    Spectrum spectrum, trainedSpectrum;
    bool fromCache = false;
    double seconds = 0;  // the pass took; 0 when it came from the cache

    // Mean of the finite rows (dim); zeros when there are none.
    std::vector<double> meanVector() const;
    // Share of the finite norms that are smaller than `norm`, 0..1.
    double normPercentile(float norm) const;
};

// γ = 256·2⁻²⁴, the bound of a float32 sum of 256 products.
constexpr double kGramError = 256.0 / 16777216.0;

}  // namespace dlrm
