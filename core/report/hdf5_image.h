// SPDX-License-Identifier: Apache-2.0
// A small HDF5 file built in memory. Every failure is remembered, the first one wins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/formats/hdf5_writer.h"

namespace dlrm {

// Use from one thread at a time.
class Hdf5Image {
public:
    void group(const std::string& path) { m_writer.group(path); }
    // One-dimensional columns; compressed (shuffle, gzip 1) in chunks of 64 Ki values where longer than that.
    void column(const std::string& path, std::span<const float> values);
    void column(const std::string& path, std::span<const double> values);
    void column(const std::string& path, std::span<const std::int64_t> values);
    void column(const std::string& path, std::span<const std::uint8_t> values);
    // Texts of any length, not compressed.
    void column(const std::string& path, std::span<const std::string> texts);
    // (values.size() / columns, columns), row-major; compressed in chunks of 2,048 rows where longer than that.
    // REQUIRES: columns >= 1.
    void matrix(const std::string& path, std::span<const float> values, std::int64_t columns);
    void matrix(const std::string& path, std::span<const double> values, std::int64_t columns);
    void matrix(const std::string& path, std::span<const std::int64_t> values, std::int64_t columns);
    // Makes the column at `path` a dimension scale; attach() ties another column to it.
    // A column of its own, /name, that others are attached to.
    template <class Values>
    void scale(const std::string& name, const Values& values, std::string_view longName) {
        column("/" + name, values);
        m_writer.makeScale("/" + name, name);
        attribute("/" + name, "long_name", longName);
    }
    void attach(const std::string& path, const std::string& scalePath, unsigned dimension = 0) {
        m_writer.attachScale(path, scalePath, dimension);
    }
    template <class Value>  // a text, a double or an int64
    void attribute(const std::string& object, const std::string& name, const Value& value) {
        m_attributes.emplace(object, name);
        m_writer.attribute(object, name, value);
    }
    bool hasAttribute(const std::string& object, const std::string& name) const {
        return m_attributes.contains({object, name});
    }

    // Closes the file and hands out its bytes. Call once, last. Errors: E-EXPORT-003 with what failed, E-EXPORT-009 and
    // 010 there is no module that writes HDF5. Throws std::bad_alloc.
    Result<std::vector<std::byte>> finish();

private:
    void writeColumn(const std::string& path, std::int32_t type, const void* values, std::size_t count);
    void writeMatrix(const std::string& path, std::int32_t type, const void* values, std::size_t count,
                     std::int64_t columns);

    Hdf5Writer m_writer;
    std::set<std::pair<std::string, std::string>> m_attributes;  // (object, name)
};

}  // namespace dlrm
