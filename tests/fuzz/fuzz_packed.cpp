// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of packed text: gzip, zstd and raw deflate, by the first byte of the input.
#include "core/formats/unpack.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = dlrm::fuzz::memoryFile(data, size);
    const auto packing = dlrm::packingOf(std::as_bytes(std::span(data, size)));
    dlrm::fuzz::checkRefusal(dlrm::unpack(
        *file, {packing.value_or(dlrm::Packing::Deflate), 0, static_cast<std::int64_t>(size), {}, {}, {}}));
    return 0;
}
