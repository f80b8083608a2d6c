// SPDX-License-Identifier: Apache-2.0
// dlrm_parquet.so: reads columns of flat Parquet files with Apache Arrow, behind the C contract of parquet_abi.h.
#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/memory_pool.h>
#include <arrow/util/config.h>
#include <parquet/column_reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/schema.h>

#include "core/formats/parquet_abi.h"

namespace {

constexpr std::int64_t kRowsAtATime = 4096;
constexpr std::int64_t kMostTextBytes = 4096;        // of one value
constexpr std::int64_t kMostMemory = 48LL << 20;     // a damaged page may claim any size
constexpr std::int32_t kMostThriftBytes = 16 << 20;  // of one text in the metadata
constexpr std::int32_t kMostThriftItems = 100'000;   // of one list in the metadata

// A refusal of our own; what Arrow throws is reported in its words.
struct Refusal {
    std::string expected, found, column;
    std::int64_t row = -1;
};

void copyText(char* to, std::size_t size, const std::string& from) {
    const std::size_t n = std::min(size - 1, from.size());
    std::memcpy(to, from.data(), n);
    to[n] = '\0';
}

std::unique_ptr<parquet::ParquetFileReader> openReader(const std::uint8_t* bytes, std::int64_t size,
                                                       arrow::MemoryPool* pool) {
    parquet::ReaderProperties properties(pool);
    properties.set_page_checksum_verification(true);
    properties.set_thrift_string_size_limit(kMostThriftBytes);
    properties.set_thrift_container_size_limit(kMostThriftItems);
    auto source = std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(bytes, size));
    auto reader = parquet::ParquetFileReader::Open(source, properties);
    std::int64_t rows = 0;
    for (int g = 0; g < reader->metadata()->num_row_groups(); ++g) {
        const std::int64_t own = reader->metadata()->RowGroup(g)->num_rows();
        if (own < 0 || own > INT64_MAX - rows)
            throw Refusal{"row groups of 0 rows or more", std::to_string(own) + " rows", {}};
        rows += own;
    }
    if (rows != reader->metadata()->num_rows())
        throw Refusal{std::to_string(reader->metadata()->num_rows()) + " rows in the row groups together",
                      std::to_string(rows),
                      {}};
    return reader;
}

// One column of a row group, read in step with the others.
class Column {
public:
    Column(const dlrm_parquet_column& wanted, const parquet::SchemaDescriptor& schema) : m_wanted(wanted) {
        for (int c = 0; c < schema.num_columns(); ++c)
            if (schema.Column(c)->path()->ToDotString() == wanted.name) m_index = c;
        if (m_index < 0) {
            if (wanted.required) throw Refusal{"a column with this name", columnNames(schema), wanted.name};
            return;
        }
        const parquet::ColumnDescriptor& column = *schema.Column(m_index);
        m_type = column.physical_type();
        const bool fits = wanted.kind == DLRM_PARQUET_TEXT
                              ? m_type == parquet::Type::BYTE_ARRAY
                              : m_type == parquet::Type::INT32 || m_type == parquet::Type::INT64;
        if (!fits)
            throw Refusal{wanted.kind == DLRM_PARQUET_TEXT ? "texts (BYTE_ARRAY)" : "integers (INT32 or INT64)",
                          parquet::TypeToString(m_type), wanted.name};
        if (column.max_repetition_level() != 0 || column.max_definition_level() > 1)
            throw Refusal{"one value a row, not nested", "a nested or repeated column", wanted.name};
    }

    bool present() const { return m_index >= 0; }
    void start(parquet::RowGroupReader& group) { m_reader = group.Column(m_index); }

    void read(std::int64_t firstRow, std::int64_t rows) {
        m_text.clear();
        m_ends.clear();
        m_integers.resize(static_cast<std::size_t>(rows));
        for (std::int64_t done = 0; done < rows;) {
            const std::int64_t got =
                m_type == parquet::Type::BYTE_ARRAY ? readTexts(firstRow + done, rows - done)
                : m_type == parquet::Type::INT32
                    ? readIntegers<parquet::Int32Reader, std::int32_t>(firstRow + done, done, rows - done)
                    : readIntegers<parquet::Int64Reader, std::int64_t>(firstRow + done, done, rows - done);
            if (got == 0)
                throw Refusal{std::to_string(firstRow + rows) + " rows as the footer says",
                              std::to_string(firstRow + done), m_wanted.name, firstRow + done};
            done += got;
        }
    }
    // Error when more values follow than the row group has rows.
    void finish(std::int64_t row) {
        if (m_reader->HasNext()) throw Refusal{"as many values as the footer says", "more", m_wanted.name, row};
    }

