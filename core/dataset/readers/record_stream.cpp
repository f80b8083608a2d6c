// SPDX-License-Identifier: Apache-2.0
#include "core/dataset/readers/record_stream.h"

#include <filesystem>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dlrm {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::int64_t kMostJsonBytes = 4096;
constexpr std::int64_t kMostFiles = 100'000;

Failure badDescription(const std::string& file, std::string key, std::string expected, std::string found) {
    return fail(
        Error("E-TFR-005",
              "A description beside the TFRecords is missing a value or holds another than the training code writes.")
            .inFile(file)
            .atOffset(0)
            .inField(std::move(key))
            .butExpected(std::move(expected))
            .butFound(std::move(found))
            .withRemedy("Write the dataset again with the training code's transcribe.py."));
}

Result<Json> readJson(const std::string& directory, const std::string& relative) {
    DLRM_TRY(auto file, RandomAccessFile::openBeneath(directory, relative));
    if (file->size() > kMostJsonBytes)
        return badDescription(file->path(), {}, fmt::format("at most {} bytes", kMostJsonBytes),
                              fmt::format("{} bytes", file->size()));
    std::string text(static_cast<std::size_t>(file->size()), '\0');
    DLRM_TRY(file->read(0, std::as_writable_bytes(std::span(text))));
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return badDescription(file->path(), {}, "JSON", "text that is no JSON");
    return json;
}

std::string shown(const Json& object, const char* key) {
    if (!object.is_object() || !object.contains(key)) return "none";
    return object[key].dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 100);
}

}  // namespace

// format.json against what the training code writes for such a feature.
Result<void> RecordStream::readFormat(const std::string& directory, const std::string& folder, const char* dtype,
                                      bool mayBeMultiHot) {
    const std::string relative = folder + "/format.json";
    DLRM_TRY(auto json, readJson(directory, relative));
    const std::string path = directory + "/" + relative;
    const auto is = [&](const char* key, const Json& value) {
        return json.is_object() && json.contains(key) && json[key] == value;
    };
    if (!is("format", "tfrecords")) return badDescription(path, "format", "tfrecords", shown(json, "format"));
    if (!is("dtype", dtype)) return badDescription(path, "dtype", dtype, shown(json, "dtype"));
    if (!is("num_features", m_width))
        return badDescription(path, "num_features", fmt::format("{}", m_width), shown(json, "num_features"));
    if (!is("multihot", false) && !(mayBeMultiHot && is("multihot", true)))
        return badDescription(path, "multihot", mayBeMultiHot ? "true or false" : "false", shown(json, "multihot"));
    m_multiHot = is("multihot", true);
    if (!json.contains("feature_name") || !json["feature_name"].is_string())
        return badDescription(path, "feature_name", "a text", shown(json, "feature_name"));
    m_key = json["feature_name"].get<std::string>();
    return {};
}

// All files of the folder in the order of their numbers, and the places of their records.
Result<void> RecordStream::openFiles(const std::string& directory, const std::string& folder, std::int64_t batches,
                                     const std::stop_token& stop) {
    std::error_code ec;
    for (std::int64_t n = 0; n < kMostFiles; ++n) {
        const std::string relative = fmt::format("{}/data_{}.tfrecords", folder, n);
        if (n > 0 && !fs::exists(fs::path(directory) / relative, ec)) break;
        auto file = RandomAccessFile::openBeneath(directory, relative);
        if (!file) {
            file.error().field = m_field;
            return fail(std::move(file).error());
        }
        DLRM_TRY(auto records, listTfRecords(**file, stop));
        for (const TfRecord& record : records) m_batches.push_back({m_files.size(), record});
        m_files.push_back(*std::move(file));
    }
    if (static_cast<std::int64_t>(m_batches.size()) == batches) return {};
    return fail(
        Error("E-TFR-006", "The files of a feature hold another number of batches than the split.")
            .inFile(m_files.back()->path())
            .inField(m_field)
            .butExpected(fmt::format("{} batches, as length.json says", batches))
            .butFound(
                fmt::format("{} in {} files that are numbered from 0 without a gap", m_batches.size(), m_files.size()))
            .withRemedy(
                "A file is missing, was not written to its end, or is of another dataset: write the dataset again."));
}

Result<RecordStream> RecordStream::open(const std::string& directory, const std::string& folder,
                                        const std::string& field, const char* dtype, std::int64_t width,
                                        bool mayBeMultiHot, std::int64_t batches, const std::stop_token& stop) {
    RecordStream stream;
    stream.m_field = field;
    stream.m_width = width;
    DLRM_TRY(stream.readFormat(directory, folder, dtype, mayBeMultiHot));
    DLRM_TRY(stream.openFiles(directory, folder, batches, stop));
    return stream;
}

Error RecordStream::at(std::int64_t batch, Error error) const {
    const Place& place = m_batches[static_cast<std::size_t>(batch)];
    return std::move(error).inFile(m_files[place.file]->path()).atOffset(place.record.offset).inField(m_field);
}

Failure RecordStream::wrongShape(std::int64_t batch, std::string expected, std::string found) const {
    return fail(
        at(batch,
           Error("E-TFR-007", "A record does not hold the rows of its batch.")
               .butExpected(std::move(expected))
               .butFound(std::move(found))
               .withRemedy("Every record of the split must hold the same number of rows: write the dataset again.")));
}

Result<SerializedTensor> RecordStream::readTensor(std::int64_t batch, std::vector<std::byte>& record,
                                                  TfDtype dtype) const {
    const Place& place = m_batches[static_cast<std::size_t>(batch)];
    DLRM_TRY(record, readTfRecord(*m_files[place.file], place.record));
    const auto value = exampleBytes(record, m_key);
    if (!value) return fail(at(batch, value.error()));
    auto tensor = parseSerializedTensor(*value);
    if (!tensor) return fail(at(batch, std::move(tensor).error()));
    if (tensor->dtype == dtype) return tensor;
    return wrongShape(batch, fmt::format("values of TensorFlow's type {}", static_cast<int>(dtype)),
                      fmt::format("type {}", static_cast<int>(tensor->dtype)));
}

Result<std::int64_t> readBatchCount(const std::string& directory, const std::string& split) {
    const std::string relative = split + "/length.json";
    DLRM_TRY(const auto length, readJson(directory, relative));
    if (!length.is_number_unsigned() || length.get<std::uint64_t>() > static_cast<std::uint64_t>(kMostTfRecords))
        return badDescription(directory + "/" + relative, {},
                              fmt::format("a number of batches, at most {}", kMostTfRecords),
                              length.dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 100));
    return length.get<std::int64_t>();
}

}  // namespace dlrm
