// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/hdf5_attributes.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "core/base/sha256.h"

namespace dlrm {
namespace {

constexpr std::string_view kTables = "/tables/";
constexpr std::size_t kMostBytes = std::size_t{256} << 10;  // of a longer attribute Hdf5File reads nothing

bool hasMeaning(std::string_view object, std::string_view name) {
    static constexpr std::string_view kRoot[] = {"combiner",
                                                 "embedding_dim",
                                                 "format",
                                                 "format_version",
                                                 "interaction",
                                                 "interaction_order",
                                                 "interaction_order_source",
                                                 "interaction_table_order",
                                                 "missing",
                                                 "numerical_features",
                                                 "source_layout",
                                                 "table_order",
                                                 "table_order_note"};
    if (object == "/") return std::find(std::begin(kRoot), std::end(kRoot), name) != std::end(kRoot);
    const bool table = object.starts_with(kTables) && object.find('/', kTables.size()) == std::string_view::npos;
    return table && (name == "name" || name == "feature");
}

}  // namespace

void Hdf5AttributesSum::addText(const std::string& object, const std::string& name, std::string text) {
    if (hasMeaning(object, name)) m_texts.insert_or_assign({object, name}, std::move(text));
}

void Hdf5AttributesSum::add(const std::string& object, const std::string& name, std::span<const std::string> texts) {
    std::size_t bytes = 0;
    std::string all = fmt::format("texts {}\n", texts.size());
    for (const std::string& text : texts) {
        const std::string_view shown = text.c_str();
        bytes += shown.size() + 4;
        all += fmt::format("{} {}\n", shown.size(), shown);
    }
    if (bytes <= kMostBytes) addText(object, name, std::move(all));
}

void Hdf5AttributesSum::add(const std::string& object, const std::string& name,
                            std::span<const std::int64_t> integers) {
    std::string all = fmt::format("integers {}\n", integers.size());
    for (const std::int64_t n : integers) all += fmt::format("{}\n", n);
    if (integers.size_bytes() <= kMostBytes) addText(object, name, std::move(all));
}

std::string Hdf5AttributesSum::hex() const {
    Sha256 sum;
    for (const auto& [where, text] : m_texts) {
        const std::string entry = fmt::format("{} {}\n{}\n{}", where.first.size(), where.first, where.second, text);
        sum.update(std::as_bytes(std::span(entry)));
    }
    return sum.finish();
}

Hdf5AttributeSums attributeSums(const Hdf5File& file) {
    Hdf5AttributesSum sum;
    for (const Hdf5Object& object : file.objects())
        for (const Hdf5Attribute& attribute : object.attributes) {
            if (attribute.omitted) continue;
            if (attribute.kind == Hdf5Kind::Text)
                sum.add(object.path, attribute.name, std::span<const std::string>(attribute.texts));
            if (attribute.kind == Hdf5Kind::Int)
                sum.add(object.path, attribute.name, std::span<const std::int64_t>(attribute.integers));
        }
    const Hdf5Object& root = file.objects().front();
    return {
        root.attribute(kHdf5AttributesSum) ? std::optional(std::string(root.text(kHdf5AttributesSum))) : std::nullopt,
        sum.hex()};
}

}  // namespace dlrm
