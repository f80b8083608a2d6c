// SPDX-License-Identifier: Apache-2.0
#include "core/measure/saved_partitions.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr const char* kSliceTexts = "texts";

std::vector<std::string> textsOf(const SlicePartitions& partitions) {
    std::vector<std::string> out;
    for (const auto& partition : partitions) {
        out.push_back(partition->group());
        for (std::size_t i = 0; i < partition->listed(); ++i) out.push_back(partition->sentence(i));
    }
    return out;
}

// With one array of the state, if it has it.
MeasureState copyOf(const MeasureState& state, const std::string& name) {
    MeasureState out;
    if (const auto found = state.arrays().find(name); found != state.arrays().end()) out.put(name, found->second);
    return out;
}

std::string nameOf(const SlicePartitions& partitions, std::size_t place) {
    if (place >= partitions.size()) return "none";
    const SlicePartition& partition = *partitions[place];
    return partition.group().empty() ? fmt::format("the slice \"{}\"", partition.sentence(0))
                                     : fmt::format("the slices by \"{}\"", partition.group());
}

}  // namespace

std::vector<std::int64_t> shapeOf(const SlicePartitions& partitions) {
    std::vector<std::int64_t> out;
    for (const auto& partition : partitions) {
        out.push_back(static_cast<std::int64_t>(partition->classes()));
        out.push_back(std::bit_cast<std::int64_t>(partition->fingerprint()));
    }
    return out;
}

void putTexts(const SlicePartitions& partitions, MeasureState& state) {
    state.put(kSliceTexts, packedTexts(textsOf(partitions)));
}

Result<void> takeTexts(const SlicePartitions& partitions, MeasureState& state) {
    DLRM_TRY(const auto packed, state.take<std::uint8_t>(kSliceTexts));
    if (packed == packedTexts(textsOf(partitions))) return {};
    return fail(impossibleState(kSliceTexts, "the slices that were measured", "others"));
}

Result<std::vector<std::int64_t>> savedShape(const MeasureState& state, std::size_t least) {
    DLRM_TRY(auto shape, copyOf(state, "shape").take<std::int64_t>("shape"));
    if (shape.size() >= least) return shape;
    return fail(impossibleState("shape", fmt::format("at least {} numbers", least), fmt::format("{}", shape.size())));
}

Result<SlicePartitions> partitionsOf(std::span<const std::int64_t> shape, const MeasureState& state, std::size_t most) {
    DLRM_TRY(const auto packed, copyOf(state, kSliceTexts).take<std::uint8_t>(kSliceTexts));
    DLRM_TRY(const auto texts, unpackedTexts(packed, kSliceTexts));
    SlicePartitions out;
    std::size_t next = 0, all = 0;
    for (std::size_t at = 0; at + 1 < shape.size(); at += 2) {
        const std::int64_t classes = shape[at];
        if (classes < 1 || classes > static_cast<std::int64_t>(most - all))
            return fail(impossibleState("shape", fmt::format("1 .. {} classes", most), fmt::format("{}", classes)));
        const std::size_t left = texts.size() - next;
        // Of a sentence the rows that it is true of and all others, of a key every
        // class.
        const std::size_t listed = left > 0 && texts[next].empty() ? 1 : static_cast<std::size_t>(classes);
        if (left < listed + 1 || (listed == 1 && texts[next].empty() && classes != 2))
            return fail(impossibleState(kSliceTexts, fmt::format("a key and {} sentences", listed),
                                        fmt::format("{} texts", left)));
        const auto first = texts.begin() + static_cast<std::ptrdiff_t>(next);
        out.push_back(std::make_shared<const SlicePartition>(
            *first, std::vector<std::string>(first + 1, first + 1 + static_cast<std::ptrdiff_t>(listed)),
            static_cast<std::size_t>(classes), std::bit_cast<std::uint64_t>(shape[at + 1])));
        next += listed + 1;
        all += static_cast<std::size_t>(classes);
    }
    if (next != texts.size() || shape.size() % 2 != 0 || out.empty())
        return fail(impossibleState(kSliceTexts, fmt::format("{} texts of at least one partition", next),
                                    fmt::format("{}", texts.size())));
    return out;
}

std::pair<std::string, std::string> firstDifference(const SlicePartitions& mine, const SlicePartitions& its) {
    const std::size_t places = std::max(mine.size(), its.size());
    for (std::size_t i = 0; i < places; ++i) {
        const std::string a = nameOf(mine, i), b = nameOf(its, i);
        if (a != b) return {a, b};
        if (shapeOf({mine[i]}) != shapeOf({its[i]})) return {a, b + ", told apart otherwise"};
    }
    return {"the same slices", "the same slices"};
}

}  // namespace dlrm
