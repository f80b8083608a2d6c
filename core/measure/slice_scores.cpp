// SPDX-License-Identifier: Apache-2.0
#include "core/measure/slice_scores.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include "core/measure/long_sums.h"
#include "core/measure/state_counts.h"

namespace dlrm {
namespace {

constexpr auto kBlockRows = static_cast<std::int64_t>(SliceBlock::kRows);
constexpr std::int64_t kChunkRows = 16 * kBlockRows;

std::vector<std::int64_t> numbersOfRows(const std::function<std::int64_t(std::int64_t)>& numberOf, std::int64_t first,
                                        std::int64_t count) {
    std::vector<std::int64_t> out(static_cast<std::size_t>(count));
    for (std::int64_t r = 0; r < count; ++r)
        out[static_cast<std::size_t>(r)] = numberOf ? numberOf(first + r) : first + r;
    return out;
}

// What the sums of a class may be, as none of its terms is negative.
Result<void> checkSliceSums(const std::array<LongSum, kSliceTerms>& sums, std::int64_t rows, std::int64_t positives) {
    constexpr double kRounding = 1 + 1e-9;
    const auto most = [&](std::size_t term) {
        if (rows == 0) return 0.0;
        if (term == kTermSquaredError || term == kTermProbability || term == kTermFourthPower)
            return static_cast<double>(rows) * kRounding;
        if (term == kTermPositive || (term == kTermPositiveLoss && positives == 0))
            return static_cast<double>(positives) * kRounding;
        return std::numeric_limits<double>::max();
    };
    for (std::size_t term = 0; term < kSliceTerms; ++term) {
        const double sum = sums[term].value();
        if (!(sum >= 0 && sum <= most(term)))
            return fail(
                impossibleState("sums", fmt::format("0 .. {} of {} rows", most(term), rows), fmt::format("{}", sum)));
    }
    return {};
}

// The score buckets of one class as a state has them.
struct SavedBuckets {
    std::span<const std::uint32_t> bucket, negatives, positives;
    SavedBuckets part(std::size_t first, std::size_t count) const {
        return {bucket.subspan(first, count), negatives.subspan(first, count), positives.subspan(first, count)};
    }
};

Result<ScoreCounts> scoreCounts(const SavedBuckets& saved, std::int64_t rows, std::int64_t positives) {
    ScoreCounts out;
    std::int64_t negativesIn = 0, positivesIn = 0;
    for (std::size_t i = 0; i < saved.bucket.size(); ++i) {
        const std::uint32_t bucket = saved.bucket[i];
        if (bucket >= ScoreCounts::kBuckets || (i > 0 && bucket <= saved.bucket[i - 1]) ||
            (saved.negatives[i] == 0 && saved.positives[i] == 0))
            return fail(impossibleState("bucket", "ascending score buckets, none empty", fmt::format("{}", bucket)));
        out.add(bucket, 0, saved.negatives[i]);
        out.add(bucket, 1, saved.positives[i]);
        negativesIn += saved.negatives[i];
        positivesIn += saved.positives[i];
    }
    if (positivesIn != positives || negativesIn != rows - positives)
        return fail(impossibleState("negatives_in, positives_in", fmt::format("{} and {}", rows - positives, positives),
                                    fmt::format("{} and {}", negativesIn, positivesIn)));
    return out;
}

}  // namespace

SliceScores::SliceScores(SlicePartitions partitions, SliceLimits limits,
                         std::function<std::int64_t(std::int64_t)> numberOf)
    : m_partitions(std::move(partitions)), m_limits(limits), m_numberOf(std::move(numberOf)) {
    for (const auto& partition : m_partitions) {
        m_sums.emplace_back(partition->classes());
        m_numbers |= partition->looksAtRowNumbers();
    }
}

Result<std::unique_ptr<SliceScores>> SliceScores::madeFor(const MeasureState& state) {
    DLRM_TRY(const auto shape, savedShape(state, 2));
    const SliceLimits limits{shape[0], shape[1]};
    if (limits.rows < 0 || limits.positives < 0)
        return fail(impossibleState("shape", "limits from 0", fmt::format("{}, {}", limits.rows, limits.positives)));
    DLRM_TRY(auto partitions, partitionsOf(std::span(shape).subspan(2), state, kMostSlices));
    return std::make_unique<SliceScores>(std::move(partitions), limits);
}

Result<void> SliceScores::add(const MeasuredRows& rows) {
    DLRM_TRY(checkLookups(m_rows, rows.rows.rows));
    for (std::int64_t first = 0; first < rows.rows.rows; first += kChunkRows)
        addChunk(rows, first, std::min(kChunkRows, rows.rows.rows - first));
    m_rows += rows.rows.rows;
    return {};
}

// The terms of the rows are split once; then each thread has some partitions for itself, and goes over them block by
// block, since a block fits the cache.
void SliceScores::addChunk(const MeasuredRows& rows, std::int64_t first, std::int64_t count) {
    const BatchView chunk = rows.rows.slice(first, count);
    const std::span<const float> logits =
        rows.logits.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
    std::vector<std::int64_t> numbers;
    if (m_numbers) numbers = numbersOfRows(m_numberOf, rows.firstRow + first, count);
    std::vector<SliceBlock> blocks(static_cast<std::size_t>((count + kBlockRows - 1) / kBlockRows));
    const auto partOf = [count](std::size_t b) {
        const auto at = static_cast<std::int64_t>(b) * kBlockRows;
        return std::pair(static_cast<std::size_t>(at), static_cast<std::size_t>(std::min(kBlockRows, count - at)));
    };
    tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t b) {
        const auto [at, n] = partOf(b);
        blocks[b].fill(logits.subspan(at, n), chunk.labels.subspan(at, n));
    });
    using Partitions = tbb::blocked_range<std::size_t>;
    tbb::parallel_for(Partitions(0, m_partitions.size()), [&](const Partitions& some) {
        std::vector<std::uint16_t> classes;
        for (std::size_t b = 0; b < blocks.size(); ++b) {
            const auto [at, n] = partOf(b);
            SliceRows told{chunk.slice(static_cast<std::int64_t>(at), static_cast<std::int64_t>(n)), {}};
            if (m_numbers) told.numbers = std::span(numbers).subspan(at, n);
            classes.resize(n);
            for (std::size_t p = some.begin(); p < some.end(); ++p) {
                m_partitions[p]->classify(told, classes);
                SliceSums::add(blocks[b], classes, m_sums[p]);
            }
        }
    });
}

