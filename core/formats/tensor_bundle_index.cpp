// SPDX-License-Identifier: Apache-2.0
// The index of a TensorBundle. Key "": BundleHeaderProto {1 num_shards, 2 endianness, 3 version {1 producer, 2
// min_consumer}}. Other keys: BundleEntryProto {1 dtype, 2 shape {2 dim {1 size, 2 name}, 3 unknown_rank}, 3 shard_id,
// 4 offset, 5 size, 6 crc32c, 7 slices}; zeros are left out.
#include <limits>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/formats/npy.h"
#include "core/formats/protobuf.h"
#include "core/formats/sstable.h"
#include "core/formats/tensor_bundle.h"

namespace dlrm {
namespace {

using Type = ProtoField::Type;

constexpr const char* kCopyIndexAgain = "Copy the checkpoint again: the index is damaged.";
constexpr std::int64_t kVersion = 1;  // of the format, as far as this reader knows it

struct Place {
    const std::string& path;
    std::int64_t offset;
    std::string tensor;
};

Error indexError(const Place& at, const char* code, const char* message, std::string_view expected,
                 std::string_view found) {
    return Error(code, message)
        .inFile(at.path)
        .atOffset(at.offset)
        .inField(at.tensor)
        .butExpected(expected)
        .butFound(found)
        .withRemedy(kCopyIndexAgain);
}

Error damaged(const Place& at, std::string_view what) {
    return indexError(at, "E-TFB-004", "An entry of the index is damaged.", what, "other bytes");
}

bool fitsInt32(std::uint64_t value) {
    return value <= static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max());
}

Result<void> parseHeader(std::span<const std::byte> message, const Place& at, BundleIndex& index) {
    const auto bad = [&](const char* expected) {
        return fail(indexError(at, "E-TFB-001", "The index does not begin with its header.", expected, "other bytes"));
    };
    std::uint64_t shards = 0, endianness = 0, consumer = 0;
    ProtoFields fields(message);
    while (const auto f = fields.next()) {
        if (f->number == 1 && f->type == Type::Varint) shards = f->value;
        else if (f->number == 2 && f->type == Type::Varint) endianness = f->value;
        else if (f->number == 3 && f->type == Type::Bytes) {
            ProtoFields version(f->bytes);
            while (const auto v = version.next())
                if (v->number == 2 && v->type == Type::Varint) consumer = v->value;
            if (version.damaged()) return bad("a version");
        } else return bad("shards, byte order and version");
    }
    if (fields.damaged() || endianness > 1) return bad("shards, byte order (0 or 1) and version");
    if (consumer > static_cast<std::uint64_t>(kVersion))
        return fail(indexError(at, "E-TFB-002", "The checkpoint was written by a newer version of TensorFlow.",
                               fmt::format("version {} of the format or older", kVersion),
                               fmt::format("version {} needed", consumer))
                        .withRemedy("Save the checkpoint with an older TensorFlow, or update this program."));
    if (shards < 1 || shards > static_cast<std::uint64_t>(kMostBundleShards))
        return fail(indexError(at, "E-TFB-003", "The index names a number of data files that cannot be.",
                               fmt::format("1 to {}", kMostBundleShards), std::to_string(shards)));
    index.shards = static_cast<int>(shards);
    index.bigEndian = endianness == 1;
    return {};
}

Result<void> parseShape(std::span<const std::byte> message, const Place& at, BundleTensor& tensor) {
    const auto bad = [&](std::string_view found) {
        return fail(indexError(at, "E-TFB-005", "A tensor has no shape that can be used.",
                               fmt::format("at most {} dimensions of 0 or more, 2^63 values in all", kMostBundleRank),
                               found));
    };
    ProtoFields fields(message);
    while (const auto f = fields.next()) {
        if (f->number == 3 && f->type == Type::Varint && f->value != 0) return bad("an unknown number of dimensions");
        if (f->number != 2 || f->type != Type::Bytes) return fail(damaged(at, "dimensions"));
        std::int64_t size = 0;
        ProtoFields dim(f->bytes);
        while (const auto d = dim.next())
            if (d->number == 1 && d->type == Type::Varint) size = d->asSigned();
        if (dim.damaged()) return fail(damaged(at, "a dimension"));
        if (size < 0) return bad(fmt::format("dimension {}", size));
        if (tensor.shape.size() == kMostBundleRank) return bad("more dimensions");
        tensor.shape.push_back(size);
    }
    if (fields.damaged()) return fail(damaged(at, "dimensions"));
    for (const std::int64_t d : tensor.shape)
        if (__builtin_mul_overflow(tensor.elements, d, &tensor.elements))
            return bad("shape " + shapeText(tensor.shape));
    return {};
}

Result<void> checkPlace(const BundleTensor& t, std::uint64_t shard, const Place& at, const BundleIndex& index) {
    std::int64_t end = 0;
    if (shard >= static_cast<std::uint64_t>(index.shards) || t.offset < 0 || t.bytes < 0 ||
        __builtin_add_overflow(t.offset, t.bytes, &end))
        return fail(indexError(at, "E-TFB-007", "A tensor stands where no data can be.",
                               fmt::format("one of {} data files, and a place in it", index.shards),
                               fmt::format("data file {}, byte {}, {}", shard, t.offset, counted(t.bytes, "byte"))));
    std::int64_t bytes = 0;
    const std::int64_t item = itemSize(t.type);
    const bool wrong =
        t.sliced ? t.bytes != 0 : item > 0 && (__builtin_mul_overflow(t.elements, item, &bytes) || bytes != t.bytes);
    if (wrong)
        return fail(indexError(at, "E-TFB-006", "A tensor has another size than its shape asks for.",
                               t.sliced ? "no bytes of its own: its values are stored in pieces"
                                        : fmt::format("{} of {}", counted(t.elements, "value"), counted(item, "byte")),
                               counted(t.bytes, "byte")));
    return {};
}

Result<BundleTensor> parseEntry(std::string_view key, std::span<const std::byte> message, const Place& at,
                                const BundleIndex& index, std::size_t& slicesLeft) {
    BundleTensor t;
    t.name = key;
    std::uint64_t shard = 0, type = 0;
    std::vector<std::span<const std::byte>> slices;
    ProtoFields fields(message);
    while (const auto f = fields.next()) {
        if (f->number == 1 && f->type == Type::Varint) type = f->value;
        else if (f->number == 2 && f->type == Type::Bytes) {
            if (!t.shape.empty()) return fail(damaged(at, "one shape"));
            DLRM_TRY(parseShape(f->bytes, at, t));
        } else if (f->number == 3 && f->type == Type::Varint) shard = f->value;
        else if (f->number == 4 && f->type == Type::Varint) t.offset = f->asSigned();
        else if (f->number == 5 && f->type == Type::Varint) t.bytes = f->asSigned();
        else if (f->number == 6 && f->type == Type::Fixed32) t.crc = static_cast<std::uint32_t>(f->value);
        else if (f->number == 7 && f->type == Type::Bytes) {
            t.sliced = true;
            slices.push_back(f->bytes);
        } else return fail(damaged(at, "type, shape, data file, offset, size, checksum and slices"));
    }
    if (fields.damaged() || type == 0 || !fitsInt32(type))
        return fail(damaged(at, "a type, and fields that end with the entry"));
    if (slices.size() <= slicesLeft) {
        slicesLeft -= slices.size();
        for (const auto& bytes : slices) {
            auto slice = parseBundleSlice(bytes);
            if (!slice) return fail(damaged(at, "the places of the tensor's pieces"));
            t.slices.push_back(std::move(*slice));
        }
    }
    t.type = static_cast<BundleType>(type);
    DLRM_TRY(checkPlace(t, shard, at, index));
    t.shard = static_cast<int>(shard);
    return t;
}

}  // namespace

