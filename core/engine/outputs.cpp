// SPDX-License-Identifier: Apache-2.0
#include "core/engine/outputs.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/checkpoint/verify/verify.h"

namespace dlrm {
namespace {

Error wouldReplace(const std::string& out, std::string what) {
    return Error("E-CLI-006", "The result would replace a file that is read.")
        .inFile(out)
        .butExpected("another file")
        .butFound(std::move(what))
        .withRemedy("Choose another name.");
}

// Where either cannot be looked at, they are not one file.
bool isOneFile(const std::string& a, const std::string& b) {
    std::error_code none;
    return !a.empty() && std::filesystem::equivalent(a, b, none);
}

// Whether the file that is there lies in `directory`, or is it.
bool isOf(const std::string& directory, const std::string& file) {
    std::error_code none;
    if (isOneFile(directory, file)) return true;
    if (!std::filesystem::is_directory(directory, none) || !std::filesystem::exists(file, none)) return false;
    const std::filesystem::path of = std::filesystem::canonical(directory, none),
                                at = std::filesystem::canonical(file, none);
    return std::mismatch(of.begin(), of.end(), at.begin(), at.end()).first == of.end();
}

}  // namespace

Result<void> refuseInputAsRecord(const std::string& out, const Engine& engine) {
    for (const auto& file : engine.checkpoint().openFiles())
        if (isOneFile(file->path(), out)) return fail(wouldReplace(out, "one of the checkpoint"));
    return {};
}

Result<void> refuseInputAsOutput(const std::string& out, const Workspace& open, const std::string& also) {
    if (out.empty()) return {};
    const Dataset* dataset = open.dataset.get();
    for (const std::string& written : {out, out + ".json"}) {  // what has no place for its origin has a second file
        if (open.engine) DLRM_TRY(refuseInputAsRecord(written, *open.engine));
        const std::string record = open.engine ? defaultRecord(open.engine->info().path) : std::string();
        if (isOneFile(also, written) || isOneFile(record, written))
            return fail(wouldReplace(written, "a file that the checkpoint is compared with"));
        if (open.dictionary && isOf(open.dictionary->path(), written))
            return fail(wouldReplace(written, "one of the dictionary"));
        if (!dataset) continue;
        bool ofData = isOneFile(dataset->path(), written);
        for (std::size_t t = 0; t < dataset->schema().categoricalNames.size(); ++t)
            ofData = ofData || isOneFile(dataset->fileOfCategorical(t), written);
        if (ofData) return fail(wouldReplace(written, "one of the dataset"));
    }
    return {};
}

Result<void> refuseAsOutput(const std::string& out, std::span<const std::string> read, const std::string& other) {
    if (out.empty()) return {};
    for (const std::string& input : read)
        if (isOneFile(input, out) || isOneFile(input, out + ".json")) return fail(wouldReplace(out, input));
    std::error_code none;
    const auto place = [&](const std::string& path) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(path, none), none);
    };
    if (other.empty() || (place(out) != place(other) && place(out) != place(other + ".json"))) return {};
    return fail(Error("E-CLI-020", "Two results would be written into one file.")
                    .inFile(out)
                    .butExpected("a file for each")
                    .butFound(other)
                    .withRemedy("Choose another name for one of them."));
}

}  // namespace dlrm
