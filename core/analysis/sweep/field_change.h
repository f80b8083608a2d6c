// SPDX-License-Identifier: Apache-2.0
// The change of one field that brings a prediction to the other side of a threshold.
#pragma once

#include <cstdint>
#include <vector>

#include "core/metrics/probability.h"

namespace dlrm {

// As ThresholdCounts has it: rows with probability >= threshold are called clicked.
inline bool isAboveThreshold(float logit, double threshold) { return sigmoid(static_cast<double>(logit)) >= threshold; }

// Takes values in the order in which they are preferred, until one crosses.
class CrossingSearch {
public:
    // clicked: what the row is called as it is.
    CrossingSearch(bool clicked, double threshold) : m_clicked(clicked), m_threshold(threshold) {}

    // A value by its place, with its logit. True: it crosses, and none behind it is needed. One that is not finite
    // crosses nothing.
    bool offer(std::int64_t place, float logit);

    bool crosses() const { return m_crosses; }
    std::int64_t tried() const { return m_tried; }
    // The value that crosses, else the first of those that come nearest to it; -1: no finite one was offered.
    std::int64_t place() const { return m_place; }
    float logit() const { return m_logit; }

private:
    bool m_clicked;
    double m_threshold;
    bool m_crosses = false;
    std::int64_t m_place = -1, m_tried = 0;
    float m_logit = 0;
};

// Places of `values` without those that equal `own`, the nearest first; of two as near the lower one.
std::vector<std::int64_t> nearestFirst(const std::vector<float>& values, float own);

struct FieldChange {
    bool numerical = false;   // else of a table
    std::size_t index = 0;    // of the numericals, or of the tables in feature order
    bool crosses = false;     // else the value below is the one that comes nearest to it
    bool any = false;         // there is another value whose prediction is finite; else none of what follows is
    std::int64_t id = -1;     // of a table: the lowest id that crosses
    float fed = 0;            // of a numerical: the value that crosses and is nearest to the row's, as fed
    float logit = 0;          // with it
    std::int64_t tried = 0;   // values that were predicted
    std::int64_t others = 0;  // values other than the row's own
};

// Those that cross first, that which changes the probability least before the others; then the rest, that which comes
// nearest to the threshold before the others. current: the row's logit; clicked: what it is called.
void sortChanges(std::vector<FieldChange>& changes, float current, bool clicked);

}  // namespace dlrm
