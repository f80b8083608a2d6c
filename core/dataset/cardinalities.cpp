// SPDX-License-Identifier: Apache-2.0
#include "core/dataset/cardinalities.h"

#include <charconv>
#include <limits>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/random_access_file.h"
#include "core/dataset/feature_spec.h"

namespace dlrm {
namespace {

constexpr std::int64_t kMostBytes = std::int64_t{1} << 20;
constexpr std::int64_t kMostRows = std::numeric_limits<std::int32_t>::max();

Failure notNumbers(const std::string& file, std::string found) {
    return fail(
        Error("E-CARD-001", "These are not the rows of embedding tables.")
            .inFile(file)
            .butExpected(fmt::format("whole numbers from 1 to {}, one per table in feature order", kMostRows))
            .butFound(std::move(found))
            .withRemedy(
                "Give them as 1000,7,300, or name a feature_spec.yaml or the config.json of the training code."));
}

Result<std::vector<std::int64_t>> parse(std::string_view text, const std::string& file) {
    constexpr std::string_view kBetween = ", \t\r\n;";
    std::vector<std::int64_t> out;
    for (std::size_t at = text.find_first_not_of(kBetween); at != std::string_view::npos;
         at = text.find_first_not_of(kBetween, at)) {
        const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
        const std::string_view word = text.substr(at, end - at);
        std::int64_t number = 0;
        const auto [stop, ec] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (ec != std::errc() || stop != word.data() + word.size() || number < 1 || number > kMostRows)
            return notNumbers(file, std::string(word.substr(0, 100)));
        out.push_back(number);
        at = end;
    }
    if (out.empty()) return notNumbers(file, "none");
    return out;
}

}  // namespace

Result<std::vector<std::int64_t>> parseCardinalities(const std::string& text) { return parse(text, {}); }

Result<std::vector<std::int64_t>> readCardinalities(const std::string& path) {
    if (path.ends_with(".yaml") || path.ends_with(".yml")) {
        DLRM_TRY(const auto spec,
                 readFeatureSpec(path, SpecFiles::Records));  // how many ids a row has is no matter here
        std::vector<std::int64_t> out;
        for (const FeatureSpec::Feature& feature : spec.categorical) {
            if (!feature.cardinality) return notNumbers(path, feature.name + ": auto");
            out.push_back(*feature.cardinality);
        }
        return out;
    }
    DLRM_TRY(auto file, RandomAccessFile::open(path));
    if (file->size() > kMostBytes)
        return fail(
            Error("E-CARD-002", "The file is larger than a list of cardinalities.")
                .inFile(path)
                .butExpected(fmt::format("at most {} bytes", kMostBytes))
                .butFound(fmt::format("{} bytes", file->size()))
                .withRemedy("Name a feature_spec.yaml, a config.json, or a text file with one number per table."));
    std::string text(static_cast<std::size_t>(file->size()), '\0');
    DLRM_TRY(file->read(0, std::as_writable_bytes(std::span(text))));
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) return parse(text, path);
    const auto found = json.find("categorical_cardinalities");
    if (found == json.end() || !found->is_array())
        return notNumbers(path, "JSON without a list categorical_cardinalities");
    std::vector<std::int64_t> out;
    for (const auto& n : *found) {
        if (!n.is_number_unsigned() || n.get<std::uint64_t>() < 1 ||
            n.get<std::uint64_t>() > static_cast<std::uint64_t>(kMostRows))
            return notNumbers(path, n.dump().substr(0, 100));
        out.push_back(n.get<std::int64_t>());
    }
    if (out.empty()) return notNumbers(path, "an empty list");
    return out;
}

}  // namespace dlrm
