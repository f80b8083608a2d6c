// SPDX-License-Identifier: Apache-2.0
// Picks the format by extension and puts the bytes into an AtomicFile.
#include "core/report/export.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <new>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/base/atomic_file.h"
#include "core/base/extension.h"
#include "core/base/random_access_file.h"
#include "core/formats/hdf5_writer.h"
#include "core/formats/npy_writer.h"
#include "core/report/delimited.h"
#include "core/report/hdf5_export.h"
#include "core/report/interactions_report.h"
#include "core/report/json.h"
#include "core/report/parity_export.h"
#include "core/report/sweep_report.h"
#include "core/report/tables_report.h"
#include "core/report/what_if_report.h"

namespace dlrm {
namespace {

struct Format {
    const char* extension;
    std::function<Result<void>(const std::string& path)> write;
    std::string holds =
        {};  // not empty: NAME.json beside it tells where it comes from, and this of what is in the file
};

// A text; before the first piece of one in JSON its provenance and notes, where there is any.
Result<void> writeText(const std::string& path, const std::function<Result<void>(TextWriter&)>& write,
                       const ProvenanceFn& provenance = {}) {
    DLRM_TRY(auto file, AtomicFile::create(path));
    bool begun = !provenance;
    TextWriter out([&](std::string_view piece) {
        return std::exchange(begun, true) ? file.write(piece)
                                          : file.write(withProvenance(piece, provenance(), Notes::Beside));
    });
    DLRM_TRY(write(out));
    return file.commit();
}

Result<void> writeText(const std::string& path, std::string_view text) {
    return writeText(path, [&](TextWriter& out) {
        out.text(text);
        return out.flush();
    });
}

Result<void> writeJson(const std::string& path, const std::string& json, const Provenance& provenance, Notes notes) {
    return writeText(path, withProvenance(json, provenance, notes));
}

// Nobody named this file: what stands there and was not written as one is kept.
Result<void> requireOwnSidecar(const std::string& path) {
    std::error_code none;
    const std::string sidecar = path + ".json";
    if (!std::filesystem::exists(sidecar, none)) return {};
    DLRM_TRY(const auto file, RandomAccessFile::open(sidecar));
    constexpr std::int64_t kMostBefore = 1 << 16;  // of the keys before "file"
    std::string begin(static_cast<std::size_t>(std::min(file->size(), kMostBefore)), ' ');
    DLRM_TRY(file->read(0, std::as_writable_bytes(std::span(begin))));
    if (isSidecar(begin)) return {};
    return fail(Error("E-EXPORT-012", "Where the result comes from would be written over another file.")
                    .inFile(sidecar)
                    .butExpected("nothing, or what an earlier result has left there")
                    .butFound("a file of another kind")
                    .withRemedy(fmt::format("Choose another name than {}, or move that file away.", path)));
}

Result<void> writeBytes(const std::string& path, const Result<std::vector<std::byte>>& bytes) {
    if (!bytes) {
        Error error = bytes.error();
        return fail(std::move(error).inFile(path));
    }
    DLRM_TRY(auto file, AtomicFile::create(path));
    DLRM_TRY(file.write(*bytes));
    return file.commit();
}

Result<void> writeLogits(const std::string& path, const PredictionParts& parts, std::int64_t rows) {
    DLRM_TRY(auto file, NpyWriter::create(path, NpyType{NpyKind::Float, 4, false}, {&rows, 1}));
    std::vector<float> logits;
    while (true) {
        DLRM_TRY(const auto part, parts());
        if (part == nullptr) return file.finish();
        logits.clear();
        for (const PredictedRow& row : part->rows) logits.push_back(row.logit);
        DLRM_TRY(file.write(std::as_bytes(std::span(logits))));
    }
}

Result<void> writeValues(const std::string& path, const RowParts& parts, const RowExport& about) {
    const std::int64_t shape[] = {about.rows, about.dim};
    DLRM_TRY(auto file, NpyWriter::create(path, NpyType{NpyKind::Float, 4, false}, shape));
    while (true) {
        DLRM_TRY(const auto part, parts());
        if (part == nullptr) return file.finish();
        DLRM_TRY(file.write(std::as_bytes(std::span(part->values))));
    }
}

// The format of the extension, if a file can be created at `path`.
Result<const Format*> formatOf(std::span<const Format> formats, const std::string& path) {
    const std::string extension = lowerExtension(path);
    const auto format =
        std::find_if(formats.begin(), formats.end(), [&](const Format& f) { return extension == f.extension; });
    if (format == formats.end()) {
        std::string known;
        for (const Format& f : formats) known += fmt::format("{}{}", known.empty() ? "" : ", ", f.extension);
        return fail(Error("E-EXPORT-001", "The extension names no format that this result can be written in.")
                        .inFile(path)
                        .butExpected(known)
                        .butFound(extension.empty() ? "no extension" : extension)
                        .withRemedy(fmt::format("Choose a file name that ends in {}.", known)));
    }
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        return fail(Error("E-EXPORT-002", "Something that is not a regular file stands at this path.")
                        .inFile(path)
                        .butExpected("a file, or nothing yet")
                        .butFound(std::filesystem::is_directory(status) ? "a directory" : "a device, pipe or socket")
                        .withRemedy("Choose another file name."));
    // Known before hours of work: there is no module that writes the file, or no right to create it.
    if (extension == ".h5") DLRM_TRY(hdf5WriterAvailable());
    DLRM_TRY(AtomicFile::create(path));
    if (!format->holds.empty()) DLRM_TRY(requireOwnSidecar(path));
    return &*format;
}

// `provenance` is asked once the file is there, where the format has a file beside it.
Result<void> exportBy(std::span<const Format> formats, const std::string& path, const ProvenanceFn& provenance = {}) {
    DLRM_TRY(const auto format, formatOf(formats, path));
    try {
        DLRM_TRY(format->write(path));
        if (format->holds.empty() || !provenance) return {};
        return exportOrigin(path, format->holds, provenance());
    } catch (const std::bad_alloc&) {
        return fail(Error("E-EXPORT-004", "Not enough memory to write this format.")
                        .inFile(path)
                        .withRemedy("Export fewer rows, or as .csv."));
    }
}

// .tsv and .csv, as `write` does it.
std::vector<Format> delimitedFormats(const std::string& holds,
                                     const std::function<Result<void>(Delimiter, TextWriter&)>& write) {
    const auto format = [&](const char* extension, Delimiter delimiter) {
        return Format{extension,
                      [write, delimiter](const std::string& p) {
                          return writeText(p, [&](TextWriter& out) { return write(delimiter, out); });
                      },
                      holds};
    };
    return {format(".tsv", Delimiter::Tab), format(".csv", Delimiter::Comma)};
}

// What these eight are given must outlive what they return.
std::vector<Format> evaluationFormats(const Evaluation& evaluation, const Provenance& provenance) {
    auto out = delimitedFormats(
        "metrics", [&](Delimiter delimiter, TextWriter& text) { return writeDelimited(evaluation, delimiter, text); });
    out.push_back({".json", [&](const std::string& p) {
                       return writeJson(p, evaluationJson(evaluation, EvaluationDetail::WithCurves), provenance,
                                        Notes::Own);
                   }});
    out.push_back({".h5", [&](const std::string& p) { return writeBytes(p, evaluationHdf5(evaluation, provenance)); }});
    return out;
}

std::vector<Format> parityFormats(const Parity& parity, const Provenance& provenance) {
    return {{".h5", [&](const std::string& p) { return writeBytes(p, parityHdf5(parity, provenance)); }}};
}

std::vector<Format> interactionsFormats(const Interactions& found, const Provenance& provenance) {
    const char* const pairs = found.against ? "pairs of vectors in two slices, the largest effect first"
                                            : "pairs of vectors, the strongest first";
    auto out = delimitedFormats(
        pairs, [&](Delimiter delimiter, TextWriter& text) { return writeDelimited(found, delimiter, text); });
    std::string holds = "matrices (matrices, vectors, vectors):";
    std::vector<double> all;
    for (const NamedMatrix& matrix : allMatrices(found)) {
        holds += fmt::format(" {}", matrix.key);
        all.insert(all.end(), matrix.values.begin(), matrix.values.end());
    }
    holds += "; vectors:";
    for (const std::string& vector : found.matrices.names) holds += " " + vector;
    const std::int64_t vectors = std::ssize(found.matrices.names),
                       matrices = vectors == 0 ? 0 : std::ssize(all) / (vectors * vectors);
    out.push_back({".npy",
                   [all = std::move(all), vectors, matrices](const std::string& p) {
                       const std::int64_t shape[] = {matrices, vectors, vectors};
                       return writeNpy(p, NpyType{NpyKind::Float, 8, false}, shape, std::as_bytes(std::span(all)));
                   },
                   std::move(holds)});
    out.push_back({".json", [&](const std::string& p) {
                       return writeJson(p, interactionsJson(found), provenance, Notes::Beside);
                   }});
    out.push_back({".h5", [&](const std::string& p) { return writeBytes(p, interactionsHdf5(found, provenance)); }});
    return out;
}

std::vector<Format> sweepFormats(const Sweep& sweep, const SweptRow& about, const Provenance& provenance) {
    auto out = delimitedFormats("a sweep of " + about.field, [&](Delimiter delimiter, TextWriter& text) {
        return writeDelimited(sweep, about, delimiter, text);
    });
    out.push_back(
        {".npy",
         [&](const std::string& p) {
             const std::vector<float> both = valuesAndLogits(sweep);
             const std::int64_t shape[] = {std::ssize(sweep.logits), 2};
             return writeNpy(p, NpyType{NpyKind::Float, 4, false}, std::span(shape).first(sweep.numerical ? 2 : 1),
                             std::as_bytes(std::span(sweep.numerical ? both : sweep.logits)));
         },
         sweep.numerical ? "values of " + about.field + " as fed, and logits" : "logits by row of " + about.field});
    out.push_back({".json", [&](const std::string& p) {
                       return writeText(
                           p, [&](TextWriter& text) { return writeSweepJson(sweep, about, {}, text); },
                           [&] { return provenance; });
                   }});
    out.push_back({".h5", [&](const std::string& p) { return writeSweepHdf5(sweep, about, p, provenance); }});
    return out;
}

std::vector<Format> counterfactualFormats(const Counterfactual& found, const WhatIfRow& about,
                                          const Provenance& provenance) {
    auto out = delimitedFormats("changes of single fields", [&](Delimiter delimiter, TextWriter& text) {
        return writeDelimited(found, about, delimiter, text);
    });
    out.push_back({".json", [&](const std::string& p) {
                       return writeJson(p, counterfactualJson(found, about), provenance, Notes::Beside);
                   }});
    return out;
}

std::vector<Format> pairFormats(const PairSweep& sweep, const WhatIfRow& about, const Provenance& provenance) {
    auto out = delimitedFormats("a sweep of two fields", [&](Delimiter delimiter, TextWriter& text) {
        return writeDelimited(sweep, about, delimiter, text);
    });
    out.push_back(
        {".npy",
         [&](const std::string& p) {
             const std::int64_t shape[] = {static_cast<std::int64_t>(sweep.a.size()),
                                           static_cast<std::int64_t>(sweep.b.size())};
             return writeNpy(p, NpyType{NpyKind::Float, 4, false}, shape, std::as_bytes(std::span(sweep.logits)));
         },
         "logits by the values of two fields"});
    out.push_back({".json", [&](const std::string& p) {
                       return writeJson(p, pairJson(sweep, about), provenance, Notes::Beside);
                   }});
    return out;
}

std::vector<Format> tablesFormats(const ModelInfo& info, const TablesReport& report, const Provenance& provenance) {
    return {
        {".json",
         [&](const std::string& p) { return writeJson(p, tablesJson(info, report), provenance, Notes::Beside); }},
        {".h5", [&](const std::string& p) { return writeBytes(p, tablesHdf5(info, report, provenance)); }},
    };
}

std::vector<Format> rowFormats(const RowParts& parts, const RowExport& about, const Provenance& provenance) {
    const std::string holds = "rows of " + about.table;
    auto out = delimitedFormats(
        holds, [&](Delimiter delimiter, TextWriter& text) { return writeDelimited(parts, about, delimiter, text); });
    out.push_back({".npy", [&](const std::string& p) { return writeValues(p, parts, about); }, holds});
    constexpr std::int64_t kMostHdf5Values = (1 << 30) / static_cast<std::int64_t>(sizeof(float));
    out.push_back({".h5", [&](const std::string& p) -> Result<void> {
                       constexpr std::int64_t kMostOfAColumn = sizeof(std::string) / sizeof(float);
                       const std::int64_t inARow =
                           std::max<std::int64_t>(1, about.dim) + kMostOfAColumn * std::ssize(about.columns);
                       if (about.rows > kMostHdf5Values / inARow) throw std::bad_alloc();
                       return writeBytes(p, rowsHdf5(parts, about, provenance));
                   }});
    return out;
}

Result<void> checkPath(std::span<const Format> formats, const std::string& path) {
    DLRM_TRY(formatOf(formats, path));
    return {};
}

}  // namespace

Result<void> exportPrediction(const PredictionParts& parts, std::int64_t rows, const std::string& path,
                              const ProvenanceFn& provenance) {
    constexpr const char* kHolds = "predictions";
    auto formats = delimitedFormats(
        kHolds, [&](Delimiter delimiter, TextWriter& out) { return writeDelimited(parts, delimiter, out); });
    formats.push_back({".json", [&](const std::string& p) {
                           return writeText(
                               p, [&](TextWriter& out) { return writePredictionJson(parts, out); }, provenance);
                       }});
    formats.push_back({".npy", [&](const std::string& p) { return writeLogits(p, parts, rows); }, kHolds});
    formats.push_back({".h5", [&](const std::string& p) { return writePredictionHdf5(parts, p, provenance); }});
    return exportBy(formats, path, provenance);
}

Result<void> exportEvaluation(const Evaluation& evaluation, const std::string& path, const Provenance& provenance) {
    return exportBy(evaluationFormats(evaluation, provenance), path, [&] { return provenance; });
}

Result<void> checkEvaluationPath(const std::string& path) { return checkPath(evaluationFormats({}, {}), path); }

Result<void> checkStatePath(const std::string& path) { return checkPath(std::array{Format{".h5", {}}}, path); }

Result<void> exportParity(const Parity& parity, const std::string& path, const Provenance& provenance) {
    return exportBy(parityFormats(parity, provenance), path);
}

Result<void> checkParityPath(const std::string& path) { return checkPath(parityFormats({}, {}), path); }

Result<void> exportInteractions(const Interactions& found, const std::string& path, const Provenance& provenance) {
    Provenance origin = provenance;
    for (std::string& note : sliceNotes(found)) origin.notes.push_back(std::move(note));
    return exportBy(interactionsFormats(found, origin), path, [&] { return origin; });
}

Result<void> checkInteractionsPath(const std::string& path) { return checkPath(interactionsFormats({}, {}), path); }

Result<void> exportSweep(const Sweep& sweep, const SweptRow& about, const std::string& path,
                         const Provenance& provenance) {
    return exportBy(sweepFormats(sweep, about, provenance), path, [&] { return provenance; });
}

Result<void> checkSweepPath(const std::string& path) { return checkPath(sweepFormats({}, {}, {}), path); }

Result<void> exportCounterfactual(const Counterfactual& found, const WhatIfRow& about, const std::string& path,
                                  const Provenance& provenance) {
    return exportBy(counterfactualFormats(found, about, provenance), path, [&] { return provenance; });
}

Result<void> checkCounterfactualPath(const std::string& path) {
    return checkPath(counterfactualFormats({}, {}, {}), path);
}

Result<void> exportPair(const PairSweep& sweep, const WhatIfRow& about, const std::string& path,
                        const Provenance& provenance) {
    return exportBy(pairFormats(sweep, about, provenance), path, [&] { return provenance; });
}

Result<void> checkPairPath(const std::string& path) { return checkPath(pairFormats({}, {}, {}), path); }

Result<void> exportTables(const ModelInfo& info, const TablesReport& report, const std::string& path,
                          const Provenance& provenance) {
    return exportBy(tablesFormats(info, report, provenance), path);
}

Result<void> checkTablesPath(const std::string& path) { return checkPath(tablesFormats({}, {}, {}), path); }

Result<void> exportTableRows(const RowParts& parts, const RowExport& about, const std::string& path,
                             const Provenance& provenance) {
    return exportBy(rowFormats(parts, about, provenance), path, [&] { return provenance; });
}

Result<void> exportRows(const TableRows& rows, const RowExport& about, const std::string& path,
                        const Provenance& provenance) {
    const RowParts parts = [part = &rows]() mutable -> Result<const TableRows*> {
        return std::exchange(part, nullptr);
    };
    auto formats = rowFormats(parts, about, provenance);
    formats.push_back({".json", [&](const std::string& p) {
                           return writeJson(p, rowsJson(rows, about.table), provenance, Notes::Beside);
                       }});
    return exportBy(formats, path, [&] { return provenance; });
}

Result<void> exportNeighbors(const NeighborResult& result, const std::string& tableName, const std::string& json,
                             const std::string& path, const Provenance& provenance) {
    const std::string holds = "nearest rows in " + tableName;
    auto formats = delimitedFormats(
        holds, [&](Delimiter delimiter, TextWriter& out) { return writeDelimited(result, delimiter, out); });
    formats.push_back({".json", [&](const std::string& p) { return writeJson(p, json, provenance, Notes::Beside); }});
    formats.push_back({".npy",
                       [&](const std::string& p) {
                           const std::vector<std::int64_t> ids = neighborIds(result);
                           const std::int64_t shape[] = {std::ssize(result.rows), result.k};
                           return writeNpy(p, NpyType{NpyKind::Int, 8, false}, shape, std::as_bytes(std::span(ids)));
                       },
                       holds});
    formats.push_back(
        {".h5", [&](const std::string& p) { return writeBytes(p, neighborsHdf5(result, tableName, provenance)); }});
    return exportBy(formats, path, [&] { return provenance; });
}

std::int64_t estimatedTextBytes(const TableRows& sample, const RowExport& about) {
    const auto bytesOf = [&](const TableRows* rows) {
        std::int64_t bytes = 0;
        TextWriter counting([&](std::string_view text) -> Result<void> {
            bytes += std::ssize(text);
            return {};
        });
        const RowParts parts = [&]() -> Result<const TableRows*> { return std::exchange(rows, nullptr); };
        static_cast<void>(writeDelimited(parts, about, Delimiter::Comma, counting));  // nothing of it can fail
        return bytes;
    };
    const std::int64_t titles = bytesOf(nullptr), lines = bytesOf(&sample) - titles;
    const double perRow = static_cast<double>(lines) / static_cast<double>(sample.ids.size());
    return titles + std::llround(perRow * static_cast<double>(about.rows));
}

Result<void> exportOrigin(const std::string& path, const std::string& holds, const Provenance& provenance) {
    if (provenance.program.empty()) return {};
    DLRM_TRY(requireOwnSidecar(path));
    return writeText(path + ".json", sidecarJson(path, holds, provenance));
}

Result<void> checkJsonPath(const std::string& path) { return checkPath(std::array{Format{".json", {}}}, path); }

Result<void> exportJson(const std::string& json, const std::string& path, const Provenance& provenance) {
    const Format formats[] = {
        {".json", [&](const std::string& p) { return writeJson(p, json, provenance, Notes::Beside); }}};
    return exportBy(formats, path);
}

}  // namespace dlrm
