// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the .npy header reader. A header that is accepted must fit its file exactly.
// Build: clang++ -std=c++20 -O1 -fsanitize=fuzzer,address,undefined -I. tests/fuzz/fuzz_npy.cpp core/formats/npy.cpp
//        core/formats/npy_header_parser.cpp core/base/random_access_file.cpp core/base/sigbus_guard.cpp -lfmt -o fuzz_npy
// Run:   ./fuzz_npy -dict=tests/fuzz/npy.dict -max_len=300 corpus
#include <cstdlib>

#include "core/formats/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto fileSize = static_cast<std::int64_t>(size);
    const auto header = dlrm::parseNpyHeader(std::as_bytes(std::span(data, size)), fileSize, "fuzz");
    if (!header) {
        if (header.error().code.empty() || header.error().offset < 0 || header.error().offset > fileSize) std::abort();
        return 0;
    }
    if (header->dataOffset + header->dataBytes != fileSize || header->elements * header->type.size != header->dataBytes) std::abort();
    return 0;
}
