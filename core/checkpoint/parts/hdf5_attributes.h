// SPDX-License-Identifier: Apache-2.0
// A checksum of the attributes of a checkpoint in HDF5 that decide what its values mean: fletcher32 covers the values
// only. It stands in an attribute of the root itself. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/formats/hdf5_file.h"

namespace dlrm {

inline constexpr std::string_view kHdf5AttributesSum = "attributes_sha256";

// Takes attributes in any order; those without a meaning ("title", "units", what other software adds) do not count.
class Hdf5AttributesSum {
public:
    // `object`: "/", "/tables/cat_0". Texts end at their first NUL, as in the file.
    void add(const std::string& object, const std::string& name, std::span<const std::string> texts);
    void add(const std::string& object, const std::string& name, std::string_view text) {
        const std::string one(text);
        add(object, name, std::span(&one, 1));
    }
    void add(const std::string& object, const std::string& name, std::span<const std::int64_t> integers);
    void add(const std::string& object, const std::string& name, std::int64_t integer) {
        add(object, name, std::span<const std::int64_t>(&integer, 1));
    }
    // SHA-256 of all so far: 64 hexadecimal digits.
    std::string hex() const;

private:
    void addText(const std::string& object, const std::string& name, std::string text);

    std::map<std::pair<std::string, std::string>, std::string> m_texts;  // by object and name
};

struct Hdf5AttributeSums {
    std::optional<std::string> recorded;  // nothing: the file holds none
    std::string computed;
};
// Of the attributes as they were listed.
Hdf5AttributeSums attributeSums(const Hdf5File& file);

}  // namespace dlrm