Result<BundleIndex> parseBundleIndex(std::span<const std::byte> file, const std::string& path) {
    BundleIndex index;
    bool hasHeader = false;
    std::int64_t nameBytes = 0;
    std::size_t slicesLeft = kMostBundleSlices;
    std::vector<std::string> pieceKeys;  // ascending, as all keys are
    const auto visit = [&](std::string_view key, std::span<const std::byte> value,
                           std::int64_t offset) -> Result<void> {
        if (key.empty()) {
            hasHeader = true;
            return parseHeader(value, {path, offset, {}}, index);
        }
        if (!hasHeader) return parseHeader({}, {path, offset, {}}, index);
        nameBytes += static_cast<std::int64_t>(key.size());
        if (nameBytes > kMostBundleNameBytes)
            return fail(Error("E-TFB-008", "The tensors have longer names than any checkpoint.")
                            .inFile(path)
                            .atOffset(offset)
                            .butExpected(fmt::format("at most {} bytes in all", kMostBundleNameBytes))
                            .butFound("more")
                            .withRemedy("Check that this is a checkpoint's .index file."));
        const bool piece = key.front() == '\0';  // OrderedCode begins the keys of pieces so
        DLRM_TRY(auto tensor, parseEntry(key, value, {path, offset, std::string(key)}, index, slicesLeft));
        if (piece) pieceKeys.emplace_back(key);
        if (piece) tensor.name = "piece of " + std::string(key.substr(1, key.find('\0', 1) - 1));
        (piece ? index.pieces : index.tensors).push_back(std::move(tensor));
        return {};
    };
    DLRM_TRY(readSstable(file, path, visit));
    if (!hasHeader) return fail(parseHeader({}, {path, 0, {}}, index).error());
    for (BundleTensor& tensor : index.tensors) findPieces(tensor, pieceKeys, index.pieces);
    return index;
}

}  // namespace dlrm
