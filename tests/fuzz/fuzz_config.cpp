// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the JSON files beside a checkpoint: the three configurations, and the hashes of verify.
#include "core/checkpoint/parts/dlrm_config.h"
#include "core/checkpoint/verify/sidecar.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const dlrm::fuzz::MemoryDirectory directory;
    const std::string path = directory.put("config.json", data, size);
    dlrm::fuzz::checkRefusal(dlrm::readDenseConfig(directory.path(), "config.json"));
    dlrm::fuzz::checkRefusal(dlrm::readSparseConfig(directory.path(), "config.json"));
    dlrm::fuzz::checkRefusal(dlrm::readTableConfig(directory.path(), "config.json"));
    dlrm::fuzz::checkRefusal(dlrm::readHpsConfig(directory.path(), "config.json"));
    dlrm::fuzz::checkRefusal(dlrm::readVerifySidecar(path));
    return 0;
}
