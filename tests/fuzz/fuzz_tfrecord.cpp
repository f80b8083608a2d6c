// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of TFRecord files, of the examples in them and of the tensors in those. What is accepted must be as
// long as it says. The input is also taken as an example, as a tensor, and as the ids of the multi-hot feature of a
// dataset of two rows.
#include <cstdlib>

#include "core/formats/tf_example.h"
#include "core/formats/tfrecord.h"
#include "tests/fuzz/dataset_rows.h"

namespace {

template <class T>
void checkNamelessRefusal(const dlrm::Result<T>& result) {
    if (!result && (result.error().code.empty() || result.error().remedy.empty())) std::abort();
}

void parseTensor(std::span<const std::byte> bytes, int depth) {
    const auto tensor = dlrm::parseSerializedTensor(bytes);
    checkNamelessRefusal(tensor);
    if (!tensor) return;
    if (tensor->elements < 0 || tensor->content.size() > bytes.size() || tensor->strings.size() > bytes.size())
        std::abort();
    for (const auto& string : tensor->strings)
        if (depth < 2) parseTensor(string, depth + 1);
}

void parseExample(std::span<const std::byte> bytes) {
    const auto value = dlrm::exampleBytes(bytes, "data");
    checkNamelessRefusal(value);
    if (value) parseTensor(*value, 0);
}

// A field of bytes, and a record; all short enough for one byte of length. Checksums are not compared in this build.
std::string field(int number, const std::string& bytes) {
    return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(bytes.size()) + bytes;
}
std::string record(int dtype, int columns, const std::string& values) {
    const auto dimension = [](int size) { return field(2, std::string("\x08", 1) + static_cast<char>(size)); };
    const std::string tensor = std::string("\x08", 1) + static_cast<char>(dtype) +
                               field(2, dimension(2) + dimension(columns)) + field(4, values);
    const std::string example = field(1, field(1, field(1, "data") + field(2, field(1, field(1, tensor)))));
    return std::string(1, static_cast<char>(example.size())) + std::string(11, '\0') + example + std::string(4, '\0');
}

// Everything of a dataset but the ids.
const dlrm::fuzz::MemoryDirectory& datasetOfTwoRows() {
    static const dlrm::fuzz::MemoryDirectory directory;
    static const bool written = [] {
        for (const char* folder : {"label", "numerical", "categorical_0"}) {
            std::filesystem::create_directories(directory.path() + "/test/" + folder);
            const bool ids = folder[0] == 'c';
            directory.put(std::string("test/") + folder + "/format.json",
                          std::string(R"({"format": "tfrecords", "dtype": ")") +
                              (ids                ? "int32"
                               : folder[0] == 'l' ? "int8"
                                                  : "float16") +
                              R"(", "multihot": )" + (ids ? "true" : "false") +
                              R"(, "feature_name": "data", "num_features": 1, "batches_per_file": 1})");
        }
        directory.put("test/length.json", "1");
        directory.put("test/label/data_0.tfrecords", record(6, 1, std::string(2, '\1')));
        directory.put("test/numerical/data_0.tfrecords", record(19, 1, std::string(4, '\0')));
        directory.put("feature_spec.yaml",
                      "channel_spec:\n  categorical: [c]\n  label: [y]\n  numerical: [n]\nfeature_spec:\n  c: "
                      "{cardinality: 50, hotness: 3}\n  y: {dtype: int8}\n"
                      "  n: {dtype: float16}\nmetadata: {}\nsource_spec: null\n");
        return true;
    }();
    static_cast<void>(written);
    return directory;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    parseExample(bytes);
    parseTensor(bytes, 0);
    datasetOfTwoRows().put("test/categorical_0/data_0.tfrecords", data, size);
    dlrm::fuzz::readAllRows(dlrm::openDataset(datasetOfTwoRows().path(), {}));
    const auto file = dlrm::fuzz::memoryFile(data, size);
    const auto records = dlrm::listTfRecords(*file);
    dlrm::fuzz::checkRefusal(records);
    if (!records) return 0;
    for (const dlrm::TfRecord& record : *records) {
        if (record.offset < 0 || record.bytes < 0 || record.offset + record.bytes > file->size()) std::abort();
        const auto read = dlrm::readTfRecord(*file, record);
        dlrm::fuzz::checkRefusal(read);
        if (read) parseExample(*read);
    }
    return 0;
}
