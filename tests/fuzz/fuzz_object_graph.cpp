// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of a checkpoint's object graph.
#include <cstdlib>

#include "core/formats/object_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto names = dlrm::variableNames(std::as_bytes(std::span(data, size)));
    if (!names && (names.error().code.empty() || names.error().remedy.empty())) std::abort();
    if (names && names->size() > size) std::abort();
    return 0;
}
