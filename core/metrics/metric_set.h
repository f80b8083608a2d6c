// SPDX-License-Identifier: Apache-2.0
// All metrics of one evaluation, fed once per batch: streaming, mergeable, double accumulators, from logits.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>

#include "core/base/result.h"
#include "core/metrics/report.h"
#include "core/metrics/score_key.h"

namespace dlrm {

class MetricSet {
public:
    MetricSet();
    ~MetricSet();
    MetricSet(MetricSet&&) noexcept;
    MetricSet& operator=(MetricSet&&) noexcept;

    // logits: (n) float32, labels: (n) 0 or 1. `firstRow` names rows in errors. Keeps 4 bytes a row.
    // Error E-METRIC-001 with the row when a logit is NaN or infinite; E-METRIC-002 when a label is neither 0 nor 1.
    // Nothing of the batch is added then. Error E-METRIC-003 when memory runs out; the set is of no further use then.
    Result<void> add(std::span<const float> logits, std::span<const std::uint8_t> labels, std::int64_t firstRow);
    // Adds what `other` has seen. Order does not change any value.
    void merge(MetricSet&& other);
    // The rows of one class (label 0 or 1) as their keys, ascending: all that the figures depend on. Sorts; valid until
    // the next change. Throws std::bad_alloc.
    std::span<const ScoreKey> keys(int label);
    // Adds rows of one class by their keys: no bit differs from add(). REQUIRES: each is keyOf() a finite logit. Throws
    // std::bad_alloc.
    void addKeys(std::span<const ScoreKey> keys, int label);
    std::int64_t rows() const;

    // Does now, until `stop` is requested, what takes longest of report(false): sorting. Error E-CANCELLED; nothing is
    // lost then.
    Result<void> prepare(const std::stop_token& stop);
    // Figures of what was added so far. `interim`: a quick look while the evaluation runs (series and exact AUC from
    // 8,000 score bins, marked in the notes; no interval). Otherwise the exact values.  Not const-thread-safe: one
    // caller at a time.
    MetricReport report(bool interim);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm
