// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/verify/sidecar.h"

#include <charconv>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/random_access_file.h"
#include "core/checkpoint/verify/verify.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "dlrm-explorer-verify", kAlgorithm = "XXH3-64";
constexpr int kVersion = 1;
constexpr std::int64_t kMostBytes = std::int64_t{16}
                                    << 20;  // a block of 64 MiB takes about 20 bytes: enough for 50 TiB

constexpr const char* kRemedy =
    "Delete the file and verify again to record the hashes anew, after making sure that the checkpoint is the right "
    "one.";

Error damaged(const std::string& path, std::string expected, std::string found) {
    return Error("E-VERIFY-003", "The file of recorded hashes is damaged.")
        .inFile(path)
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy(kRemedy);
}

std::optional<std::uint64_t> hashFromText(const Json& json) {
    if (!json.is_string()) return std::nullopt;
    const auto& text = json.get_ref<const std::string&>();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (text.size() != 16 || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string textOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t numberOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : -1;
}

Result<VerifiedFile> fileFromJson(const Json& json, const std::string& path) {
    VerifiedFile file;
    if (json.is_object()) {
        file.name = textOf(json, "name");
        file.tensors = textOf(json, "tensors");
        file.bytes = numberOf(json, "bytes");
    }
    if (file.name.empty() || file.bytes < 0)
        return fail(damaged(path, "files with a name and a size", "an entry without"));
    const auto blocks = json.find("blocks");
    const std::int64_t expected = (file.bytes + kVerifyBlockBytes - 1) / kVerifyBlockBytes;
    if (blocks == json.end() || !blocks->is_array() || static_cast<std::int64_t>(blocks->size()) != expected)
        return fail(damaged(path, fmt::format("{} hashes of {}", expected, file.name), "another number"));
    for (const Json& block : *blocks) {
        const auto hash = hashFromText(block);
        if (!hash)
            return fail(damaged(path, "hashes of 16 hexadecimal digits", "another value among those of " + file.name));
        file.blocks.push_back(*hash);
    }
    return file;
}

}  // namespace

std::string recordableName(const std::string& name) {
    return Json::parse(Json(name).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

Result<void> writeVerifySidecar(AtomicFile file, const VerifySidecar& sidecar) {
    Json files = Json::array();
    for (const VerifiedFile& one : sidecar.files) {
        Json blocks = Json::array();
        for (const std::uint64_t hash : one.blocks) blocks.push_back(fmt::format("{:016x}", hash));
        files.push_back(
            {{"name", one.name}, {"tensors", one.tensors}, {"bytes", one.bytes}, {"blocks", std::move(blocks)}});
    }
    const Json document{{"format", kFormat},          {"version", kVersion},
                        {"algorithm", kAlgorithm},    {"block_bytes", kVerifyBlockBytes},
                        {"created", sidecar.created}, {"layout", sidecar.layout},
                        {"files", std::move(files)}};
    DLRM_TRY(file.write(document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"));
    return file.commit();
}

Result<std::optional<VerifySidecar>> readVerifySidecar(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error) && !error)
        return std::optional<VerifySidecar>();  // where it cannot be looked for, opening says why
    DLRM_TRY(auto file, RandomAccessFile::open(path));
    if (file->size() > kMostBytes)
        return fail(Error("E-VERIFY-001", "The file of recorded hashes is too large.")
                        .inFile(path)
                        .butExpected(fmt::format("at most {} bytes", kMostBytes))
                        .butFound(fmt::format("{} bytes", file->size()))
                        .withRemedy(kRemedy));
    std::string text(static_cast<std::size_t>(file->size()), '\0');
    DLRM_TRY(file->read(0, std::as_writable_bytes(std::span(text))));
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || textOf(json, "format") != kFormat || numberOf(json, "version") != kVersion ||
        textOf(json, "algorithm") != kAlgorithm || numberOf(json, "block_bytes") != kVerifyBlockBytes)
        return fail(
            Error("E-VERIFY-002", "This is not a file of recorded hashes.")
                .inFile(path)
                .butExpected(fmt::format("JSON with format \"{}\", version {}, algorithm \"{}\" and blocks of {} bytes",
                                         kFormat, kVersion, kAlgorithm, kVerifyBlockBytes))
                .butFound(json.is_discarded() ? "no JSON" : "other JSON")
                .withRemedy("Name another file: this one holds something else."));
    VerifySidecar out;
    out.created = textOf(json, "created");
    out.layout = textOf(json, "layout");
    const auto files = json.find("files");
    if (files == json.end() || !files->is_array()) return fail(damaged(path, "a list of files", "none"));
    for (const Json& entry : *files) {
        DLRM_TRY(out.files.emplace_back(), fileFromJson(entry, path));
    }
    return std::optional(std::move(out));
}

}  // namespace dlrm
