// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of .npz archives: directory, members, and the .npy headers inside. What is accepted must be as long
// as it says.
#include <cstdlib>

#include "core/formats/npy.h"
#include "core/formats/zip.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = dlrm::fuzz::memoryFile(data, size);
    const auto members = dlrm::readZipDirectory(*file);
    dlrm::fuzz::checkRefusal(members);
    if (!members) return 0;
    for (const dlrm::PackedRange& member : *members) {
        if (member.offset < 0 || member.bytes < 0 || member.offset + member.bytes > file->size()) std::abort();
        const auto unpacked = dlrm::unpack(*file, member);
        dlrm::fuzz::checkRefusal(unpacked);
        if (!unpacked) continue;
        if ((*unpacked)->size() != *member.unpackedBytes) std::abort();
        dlrm::fuzz::checkRefusal(dlrm::readNpyHeader(**unpacked));
    }
    return 0;
}
