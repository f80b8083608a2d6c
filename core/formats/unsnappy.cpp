// SPDX-License-Identifier: Apache-2.0
#include "core/formats/unsnappy.h"

#include <algorithm>

#include <fmt/format.h>
#include <snappy.h>

namespace dlrm {
namespace {

constexpr const char* kCopyPackedAgain = "Copy the file again: it is damaged.";

}  // namespace

Result<std::vector<std::byte>> unsnappy(std::span<const std::byte> packed, std::uint64_t limit) {
    const char* data = reinterpret_cast<const char*>(packed.data());
    std::size_t length = 0;
    if (!snappy::GetUncompressedLength(data, packed.size(), &length))
        return fail(Error("E-SNAPPY-001", "Compressed data does not begin with its length.")
                        .butExpected("the number of bytes it unpacks to")
                        .butFound(fmt::format("{} bytes that are no such number", packed.size()))
                        .withRemedy(kCopyPackedAgain));
    const std::uint64_t most = std::min(limit, mostUnsnappedBytes(packed.size()));
    if (length > most)
        return fail(Error("E-SNAPPY-002", "Compressed data claims to unpack to more than it can.")
                        .butExpected(fmt::format("at most {} bytes from {}", most, packed.size()))
                        .butFound(fmt::format("{} bytes", length))
                        .withRemedy(kCopyPackedAgain));
    std::vector<std::byte> out(length);
    if (!snappy::RawUncompress(data, packed.size(), reinterpret_cast<char*>(out.data())))
        return fail(Error("E-SNAPPY-003", "Compressed data cannot be unpacked.")
                        .butExpected(fmt::format("{} bytes from {}", length, packed.size()))
                        .butFound("damaged data")
                        .withRemedy(kCopyPackedAgain));
    return out;
}

}  // namespace dlrm
