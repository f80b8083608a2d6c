// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of raw Criteo rows, by each preprocessing profile (the first byte names it).
#include "core/dataset/preprocessing_profile.h"
#include "tests/fuzz/dataset_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static const dlrm::fuzz::MemoryDirectory directory;
    const auto profiles = dlrm::preprocessingProfiles();
    dlrm::DatasetOptions options;
    options.profile = profiles[data[0] % profiles.size()].name;
    options.missingDictionary = data[0] & 0x80 ? dlrm::MissingDictionary::Hash : dlrm::MissingDictionary::Row0;
    options.numericals = 13;
    options.tableRows.assign(26, 1000);
    dlrm::fuzz::readAllRows(dlrm::openDataset(directory.put("rows.tsv", data + 1, size - 1), options));
    return 0;
}