void SliceScores::settle() {
    for (std::vector<SliceSums>& classes : m_sums)
        for (SliceSums& sums : classes) sums.settle();
}

std::vector<SliceResult> SliceScores::results() {
    settle();
    std::vector<SliceResult> out;
    for (std::size_t p = 0; p < m_partitions.size(); ++p)
        for (SliceResult& slice : sliceResults(*m_partitions[p], m_sums[p], m_limits)) out.push_back(std::move(slice));
    return out;
}

std::vector<std::int64_t> SliceScores::shape() const {
    std::vector<std::int64_t> out{m_limits.rows, m_limits.positives};
    for (const std::int64_t more : shapeOf(m_partitions)) out.push_back(more);
    return out;
}

std::pair<std::string, std::string> SliceScores::differsBy(const Measure& other) const {
    const auto& from = static_cast<const SliceScores&>(other);
    const auto words = [](const SliceLimits& limits) {
        return fmt::format("slices judged from {} rows and {} clicks on", limits.rows, limits.positives);
    };
    if (m_limits != from.m_limits) return {words(m_limits), words(from.m_limits)};
    return firstDifference(m_partitions, from.m_partitions);
}

Result<void> SliceScores::mergeSame(Measure& other) {
    auto& from = static_cast<SliceScores&>(other);
    DLRM_TRY(checkLookups(m_rows, from.m_rows));
    from.settle();
    for (std::size_t p = 0; p < m_sums.size(); ++p)
        for (std::size_t c = 0; c < m_sums[p].size(); ++c) m_sums[p][c].add(from.m_sums[p][c]);
    m_rows += from.m_rows;
    return {};
}

