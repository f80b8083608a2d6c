// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the YAML subset and of feature_spec.yaml.
#include "core/dataset/feature_spec.h"
#include "core/formats/safe_yaml.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto tree = dlrm::parseSafeYaml(text, "fuzz");
    dlrm::fuzz::checkRefusal(tree);
    if (tree && (*tree)->expandedNodes > dlrm::kYamlMaxNodes) std::abort();
    const auto spec = dlrm::parseFeatureSpec(text, "fuzz/feature_spec.yaml");
    dlrm::fuzz::checkRefusal(spec);
    if (!spec) return 0;
    for (const auto& split : spec->splits)
        for (const auto& chunk : split.chunks)
            for (const std::string& file : chunk.files)
                if (file.starts_with('/') || file.find('\0') != std::string::npos) std::abort();
    return 0;
}
