// SPDX-License-Identifier: Apache-2.0
// Whole-table work that a device may do where the tables are. core/analysis computes the same on the CPU; both fill these results. Headers only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/progress.h"
#include "core/base/result.h"

namespace dlrm {

struct ScanRequest {
    // Histogram of values: `bins` equal bins over [low, high); values outside are counted in below and above.
    float low = -1, high = 1;
    int bins = 512;
};

// One pass over a table. Sums are over the finite values, in double.
struct TableScan {
    std::int64_t rows = 0, dim = 0;
    std::int64_t finite = 0, nan = 0, inf = 0, subnormal = 0;   // values; subnormal ones are finite too
    double sum = 0, sumSquares = 0;
    float min = 0, max = 0;                  // of the finite values; NaN when there are none
    std::vector<float> norms;                // (rows) L2; NaN or infinity where the row has such a value, or where float32 cannot hold it
    ScanRequest request;
    std::vector<std::int64_t> histogram;     // (bins)
    std::int64_t below = 0, above = 0;
};

// Xᵀ X and the column sums of the rows looked at, in double. Rows with a value that is not finite are left out.
struct Gram {
    std::int64_t dim = 0, rows = 0;
    std::vector<double> products;  // (dim, dim), symmetric, row-major
    std::vector<double> sums;      // (dim)
};

enum class Similarity : std::uint8_t { Cosine, Dot, L2 };
std::string_view name(Similarity);                                   // "cosine", "dot", "l2"
std::optional<Similarity> similarityFromName(std::string_view);

// Cosine, Dot: higher is nearer; L2: the Euclidean distance, lower is nearer. Computed in double from the float32 values. Ties by id.
struct Neighbor {
    RowId id{};
    double score = 0;
};

// What exact AUC and log loss need, over all rows.
struct RankSums {
    std::int64_t positives = 0, negatives = 0;
    std::uint64_t doubleConcordant = 0;  // 2 · pairs (clicked, not clicked) with the clicked one higher + ties
    double logLoss = 0;                  // Σ softplus(z) − y·z
};

// Calls follow DeviceModel::forward's rules: one at a time, E-CANCELLED within 100 ms of a stop request.
class DeviceAnalytics {
public:
    virtual ~DeviceAnalytics() = default;
    virtual Result<TableScan> scan(TableId table, const ScanRequest& request, const ProgressFn& progress, std::stop_token stop) = 0;
    virtual Result<Gram> gram(TableId table, const ProgressFn& progress, std::stop_token stop) = 0;
    // The k rows nearest to `query` (dim), exact, the best first. Rows that are not finite, and zero rows with Cosine, come last.
    virtual Result<std::vector<Neighbor>> nearest(TableId table, std::span<const float> query, Similarity similarity, int k, std::stop_token stop) = 0;
    virtual Result<RankSums> rank(std::span<const float> logits, std::span<const std::uint8_t> labels, std::stop_token stop) = 0;
};

}  // namespace dlrm
