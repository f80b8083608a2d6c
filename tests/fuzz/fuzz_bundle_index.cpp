// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of a TensorBundle's index: LevelDB table, protocol buffers, every rule of the entries. Checksums are
// not compared in this build.
#include <cstdlib>

#include "core/formats/tensor_bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto index = dlrm::parseBundleIndex(std::as_bytes(std::span(data, size)), "fuzz");
    if (!index) {
        const dlrm::Error& e = index.error();
        if (e.code.empty() || e.offset < 0 || e.offset > static_cast<std::int64_t>(size) || e.expected.empty() ||
            e.remedy.empty())
            std::abort();
        return 0;
    }
    for (const dlrm::BundleTensor& t : index->tensors) {
        if (t.offset < 0 || t.bytes < 0 || t.offset > INT64_MAX - t.bytes || t.shard < 0 || t.shard >= index->shards)
            std::abort();
        const std::int64_t item = dlrm::itemSize(t.type);
        if (!t.sliced && item > 0 && t.elements * item != t.bytes) std::abort();
    }
    return 0;
}
