// SPDX-License-Identifier: Apache-2.0
// The rules of feature_spec.yaml, applied to the tree that safe_yaml reads.
#include "core/dataset/feature_spec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <map>
#include <new>
#include <set>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/counted.h"
#include "core/base/random_access_file.h"
#include "core/formats/safe_yaml.h"

namespace dlrm {

namespace {

constexpr std::size_t kMaxPathBytes = 4096;
constexpr const char* kSplitBinary = "split_binary";
constexpr const char* kRecords = "split_tfrecords";

// Carries the file's name so that every refusal is complete.
class Reader {
public:
    explicit Reader(const std::string& path) : m_path(path) {}

    Result<FeatureSpec> read(const YamlNode& root, SpecFiles files) const;

private:
    Failure refuse(const YamlNode& at, std::string code, std::string message, std::string field, std::string expected,
                   std::string found, std::string remedy) const {
        return fail(Error(std::move(code), fmt::format("{} (line {})", message, at.line))
                        .inFile(m_path)
                        .atOffset(at.offset)
                        .inField(std::move(field))
                        .butExpected(std::move(expected))
                        .butFound(std::move(found))
                        .withRemedy(std::move(remedy)));
    }

    Result<void> requireKeys(const YamlNode& map, const std::string& field,
                             std::span<const std::string_view> keys) const;
    Result<std::vector<std::string>> readNames(const YamlNode& list, const std::string& field) const;
    Failure refuseHotness(const YamlNode& hotness, const std::string& feature) const;
    Result<FeatureSpec::Feature> readFeature(const YamlNode& features, const std::string& name, bool categorical) const;
    Result<void> readChannels(const YamlNode& channels, const YamlNode& features, FeatureSpec& spec) const;
    Result<FeatureSpec::Chunk> readChunk(const YamlNode& node, const std::string& field) const;
    Result<void> readSplits(const YamlNode& sources, FeatureSpec& spec) const;
    Result<void> checkHotness(const YamlNode& features, const FeatureSpec& spec) const;
    Result<void> checkSplit(const YamlNode& node, const FeatureSpec& spec, const FeatureSpec::Split& split) const;
    Result<void> checkSplitBinary(const YamlNode& node, const FeatureSpec& spec, const FeatureSpec::Split& split) const;

