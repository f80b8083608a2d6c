// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the CSV files of a feature_spec.
#include "tests/fuzz/dataset_rows.h"

namespace {

constexpr const char* kSpec = R"(channel_spec:
  categorical: [cat_0, cat_1]
  label: [label]
  numerical: [num_0, num_1]
feature_spec:
  cat_0: {cardinality: 10, dtype: int8}
  cat_1: {cardinality: auto, dtype: int32}
  label: {dtype: bool}
  num_0: {dtype: float16}
  num_1: {dtype: float32}
metadata: {}
source_spec:
  test:
  - {type: csv, features: [label, num_0, num_1, cat_0, cat_1], files: [rows.csv]}
  train:
  - {type: csv, features: [label, num_0, num_1, cat_0, cat_1], files: [rows.csv]}
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const dlrm::fuzz::MemoryDirectory directory;
    static const std::string spec = directory.put("feature_spec.yaml", kSpec);
    directory.put("rows.csv", data, size);
    dlrm::fuzz::readAllRows(dlrm::openDataset(spec, {}));
    return 0;
}
