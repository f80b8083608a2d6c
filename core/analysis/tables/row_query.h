// SPDX-License-Identifier: Apache-2.0
// Which rows of a table are wanted, and in which order. Plain data.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/ids.h"

namespace dlrm {

enum class RowKey : std::uint8_t { Id, Norm, CosineToMean, Trained, Hits };

// Inclusive at both ends.
struct ValueRange {
    double low = 0, high = 0;
    bool contains(double v) const { return v >= low && v <= high; }  // false for NaN
    friend bool operator==(const ValueRange&, const ValueRange&) = default;
};

struct RowQuery {
    RowKey sortBy = RowKey::Id;
    bool descending = false;
    std::int64_t limit = 0;  // > 0: only the first so many, at once; 0: all
    // Filters; a row passes when it passes all of them.
    std::optional<RowRange> ids;
    std::optional<bool> trained;
    std::optional<ValueRange> norm, cosine, hits;

    bool needsStatistics() const {
        return sortBy == RowKey::Norm || sortBy == RowKey::Trained || norm.has_value() || trained.has_value();
    }
    bool needsCosine() const { return sortBy == RowKey::CosineToMean || cosine.has_value(); }
    bool needsHits() const { return sortBy == RowKey::Hits || hits.has_value(); }
    friend bool operator==(const RowQuery&, const RowQuery&) = default;
};

}  // namespace dlrm
