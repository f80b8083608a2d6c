// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the .npy header reader. A header that is accepted must fit its file exactly.
#include <cstdlib>

#include "core/formats/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto fileSize = static_cast<std::int64_t>(size);
    const auto header = dlrm::parseNpyHeader(std::as_bytes(std::span(data, size)), fileSize, "fuzz");
    if (!header) {
        if (header.error().code.empty() || header.error().offset < 0 || header.error().offset > fileSize) std::abort();
        return 0;
    }
    if (header->dataOffset + header->dataBytes != fileSize || header->elements * header->type.size != header->dataBytes)
        std::abort();
    return 0;
}