    const std::string& m_path;
};

const char* kindName(YamlNode::Kind kind) {
    static constexpr const char* kNames[] = {"null", "a single value", "a list", "a map"};
    return kNames[static_cast<std::size_t>(kind)];
}

Result<void> Reader::requireKeys(const YamlNode& map, const std::string& field,
                                 std::span<const std::string_view> keys) const {
    const std::string expected = fmt::format("{}", fmt::join(keys, ", "));
    if (map.kind != YamlNode::Kind::Map)
        return refuse(map, "E-SPEC-021", fmt::format("{} is not a map.", field), field, "a map with " + expected,
                      kindName(map.kind), "Compare with the feature_spec.yaml that the preprocessing wrote.");
    for (const std::string_view key : keys)
        if (!map.find(std::string(key)))
            return refuse(map, "E-SPEC-020", fmt::format("{} lacks the key {}.", field, key), field, expected,
                          "no " + std::string(key),
                          "Is the file complete? Compare with the feature_spec.yaml that the preprocessing wrote.");
    for (const auto& [key, node] : map.entries)
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            return refuse(*node, "E-SPEC-020", fmt::format("{} has an unknown key.", field), field, expected, key,
                          "Remove the key; the training code refuses it too.");
    return {};
}

Result<std::vector<std::string>> Reader::readNames(const YamlNode& list, const std::string& field) const {
    if (list.kind != YamlNode::Kind::Sequence)
        return refuse(list, "E-SPEC-021", fmt::format("{} is not a list.", field), field, "a list of names",
                      kindName(list.kind), "Write one name a line after a dash.");
    std::vector<std::string> names;
    names.reserve(list.items.size());
    for (const auto& item : list.items) {
        if (item->kind != YamlNode::Kind::Scalar || item->text.empty())
            return refuse(*item, "E-SPEC-021", fmt::format("An entry of {} is not a name.", field), field, "a name",
                          item->kind == YamlNode::Kind::Scalar ? "an empty text" : kindName(item->kind),
                          "Write one name a line after a dash.");
        names.push_back(item->text);
    }
    return names;
}

Failure Reader::refuseHotness(const YamlNode& hotness, const std::string& feature) const {
    return refuse(hotness, "E-SPEC-025",
                  "A feature has several values in one row (multi-hot), which only TFRecord datasets can hold.",
                  feature, "hotness 1", hotness.kind == YamlNode::Kind::Scalar ? hotness.text : kindName(hotness.kind),
                  "Use a dataset with one value per feature and row, or write it as TFRecords with the training code's "
                  "transcribe.py.");
}

Result<FeatureSpec::Feature> Reader::readFeature(const YamlNode& features, const std::string& name,
                                                 bool categorical) const {
    const YamlNode* node = features.find(name);
    if (!node)
        return refuse(features, "E-SPEC-023", "A feature of channel_spec is not described in feature_spec.", name,
                      "an entry in feature_spec", "none",
                      "Add the feature to feature_spec or remove it from channel_spec.");
    FeatureSpec::Feature feature;
    feature.name = name;
    if (node->kind == YamlNode::Kind::Null) {
        if (!categorical) return feature;
    } else if (node->kind != YamlNode::Kind::Map) {
        return refuse(*node, "E-SPEC-021", "The description of a feature is not a map.", name,
                      "a map with dtype and cardinality", kindName(node->kind),
                      "Write dtype and, for a categorical feature, cardinality.");
    }
    if (const YamlNode* dtype = node->find("dtype")) {
        if (dtype->kind != YamlNode::Kind::Scalar)
            return refuse(*dtype, "E-SPEC-021", "A dtype is not a text.", name, "a dtype such as int16",
                          kindName(dtype->kind), "Write the dtype's name.");
        feature.dtype = dtype->text;
    }
    if (const YamlNode* hotness = node->find("hotness"); hotness && hotness->kind != YamlNode::Kind::Null) {
        const char* const end = hotness->text.data() + hotness->text.size();
        const auto [stop, ec] = std::from_chars(hotness->text.data(), end, feature.hotness);
        const bool number =
            hotness->kind == YamlNode::Kind::Scalar && ec == std::errc() && stop == end && feature.hotness >= 1;
        if (!number || (feature.hotness > 1 && !categorical)) return refuseHotness(*hotness, name);
    }
    if (!categorical) return feature;
    const YamlNode* cardinality = node->find("cardinality");
    const auto refuseCardinality = [&](const YamlNode& at, std::string found) {
        return refuse(at, "E-SPEC-024", "A categorical feature has no usable cardinality.", name,
                      "an integer from 1 to 2147483647, or auto", std::move(found),
                      "Write the number of rows of the feature's embedding table.");
    };
    if (!cardinality) return refuseCardinality(*node, "none");
    if (cardinality->kind != YamlNode::Kind::Scalar)
        return refuseCardinality(*cardinality, kindName(cardinality->kind));
    if (cardinality->text == "auto") return feature;
    std::int64_t number = 0;
    const char* end = cardinality->text.data() + cardinality->text.size();
    const auto [stop, ec] = std::from_chars(cardinality->text.data(), end, number);
    if (ec != std::errc() || stop != end || number < 1 || number > std::numeric_limits<std::int32_t>::max())
        return refuseCardinality(*cardinality, cardinality->text.empty() ? "an empty text" : cardinality->text);
    feature.cardinality = number;
    return feature;
}

Result<void> Reader::readChannels(const YamlNode& channels, const YamlNode& features, FeatureSpec& spec) const {
    static constexpr std::array<std::string_view, 3> kChannels{"categorical", "numerical", "label"};
    DLRM_TRY(requireKeys(channels, "channel_spec", kChannels));
    if (features.kind != YamlNode::Kind::Map)
        return refuse(features, "E-SPEC-021", "feature_spec is not a map.", "feature_spec", "a map of features",
                      kindName(features.kind), "Compare with the feature_spec.yaml that the preprocessing wrote.");
    std::set<std::string> seen;
    for (const std::string_view channel : kChannels) {
        const YamlNode& list = *channels.find(std::string(channel));
        DLRM_TRY(auto names, readNames(list, fmt::format("channel_spec.{}", channel)));
        const bool isLabel = channel == "label";
        if (isLabel ? names.size() != 1 : names.empty())
            return refuse(list, "E-SPEC-022", fmt::format("channel_spec.{} has the wrong number of features.", channel),
                          std::string(channel), isLabel ? "exactly one" : "at least one",
                          fmt::format("{}", names.size()), "List the channel's features.");
        for (const std::string& name : names) {
            if (!seen.insert(name).second)
                return refuse(list, "E-SPEC-023", "A feature is named twice in channel_spec.", name, "every name once",
                              "the same name again", "Rename or remove one of the two.");
            DLRM_TRY(auto feature, readFeature(features, name, channel == "categorical"));
            if (isLabel) spec.label = std::move(feature);
            else (channel == "categorical" ? spec.categorical : spec.numerical).push_back(std::move(feature));
        }
    }
    for (const auto& [name, node] : features.entries)
        if (!seen.count(name))
            return refuse(*node, "E-SPEC-023", "A feature of feature_spec is in no channel.", name,
                          "every feature in one channel of channel_spec", "none",
                          "Add the feature to channel_spec or remove it from feature_spec.");
    return {};
}

// What is wrong with a file name of the spec, or nothing. The kernel refuses to leave the directory as well
// (openBeneath).
std::optional<std::string> pathProblem(const std::string& file) {
    if (file.find('\0') != std::string::npos) return "a NUL byte";
    if (file.size() > kMaxPathBytes) return fmt::format("{} bytes", file.size());
    if (file.front() == '/') return "an absolute path";
    for (std::size_t begin = 0; begin <= file.size();) {
        const std::size_t end = std::min(file.find('/', begin), file.size());
        if (std::string_view(file).substr(begin, end - begin) == "..") return "a path with ..";
        begin = end + 1;
    }
    return std::nullopt;
}

Result<FeatureSpec::Chunk> Reader::readChunk(const YamlNode& node, const std::string& field) const {
    static constexpr std::array<std::string_view, 3> kKeys{"features", "files", "type"};
    DLRM_TRY(requireKeys(node, field, kKeys));
    FeatureSpec::Chunk chunk;
    const YamlNode& type = *node.find("type");
    if (type.kind != YamlNode::Kind::Scalar)
        return refuse(type, "E-SPEC-021", "The type of a chunk is not a text.", field, "a type such as split_binary",
                      kindName(type.kind), "Write the name of the format.");
    chunk.type = type.text;
    DLRM_TRY(auto features, readNames(*node.find("features"), field + ".features"));
    DLRM_TRY(auto files, readNames(*node.find("files"), field + ".files"));
    const YamlNode& fileList = *node.find("files");
    if (features.empty() || files.empty())
        return refuse(node, "E-SPEC-021", "A chunk has no features or no files.", field, "at least one of each", "none",
                      "Complete or remove the chunk.");
    for (std::size_t i = 0; i < files.size(); ++i)
        if (const auto problem = pathProblem(files[i]))
            return refuse(*fileList.items[i], "E-SPEC-028",
                          "A file name leaves the dataset's directory or is not a file name.", field,
                          "a path relative to the feature_spec.yaml", *problem,
                          "Move the file into the dataset and name it by a relative path.");
    chunk.features = std::move(features);
    chunk.files = std::move(files);
    return chunk;
}

Result<void> Reader::readSplits(const YamlNode& sources, FeatureSpec& spec) const {
    // The training code's FeatureSpec writes {} where it was given null.
    const bool none = sources.kind == YamlNode::Kind::Map && sources.entries.empty();
    if (sources.kind == YamlNode::Kind::Null || none) return {};
    static constexpr std::array<std::string_view, 2> kSplits{"test", "train"};
    if (sources.kind == YamlNode::Kind::Map) {
        bool exact = sources.entries.size() == kSplits.size();
        for (const std::string_view name : kSplits) exact = exact && sources.find(std::string(name));
        if (!exact) {
            std::vector<std::string> found;
            for (const auto& entry : sources.entries) found.push_back(entry.first);
            return refuse(sources, "E-SPEC-026", "source_spec does not list exactly the splits train and test.",
                          "source_spec", "test, train", fmt::format("{}", fmt::join(found, ", ")),
                          "Name both splits; their files are looked for only when a split is opened.");
        }
    }
    DLRM_TRY(requireKeys(sources, "source_spec", kSplits));
    for (const auto& [name, node] : sources.entries) {
        const std::string field = "source_spec." + name;
        if (node->kind != YamlNode::Kind::Sequence)
            return refuse(*node, "E-SPEC-021", "A split is not a list of chunks.", field, "a list",
                          kindName(node->kind), "Compare with the feature_spec.yaml that the preprocessing wrote.");
        FeatureSpec::Split split;
        split.name = name;
        for (const auto& item : node->items) {
            DLRM_TRY(split.chunks.emplace_back(), readChunk(*item, field));
        }
        DLRM_TRY(checkSplit(*node, spec, split));
        spec.splits.push_back(std::move(split));
    }
    return {};
}

// Where source_spec states files that hold one id of a feature in a row.
Result<void> Reader::checkHotness(const YamlNode& features, const FeatureSpec& spec) const {
    const auto ofOneId = [](const FeatureSpec::Split& split) { return split.chunks.front().type != kRecords; };
    if (std::none_of(spec.splits.begin(), spec.splits.end(), ofOneId)) return {};
    for (const auto& feature : spec.categorical)
        if (feature.hotness > 1) return refuseHotness(*features.find(feature.name)->find("hotness"), feature.name);
    return {};
}

Result<void> Reader::checkSplit(const YamlNode& node, const FeatureSpec& spec, const FeatureSpec::Split& split) const {
    std::map<std::string, int> uses;
    for (const auto& f : spec.categorical) uses[f.name] = 0;
    for (const auto& f : spec.numerical) uses[f.name] = 0;
    uses[spec.label.name] = 0;
    for (std::size_t c = 0; c < split.chunks.size(); ++c) {
        const auto& chunk = split.chunks[c];
        if (chunk.type != split.chunks.front().type)
            return refuse(*node.items[c], "E-SPEC-027", "A split mixes chunks of different types.", split.name,
                          split.chunks.front().type, chunk.type, "Use one type in all chunks.");
        for (const auto& name : chunk.features) {
            const auto it = uses.find(name);
            if (it == uses.end())
                return refuse(*node.items[c], "E-SPEC-023", "A chunk holds a feature that channel_spec does not name.",
                              name, "a feature of channel_spec", name, "Correct the feature's name.");
            if (++it->second > 1)
                return refuse(*node.items[c], "E-SPEC-029", "A feature is in several chunks of a split.", name,
                              "exactly one chunk", "several", "Remove it from all chunks but one.");
        }
    }
    for (const auto& [name, count] : uses)
        if (count == 0)
            return refuse(node, "E-SPEC-029", "A feature is in no chunk of a split.", name,
                          "exactly one chunk of " + split.name, "none", "Add a chunk with the feature's file.");
    // Other types have no rules of their own here; whether one can be read is for THE TABLE OF READERS to say.
    if (split.chunks.front().type == kSplitBinary) return checkSplitBinary(node, spec, split);
    return {};
}

Result<void> Reader::checkSplitBinary(const YamlNode& node, const FeatureSpec& spec,
                                      const FeatureSpec::Split& split) const {
    const auto rule = [&](const YamlNode& at, const std::string& field, std::string expected, std::string found) {
        return refuse(at, "E-SPEC-030", "A split_binary chunk breaks the rules of the format.", field,
                      std::move(expected), std::move(found),
                      "Split the data as the preprocessing does: numericals together, label and every categorical "
                      "feature in a file of its own.");
    };
    const auto requireDtype = [&](const FeatureSpec::Feature& f, std::span<const SpecDtype> allowed,
                                  std::string expected) -> Result<void> {
        const auto dtype = parseSpecDtype(f.dtype);
        if (dtype && std::find(allowed.begin(), allowed.end(), *dtype) != allowed.end()) return {};
        return refuse(node, "E-SPEC-031", "A feature has a dtype that split_binary files cannot have.", f.name,
                      std::move(expected), f.dtype.empty() ? "none" : f.dtype,
                      "Correct the dtype in feature_spec, or write the file in one of these types.");
    };
    const auto isCategorical = [&](const std::string& name) {
        return std::any_of(spec.categorical.begin(), spec.categorical.end(),
                           [&](const auto& f) { return f.name == name; });
    };
    for (std::size_t c = 0; c < split.chunks.size(); ++c) {
        const auto& chunk = split.chunks[c];
        const YamlNode& at = *node.items[c];
        const std::string& first = chunk.features.front();
        if (chunk.files.size() != 1) return rule(at, first, "exactly one file", counted(chunk.files.size(), "file"));
        if (isCategorical(first) || first == spec.label.name) {
            if (chunk.features.size() != 1)
                return rule(at, first, "one feature in the chunk", fmt::format("{}", chunk.features.size()));
            continue;
        }
        std::vector<std::string> order;
        for (const auto& f : spec.numerical) order.push_back(f.name);
        if (chunk.features != order)
            return rule(at, first, "all numerical features in the order of channel_spec",
                        fmt::format("{}", fmt::join(chunk.features, ", ")));
    }
    for (const auto& f : spec.categorical)
        DLRM_TRY(
            requireDtype(f, std::array{SpecDtype::Int8, SpecDtype::Int16, SpecDtype::Int32}, "int8, int16 or int32"));
    for (const auto& f : spec.numerical) DLRM_TRY(requireDtype(f, std::array{SpecDtype::Float16}, "float16"));
    return requireDtype(spec.label, std::array{SpecDtype::Bool, SpecDtype::Int8}, "bool or int8");
}

Result<FeatureSpec> Reader::read(const YamlNode& root, SpecFiles files) const {
    static constexpr std::array<std::string_view, 4> kTop{"feature_spec", "source_spec", "channel_spec", "metadata"};
    DLRM_TRY(requireKeys(root, "feature_spec.yaml", kTop));
    FeatureSpec spec;
    spec.path = m_path;
    const std::size_t slash = m_path.rfind('/');
    spec.directory = slash == std::string::npos ? "." : slash == 0 ? "/" : m_path.substr(0, slash);
    const YamlNode& features = *root.find("feature_spec");
    DLRM_TRY(readChannels(*root.find("channel_spec"), features, spec));
    DLRM_TRY(readSplits(*root.find("source_spec"), spec));
    if (files == SpecFiles::AsStated) DLRM_TRY(checkHotness(features, spec));
    return spec;
}

}  // namespace

std::int64_t itemSize(SpecDtype dtype) {
    if (dtype == SpecDtype::Int32) return 4;
    return dtype == SpecDtype::Int8 || dtype == SpecDtype::Bool ? 1 : 2;
}

const FeatureSpec::Split* FeatureSpec::findSplit(const std::string& name) const {
    const auto it = std::find_if(splits.begin(), splits.end(), [&](const Split& s) { return s.name == name; });
    return it == splits.end() ? nullptr : &*it;
}

std::optional<SpecDtype> parseSpecDtype(const std::string& text) {
    struct Spelling {
        std::string_view text;
        SpecDtype dtype;
    };
    static constexpr Spelling kSpellings[] = {
        {"int8", SpecDtype::Int8},   {"i1", SpecDtype::Int8},         {"<i1", SpecDtype::Int8},
        {"|i1", SpecDtype::Int8},    {"b", SpecDtype::Int8},          {"byte", SpecDtype::Int8},
        {"int16", SpecDtype::Int16}, {"i2", SpecDtype::Int16},        {"<i2", SpecDtype::Int16},
        {"h", SpecDtype::Int16},     {"short", SpecDtype::Int16},     {"int32", SpecDtype::Int32},
        {"i4", SpecDtype::Int32},    {"<i4", SpecDtype::Int32},       {"i", SpecDtype::Int32},
        {"intc", SpecDtype::Int32},  {"float16", SpecDtype::Float16}, {"f2", SpecDtype::Float16},
        {"<f2", SpecDtype::Float16}, {"half", SpecDtype::Float16},    {"e", SpecDtype::Float16},
        {"<e", SpecDtype::Float16},  {"bool", SpecDtype::Bool},       {"?", SpecDtype::Bool},
        {"b1", SpecDtype::Bool},     {"|b1", SpecDtype::Bool},        {"bool_", SpecDtype::Bool},
        {"bool8", SpecDtype::Bool},
    };
    std::string_view name = text;
    for (const std::string_view prefix : {"torch.", "np.", "numpy."})
        if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    const auto* it =
        std::find_if(std::begin(kSpellings), std::end(kSpellings), [&](const Spelling& s) { return s.text == name; });
    if (it == std::end(kSpellings)) return std::nullopt;
    return it->dtype;
}

Result<FeatureSpec> parseFeatureSpec(const std::string& text, const std::string& path, SpecFiles files) {
    try {
        DLRM_TRY(auto root, parseSafeYaml(text, path));
        return Reader(path).read(*root, files);
    } catch (const std::bad_alloc&) {
        return fail(Error("E-SPEC-032", "The feature_spec.yaml does not fit into memory.")
                        .inFile(path)
                        .withRemedy("Close other programs and try again."));
    }
}

Result<FeatureSpec> readFeatureSpec(const std::string& path, SpecFiles files) {
    DLRM_TRY(auto file, RandomAccessFile::open(path));
    // One byte more than allowed is enough for parseSafeYaml() to refuse by size.
    std::string text(static_cast<std::size_t>(std::min(file->size(), kYamlMaxBytes + 1)), '\0');
    DLRM_TRY(file->read(0, std::as_writable_bytes(std::span(text))));
    return parseFeatureSpec(text, path, files);
}

}  // namespace dlrm
