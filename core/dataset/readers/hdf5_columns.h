// SPDX-License-Identifier: Apache-2.0
// Numbers of an HDF5 dataset row by row: one matrix, or one column after the other. Private to core/dataset.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/dataset/dataset.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/formats/hdf5_file.h"

namespace dlrm {

class Hdf5Columns {
public:
    // `sources`: one dataset of two dimensions, or datasets of one dimension and equal length, one per column.
    // Texts are 8 hex digits each, or empty, and become ids of `dictionary`'s features, which must then be given.
    // Column k is then feature k. Packed values are unpacked once. Errors: E-HDATA-001 other shapes or types, 003 texts
    // without dictionary, 002 a text that is no value; E-HDF5-….
    static Result<Hdf5Columns> open(const Hdf5File& file, std::span<const Hdf5Object* const> sources,
                                    const Dictionary* dictionary, const Job& job);

    std::int64_t rows() const { return m_rows; }
    std::int64_t columns() const { return m_columns; }
    bool areIntegers() const { return m_integers; }  // each is of an integer type
    // Of the texts, in all rows; nothing where the file holds none.
    const std::optional<UnknownValues>& unknownValues() const { return m_unknown; }
    const std::string& pathOf(std::int64_t column) const;

    // Values (count, columns) row by row from row `first` on, in double: exact for every type but 64-bit integers over
    // 2^53, which come as NaN. Any thread.
    Result<void> read(std::int64_t first, std::int64_t count, std::vector<double>& out) const;

private:
    struct Source {
        std::string path;
        Hdf5Values values;
        Hdf5Type type;
        std::int64_t width = 1;
    };
    std::vector<Source> m_sources;
    std::int64_t m_rows = 0, m_columns = 0;
    bool m_integers = true;
    std::optional<UnknownValues> m_unknown;
};

}  // namespace dlrm
