// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of a dictionary's cat_N.tsv. Every value of an accepted one must be found again.
#include "core/dataset/dictionary/dictionary.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const dlrm::fuzz::MemoryDirectory directory;
    directory.put("cat_0.tsv", data, size);
    const auto dictionary = dlrm::Dictionary::open(directory.path());
    dlrm::fuzz::checkRefusal(dictionary);
    if (!dictionary) return 0;
    for (std::int64_t id = 1; id < (*dictionary)->cardinality(0); ++id) {
        const auto value = (*dictionary)->hexValue(0, id);
        if (!value || (*dictionary)->id(0, *value) != id) std::abort();
    }
    return 0;
}
