// SPDX-License-Identifier: Apache-2.0
// Least-significant-digit radix sort of score keys: digits of 11, 11 and 10 bits, counted and scattered by several
// threads.
#include "core/metrics/key_store.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <new>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace dlrm {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr int kDigitBits = 11;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
constexpr std::int64_t kKeysPerStopCheck = 1 << 20;
constexpr std::int64_t kKeysPerPart = 1 << 17;  // fewer are not worth another thread

using Counts = std::array<std::int64_t, kDigits>;

// Calls fn(begin, end) for the pieces of rows [first, last) of the blocks laid end to end, in order.
template <class Fn>
void forPieces(const std::vector<std::span<const ScoreKey>>& blocks, std::int64_t first, std::int64_t last, Fn fn) {
    std::int64_t start = 0;
    for (const auto& block : blocks) {
        const auto size = static_cast<std::int64_t>(block.size());
        const std::int64_t from = std::max(first - start, std::int64_t{0});
        const std::int64_t to = std::min(last - start, size);
        if (from < to) fn(block.data() + from, block.data() + to);
        start += size;
        if (start >= last) break;
    }
}

// One stable pass by the digit at `shift`. Part t of the source writes into its own slice of every digit's range. False
// when stopped.
bool scatterPass(const std::vector<std::span<const ScoreKey>>& source, std::int64_t rows, int shift, ScoreKey* out,
                 const std::stop_token& stop) {
    const std::int64_t threads = tbb::this_task_arena::max_concurrency();
    const std::int64_t parts = std::clamp<std::int64_t>(rows / kKeysPerPart, 1, std::min<std::int64_t>(threads, 64));
    const auto bound = [&](std::int64_t part) { return rows / parts * part + std::min(part, rows % parts); };
    std::vector<Counts> offsets(static_cast<std::size_t>(parts));
    const auto inSteps = [&](std::int64_t part, auto fn) {
        for (std::int64_t from = bound(part); from < bound(part + 1) && !stop.stop_requested();
             from += kKeysPerStopCheck)
            forPieces(source, from, std::min(from + kKeysPerStopCheck, bound(part + 1)), fn);
    };

    tbb::parallel_for(std::int64_t{0}, parts, [&](std::int64_t part) {
        Counts& count = offsets[static_cast<std::size_t>(part)];
        count.fill(0);
        inSteps(part, [&](const ScoreKey* key, const ScoreKey* end) {
            for (; key != end; ++key) ++count[(*key >> shift) & (kDigits - 1)];
        });
    });
    if (stop.stop_requested()) return false;
    std::int64_t next = 0;
    for (std::size_t digit = 0; digit < kDigits; ++digit)
        for (Counts& count : offsets) {
            const std::int64_t keys = count[digit];
            count[digit] = next;
            next += keys;
        }
    tbb::parallel_for(std::int64_t{0}, parts, [&](std::int64_t part) {
        Counts& offset = offsets[static_cast<std::size_t>(part)];
        inSteps(part, [&](const ScoreKey* key, const ScoreKey* end) {
            for (; key != end; ++key) out[offset[(*key >> shift) & (kDigits - 1)]++] = *key;
        });
    });
    return !stop.stop_requested();
}

}  // namespace

KeyBuffer::KeyBuffer(std::int64_t capacity) : m_capacity(capacity) {
    std::size_t bytes = std::max<std::size_t>(static_cast<std::size_t>(capacity) * sizeof(ScoreKey), 64);
    const bool huge = bytes >= 2 * kHugePage;
    const std::size_t alignment = huge ? kHugePage : 64;
    bytes = (bytes + alignment - 1) / alignment * alignment;
    m_data.reset(static_cast<ScoreKey*>(std::aligned_alloc(alignment, bytes)));
    if (!m_data) throw std::bad_alloc();
    if (huge) madvise(m_data.get(), bytes, MADV_HUGEPAGE);
}

ScoreKey* KeyStore::room(std::int64_t rows) {
    if (m_blocks.empty() || m_blocks.back().size + rows > m_blocks.back().capacity()) m_blocks.emplace_back(kBlockKeys);
    return m_blocks.back().data() + m_blocks.back().size;
}

void KeyStore::appended(std::int64_t rows) {
    if (rows == 0) return;
    m_blocks.back().size += rows;
    m_size += rows;
    m_sorted = false;
}

void KeyStore::take(KeyStore&& other) {
    if (other.m_size == 0) return;
    m_blocks.reserve(m_blocks.size() + other.m_blocks.size());
    for (KeyBuffer& block : other.m_blocks) m_blocks.push_back(std::move(block));
    m_size += other.m_size;
    m_sorted = false;
    other = KeyStore();
}

bool KeyStore::sort(const std::stop_token& stop) {
    if (m_size == 0 || m_sorted) return true;
    std::vector<std::span<const ScoreKey>> source;
    for (const KeyBuffer& block : m_blocks) source.emplace_back(block.data(), static_cast<std::size_t>(block.size));
    KeyBuffer first(m_size);
    first.size = m_size;
    const std::span<const ScoreKey> whole(first.data(), static_cast<std::size_t>(m_size));
    if (!scatterPass(source, m_size, 0, first.data(), stop)) return false;
    std::vector<KeyBuffer> one;
    one.push_back(std::move(first));
    m_blocks = std::move(one);  // from here on the keys live in `first` only
    KeyBuffer second(m_size);
    second.size = m_size;
    if (!scatterPass({whole}, m_size, kDigitBits, second.data(), stop)) return false;
    m_sorted = scatterPass({{second.data(), static_cast<std::size_t>(m_size)}}, m_size, 2 * kDigitBits,
                           m_blocks.front().data(), stop);
    if (!m_sorted) m_blocks.front() = std::move(second);  // `first` was overwritten in part
    return m_sorted;
}

std::span<const ScoreKey> KeyStore::sorted() {
    if (m_size == 0) return {};
    sort();
    return {m_blocks.front().data(), static_cast<std::size_t>(m_size)};
}

}  // namespace dlrm