    dlrm_parquet_values values() const { return {m_text.data(), m_ends.data(), m_integers.data(), present() ? 1 : 0}; }

private:
    static std::string columnNames(const parquet::SchemaDescriptor& schema) {
        std::string names;
        for (int c = 0; c < std::min(schema.num_columns(), 5); ++c)
            names += (c ? ", " : "") + schema.Column(c)->path()->ToDotString();
        return names.empty() ? "no columns" : names;
    }
    template <class Reader, class T>
    std::int64_t next(std::vector<T>& values, std::int64_t firstRow, std::int64_t rows) {
        values.resize(static_cast<std::size_t>(rows));
        m_levels.resize(static_cast<std::size_t>(rows));
        std::int64_t valuesRead = 0;
        const std::int64_t got =
            static_cast<Reader&>(*m_reader).ReadBatch(rows, m_levels.data(), nullptr, values.data(), &valuesRead);
        if (valuesRead != got)
            throw Refusal{"a value in every row", "a row without a value (null)", m_wanted.name, firstRow};
        return got;
    }
    std::int64_t readTexts(std::int64_t firstRow, std::int64_t rows) {
        const std::int64_t got = next<parquet::ByteArrayReader>(m_texts, firstRow, rows);
        for (std::int64_t i = 0; i < got; ++i) {
            const parquet::ByteArray& text = m_texts[static_cast<std::size_t>(i)];
            if (text.len > kMostTextBytes)
                throw Refusal{"texts of at most " + std::to_string(kMostTextBytes) + " bytes", std::to_string(text.len),
                              m_wanted.name, firstRow + i};
            m_text.append(reinterpret_cast<const char*>(text.ptr), text.len);
            m_ends.push_back(static_cast<std::uint32_t>(m_text.size()));
        }
        return got;
    }
    template <class Reader, class T>
    std::int64_t readIntegers(std::int64_t firstRow, std::int64_t at, std::int64_t rows) {
        thread_local std::vector<T> values;
        const std::int64_t got = next<Reader>(values, firstRow, rows);
        std::copy_n(values.begin(), got, m_integers.begin() + at);
        return got;
    }

    const dlrm_parquet_column& m_wanted;
    int m_index = -1;
    parquet::Type::type m_type = parquet::Type::BYTE_ARRAY;
    std::shared_ptr<parquet::ColumnReader> m_reader;
    std::vector<parquet::ByteArray> m_texts;
    std::vector<std::int16_t> m_levels;
    std::string m_text;
    std::vector<std::uint32_t> m_ends;
    std::vector<std::int64_t> m_integers;
};

// Runs `work` and turns what it throws into an error.
template <class Work>
std::int32_t guarded(dlrm_parquet_error* error, const Work& work) {
    *error = {};
    error->row = -1;
    try {
        return work();
    } catch (const Refusal& refusal) {
        copyText(error->expected, sizeof error->expected, refusal.expected);
        copyText(error->found, sizeof error->found, refusal.found);
        copyText(error->column, sizeof error->column, refusal.column);
        error->row = refusal.row;
    } catch (const std::bad_alloc&) {
        copyText(error->found, sizeof error->found, "not enough memory");
    } catch (const std::exception& e) {
        copyText(error->found, sizeof error->found, e.what());
    }
    return DLRM_PARQUET_FAILED;
}

std::int32_t countRows(const std::uint8_t* bytes, std::int64_t size, std::int64_t* rows, dlrm_parquet_error* error) {
    return guarded(error, [&]() -> std::int32_t {
        arrow::CappedMemoryPool pool(arrow::system_memory_pool(), kMostMemory);
        *rows = openReader(bytes, size, &pool)->metadata()->num_rows();
        return DLRM_PARQUET_OK;
    });
}

std::int32_t readColumns(const std::uint8_t* bytes, std::int64_t size, const dlrm_parquet_column* wanted,
                         std::int32_t count, dlrm_parquet_visit visit, void* context, dlrm_parquet_error* error) {
    return guarded(error, [&]() -> std::int32_t {
        arrow::CappedMemoryPool pool(arrow::system_memory_pool(), kMostMemory);
        auto reader = openReader(bytes, size, &pool);
        std::vector<Column> columns;
        for (std::int32_t c = 0; c < count; ++c) columns.emplace_back(wanted[c], *reader->metadata()->schema());
        std::vector<dlrm_parquet_values> values(columns.size());
        std::int64_t row = 0;
        for (int g = 0; g < reader->metadata()->num_row_groups(); ++g) {
            const auto group = reader->RowGroup(g);
            for (Column& column : columns)
                if (column.present()) column.start(*group);
            const std::int64_t end = row + group->metadata()->num_rows();
            while (row < end) {
                const std::int64_t rows = std::min(kRowsAtATime, end - row);
                for (std::size_t c = 0; c < columns.size(); ++c) {
                    if (columns[c].present()) columns[c].read(row, rows);
                    values[c] = columns[c].values();
                }
                if (visit(context, row, rows, values.data()) != 0) return DLRM_PARQUET_STOPPED;
                row += rows;
            }
            for (Column& column : columns)
                if (column.present()) column.finish(row);
        }
        return DLRM_PARQUET_OK;
    });
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const dlrm_parquet_module* dlrm_parquet_module_entry(void) {
    static const dlrm_parquet_module module{DLRM_PARQUET_ABI, "Apache Arrow " ARROW_VERSION_STRING, countRows,
                                            readColumns};
    return &module;
}
