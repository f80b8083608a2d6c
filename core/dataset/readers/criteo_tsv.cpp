// SPDX-License-Identifier: Apache-2.0
// Raw Criteo rows: label, numbers and hexadecimal categories between tabs, transformed while they are read.
#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <limits>
#include <mutex>
#include <new>
#include <span>
#include <thread>

#include <fmt/format.h>

#include "core/base/extension.h"
#include "core/dataset/criteo_tokens.h"
#include "core/dataset/dictionary/hex_table.h"
#include "core/dataset/named_fields.h"
#include "core/dataset/preprocessing.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/dataset/readers/line_index.h"
#include "core/dataset/readers/parallel_blocks.h"
#include "core/dataset/readers/readers.h"
#include "core/formats/piped_file.h"
#include "core/formats/unpack.h"

namespace dlrm {

namespace {

constexpr std::int64_t kCriteoNumericals = 13;
constexpr std::int64_t kCriteoCategoricals = 26;
// Rows parsed before their categories are looked up together.
constexpr std::int64_t kLookupRows = 128;
constexpr std::int64_t kSlotsAhead = 16;

class CriteoTsv final : public FileDataset {
public:
    static Result<DatasetPtr> open(const DatasetSource& source, const DatasetOptions& options, const Job& job);

    std::int64_t rows() const override { return m_index.lines(); }
    bool hasLabels() const override { return m_labelled; }
    std::string format() const override { return "criteo_tsv"; }
    bool holdsRawCategories() const override { return true; }
    std::optional<UnknownValues> unknownValues() const override { return m_unknown; }
    Result<void> readRawNumbers(std::int64_t first, std::int64_t count, std::vector<double>& out,
                                std::stop_token stop) const override;

    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override;
    Result<std::optional<RawRow>> rawRow(std::int64_t row) const override;

private:
    // Category values of kLookupRows rows, feature by feature.
    struct Values {
        struct NamedRow {
            std::int64_t table = 0, row = 0;
            std::int32_t id = 0;
        };
        std::vector<std::uint32_t> hex;
        std::vector<std::uint8_t> present;
        std::vector<NamedRow> named;  // not looked up
        void resize(std::int64_t categoricals) {
            hex.resize(static_cast<std::size_t>(categoricals * kLookupRows));
            present.resize(static_cast<std::size_t>(categoricals * kLookupRows));
        }
    };

