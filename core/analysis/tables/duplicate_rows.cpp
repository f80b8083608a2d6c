// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/duplicate_rows.h"

#include <algorithm>
#include <bit>
#include <tuple>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dlrm {
namespace {

constexpr std::size_t kDuplicatesPerStop = std::size_t{1} << 16;

// One bit a slot.
class Slots {
public:
    explicit Slots(std::size_t count) : m_words((count + 63) / 64) {}
    bool has(std::uint64_t slot) const { return m_words[slot / 64] >> (slot % 64) & 1U; }
    void set(std::uint64_t slot) { m_words[slot / 64] |= std::uint64_t{1} << (slot % 64); }

private:
    std::vector<std::uint64_t> m_words;
};

}  // namespace

std::uint64_t rowHash(const float* row, std::int64_t dim) {
    return std::max<std::uint64_t>(1, XXH3_64bits(row, static_cast<std::size_t>(dim) * sizeof(float)));
}

std::optional<DuplicateRows> findDuplicateRows(std::span<const std::uint64_t> hashes, std::span<const float> norms,
                                               std::vector<std::int64_t>& copies, const std::stop_token& stop) {
    // Rows whose slot is met by no other are left out before anything is sorted: fifteen of sixteen, where all rows
    // differ.
    const std::size_t slots = std::bit_ceil(16 * hashes.size() + 64);
    Slots once(slots), again(slots);
    for (std::size_t r = 0; r < hashes.size(); ++r) {
        if (r % kDuplicatesPerStop == 0 && stop.stop_requested()) return std::nullopt;
        if (hashes[r] == 0) continue;
        const std::uint64_t slot = hashes[r] & (slots - 1);
        if (once.has(slot)) again.set(slot);
        else once.set(slot);
    }
    struct Row {
        std::uint64_t hash;
        std::int64_t id;
    };
    std::vector<Row> met;
    for (std::size_t r = 0; r < hashes.size(); ++r) {
        if (r % kDuplicatesPerStop == 0 && stop.stop_requested()) return std::nullopt;
        if (hashes[r] != 0 && again.has(hashes[r] & (slots - 1)))
            met.push_back({hashes[r], static_cast<std::int64_t>(r)});
    }
    const auto norm = [&](const Row& row) {
        return std::bit_cast<std::uint32_t>(norms[static_cast<std::size_t>(row.id)]);
    };
    std::sort(met.begin(), met.end(), [&](const Row& a, const Row& b) {
        return std::tuple(a.hash, norm(a), a.id) < std::tuple(b.hash, norm(b), b.id);
    });
    DuplicateRows out;
    copies.clear();
    for (std::size_t begin = 0; begin < met.size();) {
        std::size_t end = begin + 1;
        for (; end < met.size() && met[end].hash == met[begin].hash && norm(met[end]) == norm(met[begin]); ++end)
            copies.push_back(met[end].id);
        const auto count = static_cast<std::int64_t>(end - begin);
        if (count > 1 && (count > out.most || (count == out.most && met[begin].id < out.first))) {
            out.most = count;
            out.first = met[begin].id;
        }
        begin = end;
    }
    std::sort(copies.begin(), copies.end());
    out.rows = static_cast<std::int64_t>(copies.size());
    return out;
}

}  // namespace dlrm
