// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of what dlrm-hdf5-reader answers: a child that was taken over by a file may say anything. What is
// accepted must lie in the file.
#include <cstdlib>

#include "core/formats/hdf5_list.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

constexpr std::int64_t kFileBytes = 64 * 1024;

void checkDataset(const dlrm::Hdf5Object& o) {
    std::int64_t elements = 1, cells = 1;
    for (std::size_t i = 0; i < o.shape.size(); ++i)
        if (o.shape[i] < 0 || __builtin_mul_overflow(elements, o.shape[i], &elements)) elements = 0;
    if (o.elements != elements || (o.type.kind != dlrm::Hdf5Kind::Text && o.elements > INT64_MAX / o.type.size))
        std::abort();
    if (o.offset >= 0 && o.offset + o.elements * o.type.size > kFileBytes) std::abort();
    if (o.layout == dlrm::Hdf5Layout::Chunked && o.chunkShape.size() != o.shape.size()) std::abort();
    for (std::size_t i = 0; i < o.chunkShape.size(); ++i) {
        if (o.chunkShape[i] < 1) std::abort();
        if (!o.chunks.empty()) cells *= (o.shape[i] + o.chunkShape[i] - 1) / o.chunkShape[i];
    }
    if (!o.chunks.empty() && static_cast<std::int64_t>(o.chunks.size()) != cells) std::abort();
    for (const dlrm::Hdf5Chunk& c : o.chunks)
        if (c.offset < 0 || c.bytes < 0 || c.offset + c.bytes > kFileBytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto objects = dlrm::hdf5::parseList(std::as_bytes(std::span(data, size)), kFileBytes, "fuzz");
    dlrm::fuzz::checkRefusal(objects);
    if (!objects) return 0;
    if (objects->empty() || objects->front().path != "/") std::abort();
    for (const dlrm::Hdf5Object& o : *objects) {
        if (o.isDataset && !o.refused.empty()) std::abort();
        if (o.isDataset) checkDataset(o);
        for (const dlrm::Hdf5Attribute& a : o.attributes)
            if (a.texts.size() + a.reals.size() + a.integers.size() > size) std::abort();
    }
    return 0;
}
