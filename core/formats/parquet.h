// SPDX-License-Identifier: Apache-2.0
// Columns of flat Parquet files, through dlrm_parquet.so, which is loaded when the first Parquet file is opened.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "core/base/random_access_file.h"
#include "core/base/result.h"

namespace dlrm {

enum class ParquetKind { Text, Integer };

struct ParquetColumn {
    const char* name = nullptr;
    ParquetKind kind = ParquetKind::Text;
    bool required = true;
};

// Values of one column in some rows; empty when the file has no such column. text(i) and integers[i] belong to row
// firstRow + i.
struct ParquetValues {
    std::string_view texts;
    std::span<const std::uint32_t> textEnds;
    std::span<const std::int64_t> integers;
    std::string_view text(std::size_t i) const {
        const std::uint32_t begin = i == 0 ? 0 : textEnds[i - 1];
        return texts.substr(begin, textEnds[i] - begin);
    }
};

using ParquetVisit =
    std::function<Result<void>(std::int64_t firstRow, std::int64_t rows, std::span<const ParquetValues> columns)>;

// Whether this program can read Parquet. Errors: E-PARQUET-001 there is no module beside it: it was built without, or
// the module is lost; E-PARQUET-002 the module beside it cannot be loaded.
Result<void> parquetAvailable();

// Rows that the footer declares. Errors: those of parquetAvailable(), E-FILE-…, E-PARQUET-003 the file is refused,
// E-PARQUET-004 more rows than its bytes can hold (a row of a dictionary takes more than one byte in any encoding).
Result<std::int64_t> parquetRows(const RandomAccessFile& file);

// Calls `visit` for all rows in order, at most 4,096 at a time, until it fails. Errors: the visitor's, those of
// parquetRows().
Result<void> readParquet(const RandomAccessFile& file, std::span<const ParquetColumn> columns,
                         const ParquetVisit& visit);

}  // namespace dlrm
