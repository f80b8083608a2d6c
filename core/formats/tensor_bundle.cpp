// SPDX-License-Identifier: Apache-2.0
#include "core/formats/tensor_bundle.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "core/base/counted.h"

namespace dlrm {
namespace {

constexpr std::int64_t kMostAlignment = 4096;
constexpr const char* kCopyDataAgain = "Copy the checkpoint again, with every data file.";

struct BundleTypeFacts {
    BundleType type;
    const char* name;
    std::int64_t itemSize;
};

constexpr BundleTypeFacts kBundleTypes[] = {
    {BundleType::Float32, "float32", 4},
    {BundleType::Float64, "float64", 8},
    {BundleType::Int32, "int32", 4},
    {BundleType::UInt8, "uint8", 1},
    {BundleType::Int16, "int16", 2},
    {BundleType::Int8, "int8", 1},
    {BundleType::String, "string", 0},
    {BundleType::Complex64, "complex64", 8},
    {BundleType::Int64, "int64", 8},
    {BundleType::Bool, "bool", 1},
    {BundleType::BFloat16, "bfloat16", 2},
    {BundleType::UInt16, "uint16", 2},
    {BundleType::Complex128, "complex128", 16},
    {BundleType::Float16, "float16", 2},
    {BundleType::Resource, "resource", 0},
    {BundleType::Variant, "variant", 0},
    {BundleType::UInt32, "uint32", 0},
    {BundleType::UInt64, "uint64", 0},
};

// Null: not known.
const BundleTypeFacts* factsOf(BundleType type) {
    const auto* found = std::find_if(std::begin(kBundleTypes), std::end(kBundleTypes),
                                     [&](const BundleTypeFacts& facts) { return facts.type == type; });
    return found == std::end(kBundleTypes) ? nullptr : found;
}

Error notCovered(const RandomAccessFile& shard, std::int64_t at, std::string expected, std::string found) {
    return Error("E-TFB-010", "The tensors do not fill their data file exactly.")
        .inFile(shard.path())
        .atOffset(at)
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy("Copy the checkpoint again: the data file was cut short or belongs to another index.");
}

// Whether [begin, end) may lie between two tensors: at most an alignment, all zeros.
Result<void> checkGap(const RandomAccessFile& shard, std::int64_t begin, std::int64_t end) {
    if (end - begin >= kMostAlignment)
        return fail(notCovered(shard, begin, "a tensor, or zeros up to an alignment",
                               fmt::format("{} of no tensor", counted(end - begin, "byte"))));
    std::vector<std::byte> gap(static_cast<std::size_t>(end - begin));
    DLRM_TRY(shard.read(begin, gap));
    for (std::size_t i = 0; i < gap.size(); ++i)
        if (gap[i] != std::byte{0})
            return fail(
                notCovered(shard, begin + static_cast<std::int64_t>(i), "zeros between two tensors", "another byte"));
    return {};
}

Result<void> checkCoverage(const BundleIndex& index, std::span<const std::shared_ptr<RandomAccessFile>> shards) {
    std::vector<const BundleTensor*> stored;
    for (const auto* list : {&index.tensors, &index.pieces})
        for (const BundleTensor& t : *list)
            if (t.bytes > 0) stored.push_back(&t);
    std::sort(stored.begin(), stored.end(), [](const BundleTensor* a, const BundleTensor* b) {
        return a->shard != b->shard ? a->shard < b->shard : a->offset < b->offset;
    });
    auto it = stored.begin();
    for (std::size_t s = 0; s < shards.size(); ++s) {
        const RandomAccessFile& shard = *shards[s];
        std::int64_t next = 0;
        for (; it != stored.end() && (*it)->shard == static_cast<int>(s); ++it) {
            const BundleTensor& t = **it;
            if (t.offset < next)
                return fail(notCovered(shard, t.offset, fmt::format("tensor {} at byte {} or later", t.name, next),
                                       "it overlaps another"));
            if (t.offset + t.bytes > shard.size())
                return fail(notCovered(
                    shard, shard.size(),
                    fmt::format("{}, up to the end of tensor {}", counted(t.offset + t.bytes, "byte"), t.name),
                    counted(shard.size(), "byte")));
            if (t.offset > next) DLRM_TRY(checkGap(shard, next, t.offset));
            next = t.offset + t.bytes;
        }
        if (next != shard.size())
            return fail(notCovered(shard, next,
                                   fmt::format("{}, up to the end of the last tensor", counted(next, "byte")),
                                   counted(shard.size(), "byte")));
    }
    return {};
}

}  // namespace

std::string name(BundleType type) {
    const BundleTypeFacts* known = factsOf(type);
    return known ? known->name : fmt::format("type {}", static_cast<int>(type));
}

std::int64_t itemSize(BundleType type) {
    const BundleTypeFacts* known = factsOf(type);
    return known ? known->itemSize : 0;
}

bool isFloat(BundleType type) {
    return type == BundleType::Float16 || type == BundleType::BFloat16 || type == BundleType::Float32 ||
           type == BundleType::Float64;
}

std::vector<std::string> bundlePrefixes(std::span<const std::string> names) {
    constexpr std::string_view kSuffix = ".index";
    std::vector<std::string> prefixes;
    for (const std::string& n : names)
        if (n.size() > kSuffix.size() && n.ends_with(kSuffix))
            prefixes.push_back(n.substr(0, n.size() - kSuffix.size()));
    return prefixes;
}

Result<std::shared_ptr<const TensorBundle>> TensorBundle::open(const std::string& directory,
                                                               const std::string& prefix) {
    auto bundle = std::make_shared<TensorBundle>();
    DLRM_TRY(bundle->m_indexFile, RandomAccessFile::openBeneath(directory, prefix + ".index"));
    DLRM_TRY(const auto bytes, bundle->m_indexFile->map(Access::Sequential));
    DLRM_TRY(bundle->m_index, parseBundleIndex(bytes, bundle->m_indexFile->path()));
    for (int s = 0; s < bundle->m_index.shards; ++s) {
        const std::string file = fmt::format("{}.data-{:05}-of-{:05}", prefix, s, bundle->m_index.shards);
        auto shard = RandomAccessFile::openBeneath(directory, file);
        if (!shard && shard.error().code != "E-FILE-001") return fail(std::move(shard.error()));
        if (!shard)
            return fail(Error("E-TFB-009", "A data file of the checkpoint is missing.")
                            .inFile(directory + "/" + file)
                            .butExpected(fmt::format("{} data files", bundle->m_index.shards))
                            .butFound(shard.error().found)
                            .withRemedy(kCopyDataAgain));
        bundle->m_shards.push_back(std::move(*shard));
    }
    DLRM_TRY(checkCoverage(bundle->m_index, bundle->m_shards));
    DLRM_TRY(bundle->m_indexFile->checkUnchanged());
    return std::shared_ptr<const TensorBundle>(std::move(bundle));
}

const BundleTensor* TensorBundle::find(std::string_view tensor) const {
    const auto it = std::lower_bound(m_index.tensors.begin(), m_index.tensors.end(), tensor,
                                     [](const BundleTensor& t, std::string_view n) { return t.name < n; });
    return it != m_index.tensors.end() && it->name == tensor ? &*it : nullptr;
}

}  // namespace dlrm
