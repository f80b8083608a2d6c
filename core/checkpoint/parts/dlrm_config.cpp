// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/dlrm_config.h"

#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dlrm {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMostConfigRows = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMostDim = std::int64_t{1} << 16;

struct Document {
    Json json;
    std::shared_ptr<RandomAccessFile> file;

    Error bad(const std::string& key, std::string expected) const {
        return Error("E-CONF-003", "A setting of the checkpoint's configuration is missing or holds something else.")
            .inFile(file->path())
            .atOffset(0)
            .inField(key)
            .butExpected(std::move(expected))
            .butFound(json.is_object() && json.contains(key)
                          ? json[key].dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 100)
                          : "no such key")
            .withRemedy("Use the config.json that was saved with the checkpoint.");
    }

    Result<std::int64_t> number(const std::string& key, std::int64_t least, std::int64_t most) const {
        const auto it = json.find(key);
        if (it == json.end() || !it->is_number_integer() ||
            it->is_number_unsigned() != (it->get<std::int64_t>() >= 0) || it->get<std::int64_t>() < least ||
            it->get<std::int64_t>() > most)
            return fail(bad(key, fmt::format("a whole number, {} to {}", least, most)));
        return it->get<std::int64_t>();
    }

    // A list of 1 to kMostConfigTables numbers of 1 to `most`.
    Result<std::vector<std::int64_t>> numbers(const std::string& key, std::int64_t most) const {
        const auto it = json.find(key);
        const auto wrong = [&] {
            return fail(bad(key, fmt::format("a list of 1 to {} whole numbers, 1 to {}", kMostConfigTables, most)));
        };
        if (it == json.end() || !it->is_array() || it->empty() || it->size() > kMostConfigTables) return wrong();
        std::vector<std::int64_t> out;
        for (const Json& n : *it) {
            if (!n.is_number_unsigned() || n.get<std::uint64_t>() < 1 ||
                n.get<std::uint64_t>() > static_cast<std::uint64_t>(most))
                return wrong();
            out.push_back(n.get<std::int64_t>());
        }
        return out;
    }
};

Result<Document> readDocument(const std::string& directory, const std::string& relative) {
    Document document;
    DLRM_TRY(document.file, RandomAccessFile::openBeneath(directory, relative));
    if (document.file->size() > kMostConfigBytes)
        return fail(Error("E-CONF-001", "The configuration is larger than any that was saved with a checkpoint.")
                        .inFile(document.file->path())
                        .atOffset(0)
                        .butExpected(fmt::format("at most {} bytes", kMostConfigBytes))
                        .butFound(fmt::format("{} bytes", document.file->size()))
                        .withRemedy("Use the file that was saved with the checkpoint."));
    std::string text(static_cast<std::size_t>(document.file->size()), '\0');
    DLRM_TRY(document.file->read(0, std::as_writable_bytes(std::span(text))));
    document.json = Json::parse(text, nullptr, false);
    if (!document.json.is_object())
        return fail(Error("E-CONF-002", "The configuration is not in JSON.")
                        .inFile(document.file->path())
                        .atOffset(0)
                        .butExpected("a JSON object")
                        .butFound(document.json.is_discarded() ? "text that is no JSON" : document.json.type_name())
                        .withRemedy("Use the file that was saved with the checkpoint."));
    return document;
}

// Both lists of one entry per table.
template <class Config>
Result<void> readTables(const Document& d, Config& config) {
    DLRM_TRY(config.cardinalities, d.numbers("categorical_cardinalities", kMostConfigRows));
    DLRM_TRY(config.embeddingDims, d.numbers("embedding_dim", kMostDim));
    if (config.embeddingDims.size() != config.cardinalities.size())
        return fail(
            d.bad("embedding_dim", fmt::format("one number for each of {} tables", config.cardinalities.size())));
    config.file = d.file;
    return {};
}

}  // namespace

Result<DenseConfig> readDenseConfig(const std::string& directory, const std::string& relative) {
    DLRM_TRY(const auto d, readDocument(directory, relative));
    DenseConfig config;
    DLRM_TRY(readTables(d, config));
    const auto interaction = d.json.find("interaction");
    if (interaction != d.json.end() && interaction->is_string()) config.interaction = interaction->get<std::string>();
    if (config.interaction != "dot_custom_cuda" && config.interaction != "dot_tensorflow" &&
        config.interaction != "cross")
        return fail(d.bad("interaction", "dot_custom_cuda, dot_tensorflow or cross"));
    for (const auto& [key, out] :
         {std::pair("bottom_mlp_dims", &config.bottomDims), std::pair("top_mlp_dims", &config.topDims)}) {
        DLRM_TRY(*out, d.numbers(key, std::int64_t{1} << 20));
    }
    DLRM_TRY(config.numericals, d.number("num_numerical_features", 1, std::int64_t{1} << 16));
    if (!config.isCross()) return config;
    DLRM_TRY(config.crossLayers, d.number("num_cross_layers", 1, 1000));
    if (const auto p = d.json.find("cross_layer_projection_dim"); p != d.json.end() && p->is_null()) return config;
    DLRM_TRY(config.projection, d.number("cross_layer_projection_dim", 1, std::int64_t{1} << 20));
    return config;
}

Result<SparseConfig> readSparseConfig(const std::string& directory, const std::string& relative) {
    DLRM_TRY(const auto d, readDocument(directory, relative));
    SparseConfig config;
    DLRM_TRY(readTables(d, config));
    const auto concat = d.json.find("concat_embedding");
    if (concat == d.json.end() || !concat->is_boolean()) return fail(d.bad("concat_embedding", "true or false"));
    config.concatEmbedding = concat->get<bool>();
    // sparse_model.py: the first version gave its mde embeddings combiner='sum' and saved no data_parallel_input; the
    // later one has no combiner at all.
    const auto mde = d.json.find("use_mde_embeddings");
    config.sumsBags = !config.concatEmbedding && mde != d.json.end() && mde->is_boolean() && mde->get<bool>() &&
                      !d.json.contains("data_parallel_input");
    return config;
}

Result<TableConfig> readTableConfig(const std::string& directory, const std::string& relative) {
    DLRM_TRY(const auto d, readDocument(directory, relative));
    DLRM_TRY(auto cardinalities, d.numbers("categorical_cardinalities", kMostConfigRows));
    return TableConfig{std::move(cardinalities), d.file};
}

Result<HpsConfig> readHpsConfig(const std::string& directory, const std::string& relative) {
    DLRM_TRY(const auto d, readDocument(directory, relative));
    const auto models = d.json.find("models");
    if (models == d.json.end() || !models->is_array() || models->size() != 1 || !models->front().is_object())
        return fail(d.bad("models", "a list of one model"));
    DLRM_TRY(auto sizes, Document{models->front(), d.file}.numbers("embedding_vecsize_per_table", kMostDim));
    return HpsConfig{std::move(sizes), d.file};
}

}  // namespace dlrm
