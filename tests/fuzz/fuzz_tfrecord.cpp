// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of TFRecord files, of the examples in them and of the tensors in those. What is accepted must be as long as it says. The input is also
// taken as an example and as a tensor of its own, because few inputs pass the checksums.
#include <cstdlib>

#include "core/formats/tf_example.h"
#include "core/formats/tfrecord.h"
#include "tests/fuzz/memory_file.h"

namespace {

template <class T>
void checkNamelessRefusal(const dlrm::Result<T>& result) {
    if (!result && (result.error().code.empty() || result.error().remedy.empty())) std::abort();
}

void parseTensor(std::span<const std::byte> bytes, int depth) {
    const auto tensor = dlrm::parseSerializedTensor(bytes);
    checkNamelessRefusal(tensor);
    if (!tensor) return;
    if (tensor->elements < 0 || tensor->content.size() > bytes.size() || tensor->strings.size() > bytes.size()) std::abort();
    for (const auto& string : tensor->strings)
        if (depth < 2) parseTensor(string, depth + 1);
}

void parseExample(std::span<const std::byte> bytes) {
    const auto value = dlrm::exampleBytes(bytes, "data");
    checkNamelessRefusal(value);
    if (value) parseTensor(*value, 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    parseExample(bytes);
    parseTensor(bytes, 0);
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
