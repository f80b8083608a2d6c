// SPDX-License-Identifier: Apache-2.0
#include "core/synthetic/demo_shape.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/synthetic/demo_writer.h"

namespace dlrm {

std::vector<std::int64_t> fl15Cardinalities() {
    return {7912889, 33823, 17139, 7339, 20046, 4,  7105,    1382,    63,      5554114, 582469, 245828, 11,
            2209,    10667, 104,   4,    968,   15, 8165896, 2675940, 7156453, 302516,  12022,  97,     35};
}

DemoShape DemoShape::fl15() {
    return {.cardinalities = fl15Cardinalities(),
            .numericals = 13,
            .dim = 128,
            .bottom = {512, 256, 128},
            .top = {1024, 1024, 512, 256, 1}};
}

DemoShape DemoShape::small() {
    constexpr std::int64_t kLargest = 1000;
    DemoShape shape{
        .cardinalities = fl15Cardinalities(), .numericals = 13, .dim = 16, .bottom = {64, 32, 16}, .top = {64, 32, 1}};
    for (std::int64_t& n : shape.cardinalities) n = std::min(n, kLargest);
    return shape;
}

std::int64_t DemoShape::bottomInputs() const { return (numericals + 7) / 8 * 8; }

std::int64_t DemoShape::topInputs() const {
    const auto vectors = static_cast<std::int64_t>(cardinalities.size()) + 1;
    return vectors * (vectors - 1) / 2 + dim + 1;
}

std::vector<DemoTensor> demoTensors(const DemoShape& shape) {
    std::vector<DemoTensor> out;
    for (std::size_t t = 0; t < shape.cardinalities.size(); ++t)
        out.push_back(
            {DemoTensor::Kind::Table, fmt::format("feature_{}_part0.npy", t), shape.cardinalities[t], shape.dim, t});
    std::uint64_t index = 0;
    const auto addLayers = [&](const char* mlp, std::int64_t inputs, const std::vector<std::int64_t>& widths) {
        for (std::size_t k = 0; k < widths.size(); ++k, ++index) {
            out.push_back({DemoTensor::Kind::Kernel, fmt::format("{}_mlp_layer_{}_kernel_part0.npy", mlp, k), inputs,
                           widths[k], index});
            out.push_back(
                {DemoTensor::Kind::Bias, fmt::format("{}_mlp_layer_{}_bias_part0.npy", mlp, k), 0, widths[k], index});
            inputs = widths[k];
        }
    };
    addLayers("bottom", shape.bottomInputs(), shape.bottom);
    addLayers("top", shape.topInputs(), shape.top);
    return out;
}

int idBytes(std::int64_t cardinality) {
    if (cardinality < 127) return 1;
    return cardinality < 32767 ? 2 : 4;
}

std::int64_t rowBytes(const DemoShape& shape) {
    std::int64_t bytes = 1 + 2 * shape.numericals;
    for (const std::int64_t n : shape.cardinalities) bytes += idBytes(n);
    return bytes;
}

std::string featureSpecYaml(const DemoShape& shape) {
    std::map<std::string, std::string> features;  // lexicographic, as PyYAML sorts keys
    std::string categorical, numerical;
    for (std::size_t t = 0; t < shape.cardinalities.size(); ++t) {
        const std::int64_t n = shape.cardinalities[t];
        features[fmt::format("cat_{}.bin", t)] =
            fmt::format("    cardinality: {}\n    dtype: int{}\n", n, 8 * idBytes(n));
        categorical += fmt::format("  - cat_{}.bin\n", t);
    }
    features["label"] = "    dtype: bool\n";
    for (std::int64_t i = 0; i < shape.numericals; ++i) {
        features[fmt::format("num_{}", i)] = "    dtype: float16\n";
        numerical += fmt::format("  - num_{}\n", i);
    }
    std::string out = "channel_spec:\n  categorical:\n" + categorical + "  label:\n  - label\n  numerical: &id001\n" +
                      numerical + "feature_spec:\n";
    for (const auto& [name, body] : features) out += "  " + name + ":\n" + body;
    out += "metadata: {}\nsource_spec:\n";
    for (const char* split : {"test", "train"}) {
        out += fmt::format("  {}:\n  - features: *id001\n    files:\n    - {}/numerical.bin\n    type: split_binary\n",
                           split, split);
        out +=
            fmt::format("  - features:\n    - label\n    files:\n    - {}/label.bin\n    type: split_binary\n", split);
        for (std::size_t t = 0; t < shape.cardinalities.size(); ++t)
            out += fmt::format(
                "  - features:\n    - cat_{0}.bin\n    files:\n    - {1}/cat_{0}.bin\n    type: split_binary\n", t,
                split);
    }
    return out + "\n";  // the original prints the dump: one more line end
}

}  // namespace dlrm
