// SPDX-License-Identifier: Apache-2.0
// Rows counted by the upper 16 bits of their score's key, apart for each class: 65,536 buckets, with memory for those
// that are met.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/metrics/rank_statistics.h"
#include "core/metrics/score_key.h"

namespace dlrm {

// Scores of one bucket share sign, exponent and the first seven bits: they differ by less than 1 %.
class ScoreCounts {
public:
    static constexpr std::uint32_t kBuckets = 1 << 16;
    static std::uint32_t bucketOf(ScoreKey key) { return key >> 16; }

    // Throws std::bad_alloc. REQUIRES: bucket < kBuckets; fewer than 2³² rows of a class in it.
    void add(std::uint32_t bucket, std::size_t label, std::uint32_t rows = 1) {
        std::unique_ptr<Page>& page = m_pages[bucket >> 8];
        if (!page) page = std::make_unique<Page>();
        (*page)[bucket & 0xFF][label] += rows;
    }
    void add(const ScoreCounts& other) {
        for (const TiedScores& scores : other.counts()) {
            add(scores.place, 0, static_cast<std::uint32_t>(scores.negatives));
            add(scores.place, 1, static_cast<std::uint32_t>(scores.positives));
        }
    }
    // Ascending, none empty.
    std::vector<TiedScores> counts() const {
        std::vector<TiedScores> out;
        for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
            const std::unique_ptr<Page>& page = m_pages[bucket >> 8];
            if (!page) continue;
            const auto& [negatives, positives] = (*page)[bucket & 0xFF];
            if (negatives > 0 || positives > 0) out.push_back({bucket, negatives, positives});
        }
        return out;
    }

private:
    using Page = std::array<std::array<std::uint32_t, 2>, 256>;
    std::array<std::unique_ptr<Page>, 256> m_pages;
};

}  // namespace dlrm
