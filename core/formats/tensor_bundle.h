// SPDX-License-Identifier: Apache-2.0
// TensorFlow's TensorBundle: <prefix>.index (a LevelDB table of tensors) and <prefix>.data-<shard>-of-<shards> (their
// bytes). A strict reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/random_access_file.h"
#include "core/base/result.h"

namespace dlrm {

// Numbers of TensorFlow's types. Others are listed, not read.
enum class BundleType : int {
    Float32 = 1,
    Float64 = 2,
    Int32 = 3,
    UInt8 = 4,
    Int16 = 5,
    Int8 = 6,
    String = 7,
    Complex64 = 8,
    Int64 = 9,
    Bool = 10,
    BFloat16 = 14,
    UInt16 = 17,
    Complex128 = 18,
    Float16 = 19,
    Resource = 20,
    Variant = 21,
    UInt32 = 22,
    UInt64 = 23,
};
std::string name(BundleType);       // "float32"; "type 77" where not known
std::int64_t itemSize(BundleType);  // bytes; 0: strings and types that are not read
bool isFloat(BundleType);           // of 16, 32 or 64 bits

struct BundleSlice {
    std::vector<std::int64_t> start, length;  // one entry a dimension
    std::size_t piece = 0;                    // of BundleIndex::pieces: its type is the tensor's, its shape is `length`
};

struct BundleTensor {
    std::string name;
    BundleType type = BundleType::Float32;
    std::vector<std::int64_t> shape;  // empty: a scalar
    std::int64_t elements = 1;
    int shard = 0;
    std::int64_t offset = 0, bytes = 0;  // in the shard
    std::uint32_t crc = 0;               // masked, of the bytes as stored
    bool sliced = false;                 // its values are stored in pieces, under other keys
    // Of a sliced tensor: where each piece belongs. Empty where a piece is not found, or the index has more slices than
    // kMostBundleSlices.
    std::vector<BundleSlice> slices;
};

// What the index says, checked for itself. Offsets are not compared with shard files yet.
struct BundleIndex {
    int shards = 1;
    bool bigEndian = false;
    std::vector<BundleTensor> tensors;  // by name, ascending bytewise
    std::vector<BundleTensor> pieces;   // of sliced tensors
};

constexpr std::int64_t kMostBundleNameBytes = std::int64_t{32} << 20;  // of all tensors together
constexpr int kMostBundleShards = 1024;
constexpr std::size_t kMostBundleRank = 8;
constexpr std::size_t kMostBundleSlices = 1 << 16;

// Errors: E-SST-0xx, and with `path` and the offset of the block:
//   E-TFB-001 no header, or one that is damaged   002 written by a newer version   003 shards   004 an entry is damaged
//   E-TFB-005 shape                               006 size and shape differ        007 shard or place in it   008 too
//             much
Result<BundleIndex> parseBundleIndex(std::span<const std::byte> file, const std::string& path);

// One entry of BundleEntryProto's slices: TensorSliceProto {1 extent {1 start, 2 length}}, where an extent without a
// length is the whole dimension (length -1). Nothing: it is damaged, or has more dimensions than kMostBundleRank.
std::optional<BundleSlice> parseBundleSlice(std::span<const std::byte> message);
// The key under which the piece of such a slice is stored (TensorFlow's EncodeTensorNameSlice, in OrderedCode).
// REQUIRES: start and length as parsed.
std::string pieceKey(std::string_view tensor, const BundleSlice& slice);
// Finds the piece of every slice of `tensor`, by the keys of the pieces in ascending order, and replaces -1 by the
// length of the dimension. Leaves the tensor without slices where one is not found or does not fit.
void findPieces(BundleTensor& tensor, std::span<const std::string> keys, std::span<const BundleTensor> pieces);

class TensorBundle {
public:
    // Opens <prefix>.index and every shard beside it in `directory`; no tensor is read, but for alignment gaps. Shards
    // must be covered exactly. `prefix` may begin with folders: "variables/variables". A link that leads out of
    // `directory` is refused.
    // Errors: those of parseBundleIndex, E-FILE-0xx, E-TFB-009 a shard is missing, 010 holes or overlaps, bytes after
    // the last tensor.
    static Result<std::shared_ptr<const TensorBundle>> open(const std::string& directory, const std::string& prefix);

    std::span<const BundleTensor> tensors() const { return m_index.tensors; }
    // What the sliced tensors are stored in, one entry a slice; reading and verify() take them as well.
    std::span<const BundleTensor> pieces() const { return m_index.pieces; }
    const BundleTensor* find(std::string_view name) const;  // null: no such tensor
    bool bigEndian() const { return m_index.bigEndian; }
    const std::shared_ptr<RandomAccessFile>& index() const { return m_indexFile; }
    std::span<const std::shared_ptr<RandomAccessFile>> shards() const { return m_shards; }
    const std::shared_ptr<RandomAccessFile>& shardOf(const BundleTensor& t) const {
        return m_shards[static_cast<std::size_t>(t.shard)];
    }

    // The stored bytes, checked against the checksum: for tensors that fit in memory. Errors: E-TFB-011 stored in
    // pieces, 012 larger than 2 GiB, 013 checksum, E-FILE-004/005.
    Result<std::vector<std::byte>> readBytes(const BundleTensor& tensor) const;
    // The same as float32, for isFloat() types. Error E-TFB-014 another type.
    Result<std::vector<float>> readFloats(const BundleTensor& tensor) const;
    // Elements of a string tensor, checked. Errors: also E-TFB-014 no strings, E-TFB-015 lengths that do not fit.
    Result<std::vector<std::string>> readStrings(const BundleTensor& tensor) const;
    // Compares a tensor of any size with its checksum, 8 MiB at a time. Errors: E-TFB-011, 013, 015, E-FILE-004,
    // E-CANCELLED.
    Result<void> verify(const BundleTensor& tensor, const Job& job) const;

private:
    BundleIndex m_index;
    std::shared_ptr<RandomAccessFile> m_indexFile;
    std::vector<std::shared_ptr<RandomAccessFile>> m_shards;
};

// Names of the bundles among the file names of a directory: "ckpt" for "ckpt.index".
std::vector<std::string> bundlePrefixes(std::span<const std::string> names);

}  // namespace dlrm
