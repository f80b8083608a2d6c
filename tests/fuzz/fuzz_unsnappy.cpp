// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the bounded unpacking of snappy data.
#include <cstdlib>

#include "core/formats/unsnappy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::uint64_t kLimit = 1 << 20;
    const auto out = dlrm::unsnappy(std::as_bytes(std::span(data, size)), kLimit);
    if (out ? out->size() > kLimit || out->size() > dlrm::mostUnsnappedBytes(size) : out.error().code.empty())
        std::abort();
    return 0;
}
