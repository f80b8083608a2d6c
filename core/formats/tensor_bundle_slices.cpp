// SPDX-License-Identifier: Apache-2.0
// Tensors that are stored in pieces, as partitioned variables are: which piece stands where.
// OrderedCode, as far as keys of pieces need it. A number >= 0: its bytes without leading zeros, after their count.
// Text: 00 as 00 ff and ff as ff 00, ended by 00 01. A signed number: as many bytes as its bits and a sign need, 6 bits
// in the first byte of one, 7 more in each further; the first byte begins with as many ones as there are bytes, all
// bits turned over where it is negative.
#include <algorithm>
#include <bit>

#include "core/formats/protobuf.h"
#include "core/formats/tensor_bundle.h"

namespace dlrm {
namespace {

using Type = ProtoField::Type;

void appendNumber(std::string& key, std::uint64_t value) {
    std::string bytes;
    for (; value > 0; value >>= 8) bytes.insert(bytes.begin(), static_cast<char>(value & 0xff));
    key += static_cast<char>(bytes.size());
    key += bytes;
}

void appendText(std::string& key, std::string_view text) {
    for (const char c : text) {
        key += c;
        if (c == '\0') key += '\xff';
        if (c == '\xff') key += '\0';
    }
    key += std::string_view("\0\1", 2);
}

// -1 or more.
void appendSigned(std::string& key, std::int64_t value) {
    if (value < 0) {
        key += '\x7f';
        return;
    }
    const int bits = std::bit_width(static_cast<std::uint64_t>(value)), count = std::max(1, bits / 7 + 1);
    std::string bytes(10, '\0');
    for (int i = 0; i < 8; ++i) bytes[static_cast<std::size_t>(9 - i)] = static_cast<char>(value >> (8 * i));
    bytes = bytes.substr(static_cast<std::size_t>(10 - count));
    // `count` ones, then a zero: over the first byte or the first two.
    const auto ones = static_cast<unsigned>(0xffff0000u >> count) & 0xffffu;
    bytes[0] = static_cast<char>(static_cast<unsigned char>(bytes[0]) | (ones >> 8));
    if (count > 1) bytes[1] = static_cast<char>(static_cast<unsigned char>(bytes[1]) | (ones & 0xff));
    key += bytes;
}

bool fits(const BundleTensor& tensor, const BundleTensor& piece, BundleSlice& slice) {
    if (piece.type != tensor.type || piece.shape.size() != tensor.shape.size()) return false;
    for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
        if (slice.length[d] < 0) slice.length[d] = tensor.shape[d];
        std::int64_t end = 0;
        if (__builtin_add_overflow(slice.start[d], slice.length[d], &end) || end > tensor.shape[d] ||
            piece.shape[d] != slice.length[d])
            return false;
    }
    return true;
}

}  // namespace

std::optional<BundleSlice> parseBundleSlice(std::span<const std::byte> message) {
    BundleSlice slice;
    ProtoFields extents(message);
    while (const auto e = extents.next()) {
        if (e->number != 1 || e->type != Type::Bytes || slice.start.size() == kMostBundleRank) return std::nullopt;
        std::int64_t start = 0, length = -1;
        ProtoFields fields(e->bytes);
        while (const auto f = fields.next()) {
            if (f->type != Type::Varint || (f->number != 1 && f->number != 2) || f->asSigned() < 0) return std::nullopt;
            (f->number == 1 ? start : length) = f->asSigned();
        }
        if (fields.damaged()) return std::nullopt;
        slice.start.push_back(start);
        slice.length.push_back(length);
    }
    if (extents.damaged()) return std::nullopt;
    return slice;
}

std::string pieceKey(std::string_view tensor, const BundleSlice& slice) {
    std::string key;
    appendNumber(key, 0);
    appendText(key, tensor);
    appendNumber(key, slice.start.size());
    for (std::size_t d = 0; d < slice.start.size(); ++d) {
        appendSigned(key, slice.start[d]);
        appendSigned(key, slice.length[d]);
    }
    return key;
}

void findPieces(BundleTensor& tensor, std::span<const std::string> keys, std::span<const BundleTensor> pieces) {
    for (BundleSlice& slice : tensor.slices) {
        const bool sameRank = slice.start.size() == tensor.shape.size();
        const auto at =
            sameRank ? std::lower_bound(keys.begin(), keys.end(), pieceKey(tensor.name, slice)) : keys.end();
        slice.piece = static_cast<std::size_t>(at - keys.begin());
        if (at == keys.end() || *at != pieceKey(tensor.name, slice) || !fits(tensor, pieces[slice.piece], slice)) {
            tensor.slices.clear();
            return;
        }
    }
}

}  // namespace dlrm