    // Calls run(from, to) for the rows of every group of the index, so that only the first one has lines to skip.
    template <class Run>
    Result<void> forEachGroup(std::int64_t first, std::int64_t count, const std::stop_token& stop,
                              const Run& run) const {
        if (stop.stop_requested()) return cancelled();
        if (count == 0) return {};
        constexpr std::int64_t kLines = LineIndex::kGroupLines;
        auto ok = forEachBlock(first / kLines, (first + count - 1) / kLines, stop, [&](std::int64_t group) {
            return run(std::max(first, group * kLines), std::min(first + count, (group + 1) * kLines));
        });
        // A file that changed under the mapping explains any other error.
        DLRM_TRY(checkUnchanged());
        return ok;
    }
    Result<void> readLines(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const;
    const char* parsePlainRow(const char* p, std::int64_t row, std::int64_t slot, Batch& out, Values& values) const;
    template <class SetNumber>
    const char* parsePlainFields(const char* p, std::uint8_t& label, std::int64_t slot, Values& values,
                                 const SetNumber& setNumber) const;
    Result<const char*> parseAnyRow(const char* p, std::int64_t firstRow, std::int64_t row, std::int64_t slot,
                                    Batch& out, Values& values) const;
    Result<void> takeNamed(const CriteoLine& line, std::int64_t firstRow, std::int64_t row, Batch& out,
                           Values& values) const;
    void lookUp(std::int64_t row, std::int64_t count, const Values& values, Batch& out) const;
    Result<CriteoLine> parseLine(std::int64_t offset, std::int64_t end, std::int64_t row) const;
    Result<void> countUnknownValues(const std::stop_token& stop);
    Result<std::string> countOddNumbers(const Job& job) const;

    LineIndex m_index;
    bool m_labelled = false;
    TextNumbers m_textNumbers = TextNumbers::Strict;
    NamedFields m_namedFields = NamedFields::Refuse;
    bool m_refusesValues = false;          // there is no dictionary, and all categories are named
    std::vector<std::int64_t> m_hashRows;  // rows of each table where ids are hashes, else empty
    std::int64_t m_numericals = 0, m_categoricals = 0;
    std::int64_t m_longestPlainRow = 0;  // bytes that parsePlainRow() may look at
    std::optional<UnknownValues> m_unknown;
};

Error valueWithoutDictionary(const std::string& path) {
    return Error("E-DICT-001", "Raw category values cannot be turned into ids without the dictionary of the training.")
        .inFile(path)
        .butExpected("a directory with cat_0.tsv, cat_1.tsv, … or Spark's 14.parquet, 15.parquet, …")
        .butFound("no dictionary")
        .withRemedy(
            "Name it with --dictionary DIR, or choose --missing-dictionary row0 (every category is "
            "missing) or hash (the value modulo "
            "the table's rows).");
}

Error inTsv(Error error, const std::string& path, std::int64_t offset) {
    error.file = path;
    if (error.offset < 0) error.offset = offset;
    return error;
}

// The file itself, what comes through a pipe, or an unpacked copy of a .gz or .zst file.
Result<std::shared_ptr<RandomAccessFile>> openUnpacked(const std::string& path, const Job& job) {
    DLRM_TRY(auto file, openPiped(path, job));
    std::array<std::byte, 4> head{};
    if (file->size() < std::ssize(head)) return file;
    DLRM_TRY(file->read(0, head));
    const auto packing = packingOf(head);
    if (!packing) return file;
    return unpack(*file, {*packing, 0, file->size(), {}, {}, {}}, job);
}

Result<DatasetPtr> CriteoTsv::open(const DatasetSource& source, const DatasetOptions& options, const Job& job) {
    auto dataset = std::make_shared<CriteoTsv>();
    dataset->m_path = source.path == "-" ? "standard input" : source.path;
    const bool modelKnown = !options.tableRows.empty();
    dataset->m_numericals = modelKnown && options.numericals > 0 ? options.numericals : kCriteoNumericals;
    dataset->m_categoricals = modelKnown ? static_cast<std::int64_t>(options.tableRows.size()) : kCriteoCategoricals;
    if (!modelKnown && source.dictionary)
        dataset->m_categoricals = static_cast<std::int64_t>(source.dictionary->features());
    dataset->m_longestPlainRow = 2 + 12 * dataset->m_numericals + 9 * dataset->m_categoricals + 16;

    // A dictionary's ids are those of NVIDIA's preprocessing.
    static constexpr std::string_view kFitting[] = {"nvidia_spark", "facebookresearch"};
    DLRM_TRY(const auto profile, profileForRawRows(options.profile, kFitting[0],
                                                   std::span(kFitting).first(source.dictionary ? 1 : 2), source.path));

    dataset->transformBy(*profile);
    DLRM_TRY(auto file, openUnpacked(source.path, job));
    dataset->m_files = {file};  // of a packed file: its unpacked copy
    if (file->size() == 0)
        return fail(Error("E-TSV-010", "The file is empty.")
                        .inFile(source.path)
                        .butExpected("at least one row")
                        .butFound("0 bytes")
                        .withRemedy("Give a file with tab-separated Criteo rows, or a feature_spec.yaml."));
    // The first line decides about labels and tells at once when this is another kind of file.
    std::string head(static_cast<std::size_t>(std::min(file->size(), kMaxCriteoLineBytes + 1)), '\0');
    DLRM_TRY(file->read(0, std::as_writable_bytes(std::span(head))));
    const std::size_t mark = head.starts_with("\xef\xbb\xbf") ? 3 : 0;
    auto firstLine = parseCriteoLine(
        std::string_view(head).substr(mark, head.find('\n') - mark), static_cast<std::size_t>(dataset->m_numericals),
        static_cast<std::size_t>(dataset->m_categoricals), 0, options.textNumbers, options.namedFields);
    if (!firstLine) return fail(inTsv(std::move(firstLine.error()), source.path, 0));
    dataset->m_labelled = firstLine->label.has_value();

    if (!source.dictionary && options.missingDictionary == MissingDictionary::Refuse) {
        const auto holdsAny = [](const std::vector<std::string>& fields) {
            return std::any_of(fields.begin(), fields.end(), [](const std::string& f) { return !f.empty(); });
        };
        if (holdsAny(firstLine->raw.categorical) || !holdsAny(firstLine->rows))
            return fail(valueWithoutDictionary(source.path));
        dataset->m_refusesValues = true;
    }
    if (!source.dictionary && options.missingDictionary == MissingDictionary::Hash) {
        if (options.tableRows.empty())
            return fail(Error("E-DICT-016", "Categories cannot be hashed without the model's tables.")
                            .inFile(source.path)
                            .butExpected("the rows of every table")
                            .butFound("no opened model that tells which table is which feature")
                            .withRemedy("Open the checkpoint first; for layout A give --table-order."));
        dataset->m_hashRows = options.tableRows;
    }

    DLRM_TRY(dataset->m_index, LineIndex::scan(std::move(file), kMaxCriteoLineBytes, "E-TSV-006", job));
    dataset->m_textNumbers = options.textNumbers;
    dataset->m_namedFields = options.namedFields;

    dataset->nameColumns(dataset->m_numericals, dataset->m_categoricals, dataset->m_labelled ? "label" : "");
    if (source.dictionary) {
        DLRM_TRY(dataset->useDictionary(source.dictionary));
    } else {
        dataset->m_notes.push_back(dataset->m_refusesValues
                                       ? "No dictionary: the rows name their categories as rows of the tables."
                                   : dataset->m_hashRows.empty()
                                       ? "No dictionary: every category is taken as row 0 (missing)."
                                       : "No dictionary: an id is the hexadecimal value modulo the table's rows, which "
                                         "means something only to a model trained like that.");
    }
    dataset->m_notes.emplace_back(profile->numbers);
    if (!dataset->m_labelled) dataset->m_notes.push_back("The rows have no labels.");
    if (options.textNumbers == TextNumbers::Lenient) {
        DLRM_TRY(auto note, dataset->countOddNumbers(job));
        dataset->m_notes.push_back(std::move(note));
    }
    if (dataset->m_dictionary) DLRM_TRY(dataset->countUnknownValues(job.stop));
    return DatasetPtr(std::move(dataset));
}

// In the first rows, with a note. Damaged rows are left to whoever reads them.
Result<void> CriteoTsv::countUnknownValues(const std::stop_token& stop) {
    UnknownValues& out = m_unknown.emplace();
    out.rows = std::min(rows(), kRowsLookedUp);
    out.allRows = out.rows == rows();
    for (std::int64_t row = 0, offset = m_index.offsetOf(0); row < out.rows; ++row) {
        if (stop.stop_requested()) return cancelled();
        const std::int64_t end = m_index.endOfLine(offset);
        const auto line = parseLine(offset, end, row);
        offset = end + 1;
        if (!line) continue;
        for (std::size_t t = 0; t < line->raw.categorical.size(); ++t) {
            const std::string& text = line->raw.categorical[t];
            if (const auto hex = parseHexCategory(text))
                out.add(t, m_schema.categoricalNames[t], text, row, m_dictionary->id(t, *hex) != 0);
        }
    }
    if (std::string note = out.sentence(); !note.empty())
        m_notes.insert(out.most() ? m_notes.begin() : m_notes.end(), std::move(note));
    return {};
}

// A row in the usual form: numbers of at most 9 digits, 8 hexadecimal digits, no quotes, the right number of fields, at
// its end a line feed or carriage return and line feed. Returns where the next row starts, or nullptr when anything is
// unusual. Looks at no more than m_longestPlainRow bytes. setNumber(k, x) is called for each number, with nullptr for x
// where it is missing.
template <class SetNumber>
const char* CriteoTsv::parsePlainFields(const char* p, std::uint8_t& label, std::int64_t slot, Values& values,
                                        const SetNumber& setNumber) const {
    if (m_labelled) {
        label = static_cast<std::uint8_t>(*p - '0');
        if (label > 1 || p[1] != '\t') return nullptr;
        p += 2;
    }
    for (std::int64_t k = 0; k < m_numericals; ++k) {
        if (*p == '\t') {
            setNumber(k, nullptr);
            ++p;
            continue;
        }
        const bool negative = *p == '-';
        p += negative ? 1 : 0;
        auto digit = static_cast<std::uint32_t>(*p - '0');
        if (digit > 9) return nullptr;
        std::uint32_t magnitude = 0;  // wraps at the tenth digit, which is refused
        const char* const tooFar = p + 10;
        do {
            magnitude = magnitude * 10 + digit;
            if (++p == tooFar) return nullptr;
            digit = static_cast<std::uint32_t>(*p - '0');
        } while (digit <= 9);
        if (*p++ != '\t') return nullptr;
        const std::int32_t x = negative ? -static_cast<std::int32_t>(magnitude) : static_cast<std::int32_t>(magnitude);
        setNumber(k, &x);
    }
    std::uint32_t* hex = values.hex.data() + slot;
    std::uint8_t* present = values.present.data() + slot;
    for (std::int64_t t = 0; t < m_categoricals; ++t, hex += kLookupRows, present += kLookupRows) {
        const bool last = t + 1 == m_categoricals;
        *hex = 0;
        *present = *p > '\r';  // else a tab, an end of line, or something that is no separator
        if (*present) {
            if (!parseHex8(p, *hex)) return nullptr;
            p += 8;
        }
        if (last && *p == '\r') ++p;
        if (*p++ != (last ? '\n' : '\t')) return nullptr;
    }
    return p;
}

// The same into a row of `out`, with the logarithms of nvidia_spark.
const char* CriteoTsv::parsePlainRow(const char* p, std::int64_t row, std::int64_t slot, Batch& out,
                                     Values& values) const {
    const auto& logs = logTable();
    float* const numerical = out.numerical.data() + row * m_numericals;
    std::uint8_t label = 0;
    const char* const next = parsePlainFields(p, label, slot, values, [&](std::int64_t k, const std::int32_t* x) {
        const auto shifted = x ? static_cast<std::uint32_t>(*x + 3) : 0;
        if (!x) numerical[k] = 0.0f;
        else if (shifted < static_cast<std::uint32_t>(kLogTableSize)) numerical[k] = logs[shifted];
        else numerical[k] = nvidiaSparkNumericalOf(*x);
    });
    if (m_labelled && next) out.labels[static_cast<std::size_t>(row)] = label;
    return next;
}

Result<CriteoLine> CriteoTsv::parseLine(std::int64_t offset, std::int64_t end, std::int64_t row) const {
    const std::string_view text =
        m_index.text().substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(end - offset));
    auto line = parseCriteoLine(text, static_cast<std::size_t>(m_numericals), static_cast<std::size_t>(m_categoricals),
                                row, m_textNumbers, m_namedFields);
    if (line && line->label.has_value() == m_labelled) return line;
    const std::int64_t fields = m_numericals + m_categoricals;
    // As many as a row of the other kind has: then each field was taken for the one before or after it.
    const bool shifted = std::count(text.begin(), text.end(), '\t') + 1 == fields + (m_labelled ? 0 : 1);
    if (!line && !shifted) return fail(inTsv(std::move(line.error()), m_path, offset));
    return fail(
        Error("E-TSV-002", "A row has a label where the first row has none, or none where the first has one.")
            .inFile(m_path)
            .atOffset(offset)
            .atRow(row)
            .butExpected(fmt::format("{} fields as in row 0", fields + (m_labelled ? 1 : 0)))
            .butFound(fmt::format("{}", fields + (m_labelled ? 0 : 1)))
            .withRemedy("Repair or remove the row: it lacks a field or has one too many. Labels must be in every row "
                        "or in none."));
}

// How many numbers of the file are taken for missing though something stands there. Damaged rows are left to whoever
// reads them.
Result<std::string> CriteoTsv::countOddNumbers(const Job& job) const {
    std::atomic<std::int64_t> odd = 0, numbers = 0, rowsDone = 0;
    std::mutex mutex;  // guards firstRow and first
    std::int64_t firstRow = rows();
    std::string first;
    const char* const textEnd = m_index.text().data() + m_index.text().size();
    const auto countRow = [&](std::int64_t row, std::int64_t offset, std::int64_t end) {
        const auto line = parseLine(offset, end, row);
        if (!line) return;
        numbers += m_numericals;
        bool found = false;
        for (std::size_t k = 0; k < line->raw.numerical.size(); ++k) {
            const std::string& text = line->raw.numerical[k];
            if (text.empty() || parseSparkInt(text)) continue;
            ++odd;
            const std::lock_guard lock(mutex);
            if (found || row > firstRow) continue;
            found = true;
            firstRow = row;
            first = fmt::format("; the first is \"{}\", row {}, {}", text, row, m_schema.numericalNames[k]);
        }
    };
    const auto caller = std::this_thread::get_id();
    DLRM_TRY(forEachGroup(0, rows(), job.stop, [&](std::int64_t begin, std::int64_t end) -> Result<void> {
        Batch unused;
        unused.resize(1, m_numericals, m_categoricals, m_labelled);
        Values values;
        values.resize(m_categoricals);
        std::int64_t plain = 0;
        for (std::int64_t row = begin, offset = m_index.offsetOf(begin); row < end; ++row) {
            const char* const p = m_index.text().data() + offset;
            if (const char* next =
                    textEnd - p >= m_longestPlainRow ? parsePlainRow(p, 0, 0, unused, values) : nullptr) {
                ++plain;  // its numbers are whole
                offset = next - m_index.text().data();
                continue;
            }
            const std::int64_t lineEnd = m_index.endOfLine(offset);
            countRow(row, offset, lineEnd);
            offset = lineEnd + 1;
        }
        numbers += plain * m_numericals;
        const std::int64_t done = rowsDone += end - begin;
        if (std::this_thread::get_id() == caller) job.report({"looking at the numbers", done, rows(), "rows"});
        return {};
    }));
    return fmt::format("{} of {} {} of 32 bits and {} as missing{}.", odd.load(),
                       numbers.load() == 1 ? "1 number" : fmt::format("{} numbers", numbers.load()),
                       odd.load() == 1 ? "is no whole number" : "are no whole numbers",
                       odd.load() == 1 ? "counts" : "count", first);
}

// Any row: what parsePlainRow() does not take, with its error when it is damaged.
Result<const char*> CriteoTsv::parseAnyRow(const char* p, std::int64_t firstRow, std::int64_t row, std::int64_t slot,
                                           Batch& out, Values& values) const {
    const std::int64_t offset = p - m_index.text().data();
    const std::int64_t end = m_index.endOfLine(offset);
    DLRM_TRY(auto line, parseLine(offset, end, firstRow + row));
    if (m_labelled) out.labels[static_cast<std::size_t>(row)] = static_cast<std::uint8_t>(*line.label);
    for (std::int64_t k = 0; k < m_numericals; ++k)
        out.numerical[static_cast<std::size_t>(row * m_numericals + k)] =
            transformed(*m_raw, parseSparkInt(line.raw.numerical[static_cast<std::size_t>(k)]));
    for (std::int64_t t = 0; t < m_categoricals; ++t) {
        const auto hex = parseHexCategory(line.raw.categorical[static_cast<std::size_t>(t)]);
        if (hex && m_refusesValues) return fail(valueWithoutDictionary(m_path).atRow(firstRow + row));
        const auto at = static_cast<std::size_t>(t * kLookupRows + slot);
        values.hex[at] = hex.value_or(0);
        values.present[at] = hex ? 1 : 0;
    }
    if (m_namedFields == NamedFields::Take) DLRM_TRY(takeNamed(line, firstRow, row, out, values));
    return m_index.text().data() + std::min(end + 1, static_cast<std::int64_t>(m_index.text().size()));
}

// What the fields name: numbers into `out`, rows of tables into `values`.
Result<void> CriteoTsv::takeNamed(const CriteoLine& line, std::int64_t firstRow, std::int64_t row, Batch& out,
                                  Values& values) const {
    const auto wrong = [&](const std::string& field, const char* expected, const std::string& found) {
        return fail(Error("E-TSV-012", "A field names nothing that can be fed.")
                        .inFile(m_path)
                        .atRow(firstRow + row)
                        .inField(field)
                        .butExpected(expected)
                        .butFound(found)
                        .withRemedy("Copy the row again, or leave the field empty where nothing is known."));
    };
    for (std::size_t k = 0; k < line.fed.size(); ++k) {
        if (line.fed[k].empty()) continue;
        const auto value = fedNumber(line.fed[k]);
        if (!value) return wrong(m_schema.numericalNames[k], "fed:NUMBER", line.fed[k]);
        out.numerical[static_cast<std::size_t>(row * m_numericals) + k] = *value;
    }
    for (std::size_t t = 0; t < line.rows.size(); ++t) {
        if (line.rows[t].empty()) continue;
        const auto id = rowNumber(line.rows[t]);
        if (!id || *id < 0 || *id > std::numeric_limits<std::int32_t>::max())
            return wrong(m_schema.categoricalNames[t], "id:ROW, a row of its table", line.rows[t]);
        values.named.push_back({static_cast<std::int64_t>(t), row, static_cast<std::int32_t>(*id)});
    }
    return {};
}

void CriteoTsv::lookUp(std::int64_t row, std::int64_t count, const Values& values, Batch& out) const {
    for (std::int64_t t = 0; t < m_categoricals; ++t) {
        std::int32_t* ids = out.ids.data() + t * out.rows + row;
        const std::uint32_t* hex = values.hex.data() + t * kLookupRows;
        const std::uint8_t* present = values.present.data() + t * kLookupRows;
        if (!m_dictionary) {
            const auto rows =
                static_cast<std::uint64_t>(m_hashRows.empty() ? 1 : m_hashRows[static_cast<std::size_t>(t)]);
            for (std::int64_t i = 0; i < count; ++i) ids[i] = present[i] ? static_cast<std::int32_t>(hex[i] % rows) : 0;
            continue;
        }
        const HexTable& table = m_dictionary->table(static_cast<std::size_t>(t));
        const std::int64_t ahead = table.isLarge() ? count - kSlotsAhead : 0;
        for (std::int64_t i = 0; i < count; ++i) {
            if (i < ahead) table.prefetch(hex[i + kSlotsAhead]);
            ids[i] = present[i] ? table.find(hex[i]) : 0;
        }
    }
}

// Rows [first + begin, first + begin + count) of the file into rows [begin, …) of `out`.
Result<void> CriteoTsv::readLines(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const {
    thread_local Values values;
    values.resize(m_categoricals);
    // With the profile whose logarithms stand in a table.
    const bool plainRows = m_raw == &nvidiaSparkProfile() && !m_refusesValues;
    const char* const end = m_index.text().data() + m_index.text().size();
    const char* p = m_index.text().data() + m_index.offsetOf(first + begin);
    for (std::int64_t done = 0; done < count; done += kLookupRows) {
        const std::int64_t rows = std::min(kLookupRows, count - done);
        values.named.clear();
        for (std::int64_t slot = 0; slot < rows; ++slot) {
            const std::int64_t row = begin + done + slot;
            const char* next =
                plainRows && end - p >= m_longestPlainRow ? parsePlainRow(p, row, slot, out, values) : nullptr;
            if (!next) {
                DLRM_TRY(next, parseAnyRow(p, first, row, slot, out, values));
            }
            p = next;
        }
        lookUp(begin + done, rows, values, out);
        for (const Values::NamedRow& named : values.named)
            out.ids[static_cast<std::size_t>(named.table * out.rows + named.row)] = named.id;
    }
    return {};
}

Result<void> CriteoTsv::read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const {
    assert(first >= 0 && count >= 0 && first + count <= rows());
    try {
        out.firstRow = first;
        out.resize(count, m_numericals, m_categoricals, m_labelled);
        return forEachGroup(first, count, stop, [&](std::int64_t from, std::int64_t to) {
            return readLines(first, from - first, to - from, out);
        });
    } catch (const std::bad_alloc&) {
        return noMemoryForRows(m_path, count);
    }
}

Result<void> CriteoTsv::readRawNumbers(std::int64_t first, std::int64_t count, std::vector<double>& out,
                                       std::stop_token stop) const {
    assert(first >= 0 && count >= 0 && first + count <= rows());
    out.resize(static_cast<std::size_t>(count * m_numericals));
    const char* const text = m_index.text().data();
    const auto size = static_cast<std::int64_t>(m_index.text().size());
    return forEachGroup(first, count, stop, [&](std::int64_t from, std::int64_t to) -> Result<void> {
        Values unused;
        unused.resize(m_categoricals);
        std::uint8_t label = 0;
        for (std::int64_t row = from, offset = m_index.offsetOf(from); row < to; ++row) {
            double* const numbers = out.data() + (row - first) * m_numericals;
            const auto setNumber = [&](std::int64_t k, const std::int32_t* x) {
                numbers[k] = x ? static_cast<double>(*x) : std::numeric_limits<double>::quiet_NaN();
            };
            const bool fits = size - offset >= m_longestPlainRow;
            if (const char* next = fits ? parsePlainFields(text + offset, label, 0, unused, setNumber) : nullptr) {
                offset = next - text;
                continue;
            }
            const std::int64_t end = m_index.endOfLine(offset);
            DLRM_TRY(const auto line, parseLine(offset, end, row));
            for (std::int64_t k = 0; k < m_numericals; ++k) {
                const auto x = parseSparkInt(line.raw.numerical[static_cast<std::size_t>(k)]);
                setNumber(k, x ? &*x : nullptr);
            }
            offset = end + 1;
        }
        return {};
    });
}

Result<std::optional<RawRow>> CriteoTsv::rawRow(std::int64_t row) const {
    assert(row >= 0 && row < rows());
    const std::int64_t offset = m_index.offsetOf(row);
    auto line = parseLine(offset, m_index.endOfLine(offset), row);
    DLRM_TRY(checkUnchanged());
    DLRM_TRY(line);
    return std::optional<RawRow>(std::move(line->raw));
}

}  // namespace

// Packed rows are told by their first bytes; what has no name of text, by a first line with tabs in it and nothing but
// text.
bool holdsCriteoRows(const std::string& path, const std::stop_token&) {
    constexpr std::array<std::string_view, 3> kText{".tsv", ".csv", ".txt"};
    if (std::find(kText.begin(), kText.end(), lowerExtension(path)) != kText.end()) return true;
    const auto file = RandomAccessFile::open(path);
    if (!file) return false;
    std::string head(static_cast<std::size_t>(std::min((*file)->size(), kMaxCriteoLineBytes)), '\0');
    if (!(*file)->read(0, std::as_writable_bytes(std::span(head)))) return false;
    if (packingOf(std::as_bytes(std::span(head)))) return true;
    const std::string_view line = std::string_view(head).substr(0, head.find('\n'));
    const auto isText = [](char c) { return c == '\t' || c == '\r' || static_cast<unsigned char>(c) >= ' '; };
    return line.find('\t') != std::string_view::npos && std::all_of(line.begin(), line.end(), isText);
}

Result<DatasetPtr> openCriteoTsv(const DatasetSource& source, const DatasetOptions& options, const Job& job) {
    return CriteoTsv::open(source, options, job);
}

}  // namespace dlrm
