// SPDX-License-Identifier: Apache-2.0
// Rows counted by probability in the 7,999 buckets between Keras' 8,000 evenly spaced thresholds, apart for each class.
#pragma once

#include <array>
#include <cstdint>

namespace dlrm {

// Bucket b holds float32 probabilities in (b/7999, (b+1)/7999], as tf.keras.metrics.AUC(num_thresholds=8000) sorts
// them: relu(ceil(p·7999) − 1) in float32 arithmetic,
// p with the bits of TensorFlow's sigmoid. Bucket 7,999 stays empty; it is there because Keras counts as many buckets
// as thresholds.
struct ScoreBuckets {
    static constexpr int kThresholds = 8000;
    static constexpr int kBuckets = kThresholds;
    std::array<std::array<std::int64_t, 2>, kBuckets> counts{};  // [bucket][label]

    static double low(int bucket) { return static_cast<double>(bucket) / (kThresholds - 1); }
    static double middle(int bucket) { return (bucket + 0.5) / (kThresholds - 1); }
    void add(const ScoreBuckets& other) {
        for (std::size_t b = 0; b < counts.size(); ++b)
            for (std::size_t label = 0; label < 2; ++label) counts[b][label] += other.counts[b][label];
    }
};

}  // namespace dlrm
