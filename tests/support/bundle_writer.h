// SPDX-License-Identifier: Apache-2.0
// Writes LevelDB tables and TensorBundle entries for tests, also such as no writer would make; deliberately not the
// product's own code but for CRC-32C.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <snappy.h>

#include "core/formats/crc32c.h"

namespace dlrm::test {

inline std::string varint(std::uint64_t v) {
    std::string out;
    for (; v >= 0x80; v >>= 7) out += static_cast<char>(v | 0x80);
    return out + static_cast<char>(v);
}

inline std::string littleEndian(std::uint64_t v, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(v >> (8 * i));
    return out;
}

inline std::uint32_t maskedCrc(const std::string& bytes) { return maskCrc32c(crc32c(std::as_bytes(std::span(bytes)))); }

using Entries = std::vector<std::pair<std::string, std::string>>;

// A block's contents with a whole key at every `interval`-th entry.
inline std::string blockContents(std::span<const std::pair<std::string, std::string>> entries, int interval) {
    std::string out, last;
    std::vector<std::uint32_t> restarts{0};
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& [key, value] = entries[i];
        std::size_t shared = 0;
        if (i % static_cast<std::size_t>(interval) == 0) {
            if (i > 0) restarts.push_back(static_cast<std::uint32_t>(out.size()));
        } else {
            while (shared < std::min(key.size(), last.size()) && key[shared] == last[shared]) ++shared;
        }
        out += varint(shared) + varint(key.size() - shared) + varint(value.size()) + key.substr(shared) + value;
        last = key;
    }
    for (const std::uint32_t r : restarts) out += littleEndian(r, 4);
    return out + littleEndian(restarts.size(), 4);
}

// Appends a block and returns its handle.
inline std::string appendBlock(std::string& file, const std::string& contents, char type = 0) {
    std::string stored = contents;
    if (type == 1) snappy::Compress(contents.data(), contents.size(), &stored);
    const std::string handle = varint(file.size()) + varint(stored.size());
    stored += type;
    file += stored + littleEndian(maskedCrc(stored), 4);
    return handle;
}

inline std::string footer(const std::string& meta, const std::string& index) {
    std::string out = meta + index;
    out.resize(40);
    return out + littleEndian(0xdb4775248b80fb57u, 8);
}

// A table with blocks of at least `blockBytes`. `entries` ascend by key.
inline std::string sstable(const Entries& entries, std::size_t blockBytes = 1 << 18, int interval = 16,
                           bool packed = false) {
    std::string file;
    Entries index;
    for (std::size_t begin = 0; begin < entries.size();) {
        std::size_t end = begin, bytes = 0;
        for (; end < entries.size() && bytes < blockBytes; ++end)
            bytes += entries[end].first.size() + entries[end].second.size();
        const auto part = std::span(entries).subspan(begin, end - begin);
        index.emplace_back(part.back().first, appendBlock(file, blockContents(part, interval), packed ? 1 : 0));
        begin = end;
    }
    const std::string meta = appendBlock(file, blockContents({}, 1));
    const std::string handle = appendBlock(file, blockContents(index, 1));
    return file + footer(meta, handle);
}

inline std::string field(int number, std::uint64_t value) {
    return varint(static_cast<std::uint64_t>(number) << 3) + varint(value);
}
inline std::string field(int number, const std::string& bytes) {
    return varint((static_cast<std::uint64_t>(number) << 3) | 2) + varint(bytes.size()) + bytes;
}
inline std::string header(int shards = 1) {
    return field(1, static_cast<std::uint64_t>(shards)) + field(3, field(1, 1));
}

// BundleEntryProto; zeros are left out, as TensorFlow does.
inline std::string entry(int type, const std::vector<std::int64_t>& shape, std::uint64_t offset,
                         const std::string& bytes, int shard = 0) {
    std::string dims;
    for (const std::int64_t d : shape) dims += field(2, d ? field(1, static_cast<std::uint64_t>(d)) : std::string());
    std::string out = field(1, static_cast<std::uint64_t>(type)) + field(2, dims);
    if (shard) out += field(3, static_cast<std::uint64_t>(shard));
    if (offset) out += field(4, offset);
    if (!bytes.empty()) out += field(5, bytes.size());
    return out + varint((6 << 3) | 5) + littleEndian(maskedCrc(bytes), 4);
}

inline std::span<const std::byte> bytesOf(const std::string& s) { return std::as_bytes(std::span(s)); }

}  // namespace dlrm::test
