// SPDX-License-Identifier: Apache-2.0
// Shapes, file names and texts of the demo checkpoint and dataset, exactly as NVIDIA's training repository writes them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dlrm {

struct DemoShape {
    std::vector<std::int64_t> cardinalities;  // feature order
    std::int64_t numericals = 13;
    std::int64_t dim = 0;
    std::vector<std::int64_t> bottom, top;  // outputs of the layers

    static DemoShape fl15();
    static DemoShape small();

    std::int64_t bottomInputs() const;  // numericals, zero-padded to a multiple of 8
    std::int64_t topInputs() const;     // pairs + dim, and one zero
};

// One file of the checkpoint. Tables first, then the layers in order.
struct DemoTensor {
    enum class Kind { Table, Kernel, Bias };
    Kind kind = Kind::Table;
    std::string file;          // "feature_0_part0.npy"
    std::int64_t rows = 0;     // table: cardinality; kernel: inputs; bias: 0
    std::int64_t columns = 0;  // dim or outputs
    std::uint64_t index = 0;   // table number, or layer number counted through both MLPs
    std::int64_t values() const { return (kind == Kind::Bias ? 1 : rows) * columns; }
};
std::vector<DemoTensor> demoTensors(const DemoShape& shape);

// Bytes of an id of this cardinality in split_binary: 1, 2 or 4 (size < iinfo.max).
int idBytes(std::int64_t cardinality);
// Bytes of one row over all files of a split.
std::int64_t rowBytes(const DemoShape& shape);
// feature_spec.yaml as PyYAML's safe_dump of the original FeatureSpec prints it.
std::string featureSpecYaml(const DemoShape& shape);

}  // namespace dlrm