void SliceScores::saveInto(MeasureState& state) {
    settle();
    std::vector<std::int64_t> rows, positives, buckets;
    std::vector<std::uint32_t> digits, bucket, negativesIn, positivesIn;
    for (const auto& classes : m_sums)
        for (const SliceSums& one : classes) {
            rows.push_back(one.rows());
            positives.push_back(one.positives());
            for (std::size_t term = 0; term < kSliceTerms; ++term) {
                const auto more = one.sum(term).digits();
                digits.insert(digits.end(), more.begin(), more.end());
            }
            const std::vector<TiedScores> scores = one.scores().counts();
            buckets.push_back(std::ssize(scores));
            for (const TiedScores& tied : scores) {
                bucket.push_back(tied.place);
                negativesIn.push_back(static_cast<std::uint32_t>(tied.negatives));
                positivesIn.push_back(static_cast<std::uint32_t>(tied.positives));
            }
        }
    putTexts(m_partitions, state);
    state.put("rows", std::move(rows));
    state.put("positives", std::move(positives));
    state.put("sums", std::move(digits));
    state.put("buckets", std::move(buckets));
    state.put("bucket", std::move(bucket));
    state.put("negatives_in", std::move(negativesIn));
    state.put("positives_in", std::move(positivesIn));
}

Result<void> SliceScores::loadFrom(MeasureState& state) {
    DLRM_TRY(takeTexts(m_partitions, state));
    std::size_t all = 0;
    for (const auto& classes : m_sums) all += classes.size();
    DLRM_TRY(const auto rows, state.take<std::int64_t>("rows", static_cast<std::int64_t>(all)));
    DLRM_TRY(const auto positives, state.take<std::int64_t>("positives", std::ssize(rows)));
    DLRM_TRY(const auto buckets, state.take<std::int64_t>("buckets", std::ssize(rows)));
    DLRM_TRY(const auto bucket, state.take<std::uint32_t>("bucket"));
    DLRM_TRY(const auto negativesIn, state.take<std::uint32_t>("negatives_in", std::ssize(bucket)));
    DLRM_TRY(const auto positivesIn, state.take<std::uint32_t>("positives_in", std::ssize(bucket)));
    std::vector<LongSum> sums(all * kSliceTerms);
    DLRM_TRY(takeSums(state, "sums", sums));
    const SavedBuckets saved{bucket, negativesIn, positivesIn};
    std::optional<std::int64_t> total;
    std::size_t at = 0, next = 0;  // of the classes, of the buckets
    for (auto& classes : m_sums) {
        std::int64_t ofPartition = 0;
        for (SliceSums& one : classes) {
            const std::int64_t n = rows[at], clicked = positives[at],
                               left = std::ssize(bucket) - static_cast<std::int64_t>(next);
            DLRM_TRY(checkRows(n));
            if (clicked < 0 || clicked > n)
                return fail(impossibleState("positives", fmt::format("0 .. {}", n), fmt::format("{}", clicked)));
            if (buckets[at] < 0 || buckets[at] > left)
                return fail(impossibleState("buckets", fmt::format("0 .. {}", left), fmt::format("{}", buckets[at])));
            const auto own = static_cast<std::size_t>(buckets[at]);
            DLRM_TRY(auto scores, scoreCounts(saved.part(next, own), n, clicked));
            std::array<LongSum, kSliceTerms> ownSums;
            std::copy_n(sums.begin() + static_cast<std::ptrdiff_t>(at * kSliceTerms), kSliceTerms, ownSums.begin());
            DLRM_TRY(checkSliceSums(ownSums, n, clicked));
            one.set(n, clicked, ownSums, std::move(scores));
            next += own;
            ofPartition += n;
            ++at;
        }
        if (ofPartition != total.value_or(ofPartition) || !checkLookups(0, ofPartition))
            return fail(
                impossibleState("rows", "as many rows of every key, fewer than 2³²", fmt::format("{}", ofPartition)));
        total = ofPartition;
    }
    if (next != bucket.size())
        return fail(impossibleState("bucket", fmt::format("{} buckets", next), fmt::format("{}", bucket.size())));
    m_rows = total.value_or(0);
    return {};
}

}  // namespace dlrm
