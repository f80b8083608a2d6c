// SPDX-License-Identifier: Apache-2.0
#include "core/formats/parquet.h"

#include <fmt/format.h>

#include "core/formats/loaded_module.h"
#include "core/formats/parquet_abi.h"

namespace dlrm {
namespace {

// A refused file with fewer rows than this is not worth refusing early.
constexpr std::int64_t kFewRows = 65'536;

Error unreadable(const RandomAccessFile& file) {
    return Error("E-PARQUET-003", "The Parquet file cannot be read.")
        .inFile(file.path())
        .withRemedy(
            "Copy the file again, or write it again with Spark or pyarrow: flat, without nested columns and nulls.");
}

Result<const dlrm_parquet_module*> parquetModule() {
    static constexpr ModuleFile kFile{
        "dlrm_parquet.so",
        DLRM_PARQUET_SYMBOL,
        "E-PARQUET-001",
        "The module that reads Parquet is not there.",
        "E-PARQUET-002",
        "The module that reads Parquet cannot be loaded.",
        "Install the program again, if it had the module; where it was built without Apache "
        "Arrow, run packaging/install-dependencies.sh, which gets Apache Arrow, and build again; or export the "
        "dictionary as TSV: "
        "cat_0.tsv, cat_1.tsv, … with lines hex<TAB>id<TAB>count."};
    return loadModule<dlrm_parquet_module>(kFile, DLRM_PARQUET_ABI);
}

Failure refused(const RandomAccessFile& file, const dlrm_parquet_error& error) {
    return fail(unreadable(file)
                    .inField(error.column)
                    .atRow(error.row)
                    .butExpected(error.expected[0] ? error.expected : "a readable, flat Parquet file")
                    .butFound(error.found));
}

Result<std::span<const std::byte>> mapped(const RandomAccessFile& file) {
    if (file.size() < 12)
        return fail(unreadable(file)
                        .butExpected("a Parquet file of at least 12 bytes")
                        .butFound(fmt::format("{} bytes", file.size())));
    return file.map(Access::Sequential);
}

// What reading passes through the C contract.
struct Visitor {
    std::span<const ParquetColumn> columns;
    const ParquetVisit& visit;
    std::vector<ParquetValues> values;
    Result<void> outcome;
};

std::int32_t visitRows(void* context, std::int64_t firstRow, std::int64_t rows, const dlrm_parquet_values* columns) {
    auto& visitor = *static_cast<Visitor*>(context);
    const auto n = static_cast<std::size_t>(rows);
    for (std::size_t c = 0; c < visitor.columns.size(); ++c) {
        ParquetValues& values = visitor.values[c];
        values = {};
        if (!columns[c].present) continue;
        if (visitor.columns[c].kind == ParquetKind::Integer) {
            values.integers = {columns[c].integers, n};
        } else {
            values.textEnds = {columns[c].text_ends, n};
            values.texts = {columns[c].text, n > 0 ? columns[c].text_ends[n - 1] : 0};
        }
    }
    visitor.outcome = visitor.visit(firstRow, rows, visitor.values);
    return visitor.outcome ? 0 : 1;
}

}  // namespace

Result<void> parquetAvailable() {
    DLRM_TRY(parquetModule());
    return {};
}

Result<std::int64_t> parquetRows(const RandomAccessFile& file) {
    DLRM_TRY(auto loaded, parquetModule());
    DLRM_TRY(auto bytes, mapped(file));
    std::int64_t rows = 0;
    dlrm_parquet_error error{};
    if (loaded->count_rows(reinterpret_cast<const std::uint8_t*>(bytes.data()), file.size(), &rows, &error) !=
        DLRM_PARQUET_OK)
        return refused(file, error);
    if (rows > kFewRows && rows > file.size())
        return fail(Error("E-PARQUET-004", "The Parquet file declares more rows than it can hold.")
                        .inFile(file.path())
                        .butExpected(fmt::format("at most {} rows in {} bytes", file.size(), file.size()))
                        .butFound(fmt::format("{}", rows))
                        .withRemedy("The file is damaged or made to harm: copy the dictionary again."));
    return rows;
}

Result<void> readParquet(const RandomAccessFile& file, std::span<const ParquetColumn> columns,
                         const ParquetVisit& visit) {
    DLRM_TRY(parquetRows(file));
    DLRM_TRY(auto loaded, parquetModule());
    DLRM_TRY(auto bytes, mapped(file));
    std::vector<dlrm_parquet_column> wanted;
    for (const ParquetColumn& column : columns)
        wanted.push_back({column.name, column.kind == ParquetKind::Text ? DLRM_PARQUET_TEXT : DLRM_PARQUET_INTEGER,
                          column.required ? 1 : 0});
    Visitor visitor{columns, visit, std::vector<ParquetValues>(columns.size()), {}};
    dlrm_parquet_error error{};
    const std::int32_t outcome =
        loaded->read(reinterpret_cast<const std::uint8_t*>(bytes.data()), file.size(), wanted.data(),
                     static_cast<std::int32_t>(wanted.size()), visitRows, &visitor, &error);
    if (outcome == DLRM_PARQUET_STOPPED) return std::move(visitor.outcome);
    // A file that changed under the mapping explains any other error.
    DLRM_TRY(file.checkUnchanged());
    if (outcome != DLRM_PARQUET_OK) return refused(file, error);
    return {};
}

}  // namespace dlrm
