// SPDX-License-Identifier: Apache-2.0
// CSV by feature_spec: no header, commas, columns in the order of each chunk's features, values already transformed.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/float_conversions.h"
#include "core/dataset/readers/line_index.h"
#include "core/dataset/readers/readers.h"

namespace dlrm {

namespace {

constexpr std::int64_t kMaxLineBytes = 64 * 1024;
constexpr std::int64_t kCsvBlockRows = 1024;

// Where a column's values go.
struct Target {
    enum class Kind { Numerical, Categorical, Label };
    Kind kind = Kind::Numerical;
    std::int64_t index = 0;
    std::string name;
};

struct Chunk {
    std::vector<Target> columns;
    std::vector<LineIndex> files;        // rows continue from file to file
    std::vector<std::int64_t> firstRow;  // of each file; one more entry: all rows
};

class Csv final : public FileDataset {
public:
    static Result<DatasetPtr> open(const DatasetSource& source, const DatasetOptions& options, const Job& job);

    std::int64_t rows() const override { return m_rows; }
    std::string format() const override { return "csv"; }
    std::string fileOfCategorical(std::size_t table) const override;

    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override;

private:
    Result<void> readBlock(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const override;
    Result<void> readChunk(const Chunk& chunk, std::int64_t first, std::int64_t begin, std::int64_t count,
                           Batch& out) const;
    Result<void> parseLine(const Chunk& chunk, const LineIndex& file, std::string_view line, std::int64_t firstRow,
                           std::int64_t row, Batch& out) const;
    std::optional<std::string> store(const Target& target, std::string_view text, std::int64_t row, Batch& out) const;

    std::vector<Chunk> m_chunks;
    std::int64_t m_rows = 0;
};

// double -> nearest float16 in one rounding, as NumPy's astype(float16) does: the float32 on the way is rounded to odd.
float halfOfDouble(double x) {
    auto f = static_cast<float>(x);
    if (std::isfinite(f) && static_cast<double>(f) != x) {
        if (std::fabs(static_cast<double>(f)) > std::fabs(x)) f = std::nextafter(f, 0.0f);
        f = std::bit_cast<float>(std::bit_cast<std::uint32_t>(f) | 1u);
    }
    return throughHalf(f);
}

Result<DatasetPtr> Csv::open(const DatasetSource& source, const DatasetOptions& options, const Job& job) {
    const FeatureSpec& spec = *source.spec;
    auto dataset = std::make_shared<Csv>();
    DLRM_TRY(dataset->describeBySpec(source, options));

    const auto targetOf = [&](const std::string& name) {
        const auto find = [&](const std::vector<FeatureSpec::Feature>& features) {
            return std::find_if(features.begin(), features.end(), [&](const auto& f) { return f.name == name; }) -
                   features.begin();
        };
        const auto numerical = find(spec.numerical);
        if (numerical < std::ssize(spec.numerical)) return Target{Target::Kind::Numerical, numerical, name};
        const auto categorical = find(spec.categorical);
        if (categorical < std::ssize(spec.categorical)) return Target{Target::Kind::Categorical, categorical, name};
        return Target{Target::Kind::Label, 0, name};
    };
    for (const auto& specChunk : source.split->chunks) {
        Chunk chunk;
        for (const auto& name : specChunk.features) chunk.columns.push_back(targetOf(name));
        std::int64_t rows = 0;
        for (const auto& name : specChunk.files) {
            DLRM_TRY(auto file, dataset->openFile(spec, name, specChunk.features.front()));
            DLRM_TRY(auto index, LineIndex::scan(std::move(file), kMaxLineBytes, "E-CSV-001", job));
            chunk.firstRow.push_back(rows);
            rows += index.lines();
            chunk.files.push_back(std::move(index));
        }
        chunk.firstRow.push_back(rows);
        dataset->m_chunks.push_back(std::move(chunk));
    }
    const Chunk& reference = dataset->m_chunks.front();
    dataset->m_rows = reference.firstRow.back();
    for (const Chunk& chunk : dataset->m_chunks)
        if (chunk.firstRow.back() != dataset->m_rows)
            return fail(Error("E-CSV-002", "Two chunks of a split hold different numbers of rows.")
                            .inFile(chunk.files.back().file().path())
                            .inField(chunk.columns.front().name)
                            .butExpected(fmt::format("{} as in {}", counted(dataset->m_rows, "row"),
                                                     reference.files.back().file().path()))
                            .butFound(counted(chunk.firstRow.back(), "row"))
                            .withRemedy("One of the two files is incomplete: write the split again."));
    if (dataset->m_rows == 0) return emptySplit(reference.files.front().file().path());
    dataset->recordProfile(options);
    return DatasetPtr(std::move(dataset));
}

std::string Csv::fileOfCategorical(std::size_t table) const {
    for (const Chunk& chunk : m_chunks)
        for (const Target& column : chunk.columns)
            if (column.kind == Target::Kind::Categorical && column.index == static_cast<std::int64_t>(table))
                return chunk.files.front().file().path();
    return {};
}

// Stores one value; returns what was expected when it is not that.
std::optional<std::string> Csv::store(const Target& target, std::string_view text, std::int64_t row, Batch& out) const {
    const char* const end = text.data() + text.size();
    if (target.kind == Target::Kind::Numerical) {
        double value = 0;
        const auto [stop, ec] = std::from_chars(text.data(), end, value);
        const float half = halfOfDouble(value);
        if (ec != std::errc() || stop != end || !std::isfinite(half))
            return "a finite number of float16 (at most 65504)";
        out.numerical[static_cast<std::size_t>(row * out.numericals + target.index)] = half;
        return std::nullopt;
    }
    std::int64_t value = -1;
    const auto [stop, ec] = std::from_chars(text.data(), end, value);
    const bool isInteger = ec == std::errc() && stop == end;
    if (target.kind == Target::Kind::Label) {
        if (!isInteger || value < 0 || value > 1) return "0 or 1";
        out.labels[static_cast<std::size_t>(row)] = static_cast<std::uint8_t>(value);
        return std::nullopt;
    }
    const std::int64_t limit = m_idLimits[static_cast<std::size_t>(target.index)];
    if (!isInteger || value < 0 || value >= limit) return fmt::format("an id 0 … {}", limit - 1);
    out.ids[static_cast<std::size_t>(target.index * out.rows + row)] = static_cast<std::int32_t>(value);
    return std::nullopt;
}

Result<void> Csv::parseLine(const Chunk& chunk, const LineIndex& file, std::string_view line, std::int64_t firstRow,
                            std::int64_t row, Batch& out) const {
    const auto damaged = [&](std::string code, std::string message, std::string field, std::string expected,
                             std::string_view found) {
        constexpr std::size_t kShown = 40;
        return fail(
            Error(std::move(code), std::move(message))
                .inFile(file.file().path())
                .atOffset(line.data() - file.text().data())
                .atRow(firstRow + row)
                .inField(std::move(field))
                .butExpected(std::move(expected))
                .butFound(fmt::format("\"{}\"{}", found.substr(0, kShown), found.size() > kShown ? "…" : ""))
                .withRemedy("Repair the row, or write the file again without header, quotes and carriage returns."));
    };
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::size_t begin = 0;
    for (std::size_t column = 0; column < chunk.columns.size(); ++column) {
        const Target& target = chunk.columns[column];
        const bool last = column + 1 == chunk.columns.size();
        const std::size_t comma = line.find(',', begin);
        if (last != (comma == std::string_view::npos))
            return damaged("E-CSV-003", "A row has the wrong number of fields.", {},
                           fmt::format("{} comma-separated fields", chunk.columns.size()), line);
        const std::string_view text = line.substr(begin, last ? std::string_view::npos : comma - begin);
        if (auto expected = store(target, text, row, out))
            return damaged("E-CSV-004", "A field holds no usable value.", target.name, *expected, text);
        begin = comma + 1;
    }
    return {};
}

// Rows [first + begin, …) of one chunk into rows [begin, begin + count) of `out`.
Result<void> Csv::readChunk(const Chunk& chunk, std::int64_t first, std::int64_t begin, std::int64_t count,
                            Batch& out) const {
    for (std::int64_t row = begin; row < begin + count;) {
        const auto after = std::upper_bound(chunk.firstRow.begin(), chunk.firstRow.end(), first + row);
        const auto which = static_cast<std::size_t>(after - chunk.firstRow.begin() - 1);
        const LineIndex& file = chunk.files[which];
        const std::int64_t inFile = std::min(begin + count, chunk.firstRow[which + 1] - first);
        std::int64_t offset = file.offsetOf(first + row - chunk.firstRow[which]);
        for (; row < inFile; ++row) {
            const std::int64_t end = file.endOfLine(offset);
            const auto line =
                file.text().substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(end - offset));
            DLRM_TRY(parseLine(chunk, file, line, first, row, out));
            offset = std::min(end + 1, static_cast<std::int64_t>(file.text().size()));
        }
    }
    return {};
}

Result<void> Csv::readBlock(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const {
    for (const Chunk& chunk : m_chunks) DLRM_TRY(readChunk(chunk, first, begin, count, out));
    return {};
}

Result<void> Csv::read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const {
    auto ok = readByBlocks(first, count, kCsvBlockRows, out, stop);
    // A file that changed under the mapping explains any other error.
    DLRM_TRY(checkUnchanged());
    return ok;
}

}  // namespace

Result<DatasetPtr> openCsv(const DatasetSource& source, const DatasetOptions& options, const Job& job) {
    return Csv::open(source, options, job);
}

}  // namespace dlrm
