// SPDX-License-Identifier: Apache-2.0
// Picks the format by extension and puts the bytes into an AtomicFile.
#include "core/export/export.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <new>
#include <span>
#include <system_error>

#include <fmt/format.h>

#include "core/base/atomic_file.h"
#include "core/base/extension.h"
#include "core/export/delimited.h"
#include "core/export/hdf5_export.h"
#include "core/export/json.h"
#include "core/export/parity_export.h"
#include "core/export/tables_report.h"
#include "core/formats/hdf5_writer.h"
#include "core/formats/npy_writer.h"

namespace dlrm {
namespace {

struct Format {
    const char* extension;
    std::function<Result<void>(const std::string& path)> write;
};

Result<void> writeText(const std::string& path, const std::function<Result<void>(TextWriter&)>& write) {
    auto file = AtomicFile::create(path);
    if (!file) return fail(std::move(file.error()));
    TextWriter out([&](std::string_view piece) { return file->write(piece); });
    if (auto ok = write(out); !ok) return ok;
    return file->commit();
}

Result<void> writeText(const std::string& path, std::string_view text) {
    return writeText(path, [&](TextWriter& out) {
        out.text(text);
        return out.flush();
    });
}

Result<void> writeBytes(const std::string& path, const Result<std::vector<std::byte>>& bytes) {
    if (!bytes) {
        Error error = bytes.error();
        return fail(std::move(error).inFile(path));
    }
    auto file = AtomicFile::create(path);
    if (!file) return fail(std::move(file.error()));
    if (auto ok = file->write(*bytes); !ok) return ok;
    return file->commit();
}

Result<void> writeLogits(const std::string& path, const PredictionParts& parts, std::int64_t rows) {
    auto file = NpyWriter::create(path, NpyType{NpyKind::Float, 4, false}, {&rows, 1});
    if (!file) return fail(std::move(file).error());
    std::vector<float> logits;
    while (true) {
        const auto part = parts();
        if (!part) return fail(part.error());
        if (*part == nullptr) return file->finish();
        logits.clear();
        for (const PredictedRow& row : (*part)->rows) logits.push_back(row.logit);
        if (auto ok = file->write(std::as_bytes(std::span(logits))); !ok) return ok;
    }
}

Result<void> writeValues(const std::string& path, const RowParts& parts, const RowExport& about) {
    const std::int64_t shape[] = {about.rows, about.dim};
    auto file = NpyWriter::create(path, NpyType{NpyKind::Float, 4, false}, shape);
    if (!file) return fail(std::move(file).error());
    while (true) {
        const auto part = parts();
        if (!part) return fail(part.error());
        if (*part == nullptr) return file->finish();
        if (auto ok = file->write(std::as_bytes(std::span((*part)->values))); !ok) return ok;
    }
}

Result<void> writeHdf5(const std::string& path, const PredictionParts& parts) {
    Prediction whole;
    while (true) {
        const auto part = parts();
        if (!part) return fail(part.error());
        if (*part == nullptr) return writeBytes(path, predictionHdf5(whole));
        if (whole.rows.empty()) whole = **part;
        else whole.rows.insert(whole.rows.end(), (*part)->rows.begin(), (*part)->rows.end());
    }
}

// The format of the extension, if a file can be created at `path`.
Result<const Format*> formatOf(std::span<const Format> formats, const std::string& path) {
    const std::string extension = lowerExtension(path);
    const auto format = std::find_if(formats.begin(), formats.end(), [&](const Format& f) { return extension == f.extension; });
    if (format == formats.end()) {
        std::string known;
        for (const Format& f : formats) known += fmt::format("{}{}", known.empty() ? "" : ", ", f.extension);
        return fail(Error("E-EXPORT-001", "The extension names no format that this result can be written in.")
                        .inFile(path)
                        .butExpected(known)
                        .butFound(extension.empty() ? "no extension" : extension)
                        .withRemedy("choose a file name with one of these extensions"));
    }
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        return fail(Error("E-EXPORT-002", "Something that is not a regular file stands at this path.")
                        .inFile(path)
                        .butExpected("a file, or nothing yet")
                        .butFound(std::filesystem::is_directory(status) ? "a directory" : "a device, pipe or socket")
                        .withRemedy("choose another file name"));
    // Known before hours of work: there is no module that writes the file, or no right to create it.
    if (extension == ".h5")
        if (auto can = hdf5WriterAvailable(); !can) return fail(std::move(can.error()));
    if (auto probe = AtomicFile::create(path); !probe) return fail(std::move(probe.error()));
    return &*format;
}

Result<void> exportBy(std::span<const Format> formats, const std::string& path) {
    const auto format = formatOf(formats, path);
    if (!format) return fail(format.error());
    try {
        return (*format)->write(path);
    } catch (const std::bad_alloc&) {
        return fail(Error("E-EXPORT-004", "Not enough memory to write this format.").inFile(path).withRemedy("export fewer rows, or as .csv"));
    }
}

Result<void> exportParts(const PredictionParts& parts, std::int64_t rows, const std::string& path, const std::function<Result<void>(const std::string&)>& hdf5) {
    const auto delimited = [&](Delimiter delimiter) {
        return [&parts, delimiter](const std::string& p) {
            return writeText(p, [&](TextWriter& out) { return writeDelimited(parts, delimiter, out); });
        };
    };
    const Format formats[] = {
        {".tsv", delimited(Delimiter::Tab)},
        {".csv", delimited(Delimiter::Comma)},
        {".json", [&](const std::string& p) { return writeText(p, [&](TextWriter& out) { return writePredictionJson(parts, out); }); }},
        {".npy", [&](const std::string& p) { return writeLogits(p, parts, rows); }},
        {".h5", hdf5},
    };
    return exportBy(formats, path);
}

// `evaluation` must outlive what is returned.
std::vector<Format> evaluationFormats(const Evaluation& evaluation) {
    const auto delimited = [&](Delimiter delimiter) {
        return [&evaluation, delimiter](const std::string& p) {
            return writeText(p, [&](TextWriter& out) { return writeDelimited(evaluation, delimiter, out); });
        };
    };
    return {
        {".tsv", delimited(Delimiter::Tab)},
        {".csv", delimited(Delimiter::Comma)},
        {".json", [&evaluation](const std::string& p) { return writeText(p, evaluationJson(evaluation, EvaluationDetail::WithCurves)); }},
        {".h5", [&evaluation](const std::string& p) { return writeBytes(p, evaluationHdf5(evaluation)); }},
    };
}

}  // namespace

Result<void> exportPrediction(const Prediction& prediction, const std::string& path) {
    return exportParts(onePart(prediction), static_cast<std::int64_t>(prediction.rows.size()), path,
                       [&](const std::string& p) { return writeBytes(p, predictionHdf5(prediction)); });
}

Result<void> exportPrediction(const PredictionParts& parts, std::int64_t rows, const std::string& path) {
    return exportParts(parts, rows, path, [&](const std::string& p) { return writeHdf5(p, parts); });
}

Result<void> exportEvaluation(const Evaluation& evaluation, const std::string& path) { return exportBy(evaluationFormats(evaluation), path); }

Result<void> checkEvaluationPath(const std::string& path) {
    const Evaluation none;
    const auto formats = evaluationFormats(none);
    if (auto format = formatOf(formats, path); !format) return fail(std::move(format.error()));
    return {};
}

namespace {

// `parity` must outlive what is returned.
Format parityFormat(const Parity& parity) {
    return {".h5", [&parity](const std::string& p) { return writeBytes(p, parityHdf5(parity)); }};
}

}  // namespace

Result<void> exportParity(const Parity& parity, const std::string& path) {
    const Format formats[] = {parityFormat(parity)};
    return exportBy(formats, path);
}

Result<void> checkParityPath(const std::string& path) {
    const Parity none;
    const Format formats[] = {parityFormat(none)};
    if (auto format = formatOf(formats, path); !format) return fail(std::move(format.error()));
    return {};
}

namespace {

// Both must outlive what is returned.
std::vector<Format> tablesFormats(const ModelInfo& info, const TablesReport& report) {
    return {
        {".json", [&](const std::string& p) { return writeText(p, tablesJson(info, report)); }},
        {".h5", [&](const std::string& p) { return writeBytes(p, tablesHdf5(info, report)); }},
    };
}

}  // namespace

Result<void> exportTables(const ModelInfo& info, const TablesReport& report, const std::string& path) { return exportBy(tablesFormats(info, report), path); }

Result<void> checkTablesPath(const std::string& path) {
    const ModelInfo info;
    const TablesReport report;
    const auto formats = tablesFormats(info, report);
    if (auto format = formatOf(formats, path); !format) return fail(std::move(format.error()));
    return {};
}

Result<void> exportTableRows(const RowParts& parts, const RowExport& about, const std::string& path) {
    const auto delimited = [&](Delimiter delimiter) {
        return [&, delimiter](const std::string& p) {
            return writeText(p, [&](TextWriter& out) { return writeDelimited(parts, about, delimiter, out); });
        };
    };
    constexpr std::int64_t kMostHdf5Values = (1 << 30) / static_cast<std::int64_t>(sizeof(float));
    const Format formats[] = {
        {".tsv", delimited(Delimiter::Tab)},
        {".csv", delimited(Delimiter::Comma)},
        {".npy", [&](const std::string& p) { return writeValues(p, parts, about); }},
        {".h5", [&](const std::string& p) -> Result<void> {
             if (about.rows > kMostHdf5Values / std::max<std::int64_t>(1, about.dim)) throw std::bad_alloc();
             return writeBytes(p, rowsHdf5(parts, about));
         }},
    };
    return exportBy(formats, path);
}

Result<void> exportJson(const std::string& json, const std::string& path) {
    const Format formats[] = {{".json", [&](const std::string& p) { return writeText(p, json); }}};
    return exportBy(formats, path);
}

Result<void> exportSeries(const Series& series, const std::string& xName, const std::string& yName, const std::string& path) {
    const auto delimited = [&](Delimiter delimiter) {
        return [&, delimiter](const std::string& p) {
            return writeText(p, [&](TextWriter& out) { return writeDelimited(series, xName, yName, delimiter, out); });
        };
    };
    const Format formats[] = {
        {".tsv", delimited(Delimiter::Tab)},
        {".csv", delimited(Delimiter::Comma)},
        {".json", [&](const std::string& p) { return writeText(p, seriesJson(series, xName, yName)); }},
    };
    return exportBy(formats, path);
}

}  // namespace dlrm
