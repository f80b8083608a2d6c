// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of binary rows: the files of split_binary, and flat records of 160 bytes, by the first byte of the
// input.
#include "tests/fuzz/dataset_rows.h"

namespace {

constexpr const char* kSpec = R"(channel_spec: {categorical: [cat_0.bin], label: [label], numerical: [num_0, num_1]}
feature_spec:
  cat_0.bin: {cardinality: 10, dtype: int8}
  label: {dtype: bool}
  num_0: {dtype: float16}
  num_1: {dtype: float16}
metadata: {}
source_spec:
  test: &id001
  - {type: split_binary, features: [cat_0.bin], files: [cat_0.bin]}
  - {type: split_binary, features: [num_0, num_1], files: [numerical.bin]}
  - {type: split_binary, features: [label], files: [label.bin]}
  train: *id001
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static const dlrm::fuzz::MemoryDirectory directory;
    static const std::string spec = directory.put("feature_spec.yaml", kSpec);
    dlrm::DatasetOptions options;
    if (data[0] & 1) {
        options.profile = data[0] & 2 ? "nvidia_spark" : "facebookresearch";
        options.numericals = 13;
        options.tableRows.assign(26, 1000);
        dlrm::fuzz::readAllRows(dlrm::openDataset(directory.put("rows.bin", data + 1, size - 1), options));
        return 0;
    }
    // Six bytes a row; what is left over goes to the labels.
    const std::size_t rows = (size - 1) / 6;
    directory.put("cat_0.bin", data + 1, rows);
    directory.put("numerical.bin", data + 1 + rows, rows * 4);
    directory.put("label.bin", data + 1 + rows * 5, size - 1 - rows * 5);
    dlrm::fuzz::readAllRows(dlrm::openDataset(spec, options));
    return 0;
}
