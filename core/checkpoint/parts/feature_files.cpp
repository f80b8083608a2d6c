// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/feature_files.h"

#include <map>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/checkpoint/parts/name_tail.h"

namespace dlrm {
namespace {

struct NamedTable {
    std::int64_t rows = 0;  // by the name; layout B
    std::map<std::int64_t, std::string> parts;
};

struct NamedFiles : NamedMlps {
    std::map<std::int64_t, NamedTable> tables;
    std::vector<std::string> ignored;
    std::int64_t count = 0;
};

std::string tableFileName(std::int64_t feature, std::optional<std::int64_t> rows, std::int64_t part) {
    return rows ? fmt::format("feature_{}_{}_part{}.npy", feature, *rows, part)
                : fmt::format("feature_{}_part{}.npy", feature, part);
}

Result<void> addTableFile(NamedFiles& files, const FeatureFileName& f, const std::string& name,
                          const std::string& directory) {
    const auto [it, isNew] = files.tables.try_emplace(f.index);
    if (isNew) it->second.rows = f.rows.value_or(0);
    if (!isNew && it->second.rows != f.rows.value_or(0))
        return fail(Error("E-CKPT-031", "A table is there twice.")
                        .inFile(directory + "/" + name)
                        .butExpected(fmt::format("one table for feature {}", f.index))
                        .butFound(fmt::format("tables of {} and of {}", it->second.rows, counted(*f.rows, "row")))
                        .withRemedy("Move the files of the other checkpoint elsewhere."));
    if (!f.rows && f.part != 0)
        return fail(Error("E-CKPT-032", "A table has a part that this layout does not have.")
                        .inFile(directory + "/" + name)
                        .butExpected("one file for each table, part 0")
                        .butFound(fmt::format("part {}", f.part))
                        .withRemedy("Remove the file if it belongs to another checkpoint."));
    it->second.parts.emplace(f.part, name);
    return {};
}

Result<NamedFiles> sortNames(const CheckpointDirectory& directory, bool rowsInNames) {
    NamedFiles files;
    for (const std::string& name : directory.names) {
        const auto f = parseFeatureFileName(name);
        if (!f || (f->kind == FileKind::Table && f->rows.has_value() != rowsInNames)) {
            files.ignored.push_back(name);
            continue;
        }
        ++files.count;
        if (f->kind == FileKind::Table) DLRM_TRY(addTableFile(files, *f, name, directory.path));
        else files.nameOf(f->kind, f->index) = name;
    }
    return files;
}

Error missing(const char* code, const char* message, const CheckpointDirectory& directory, const std::string& expected,
              const NamedFiles& files) {
    return Error(code, message)
        .inFile(directory.path)
        .butExpected(expected)
        .butFound(files.ignored.empty() ? "no such file"
                                        : "no such file, but files with other names: " + someNames(files.ignored))
        .withRemedy("Copy the checkpoint again, with every file under its original name.");
}

Result<std::vector<TableFileNames>> tableNames(const NamedFiles& files, const CheckpointDirectory& directory,
                                               bool rowsInNames) {
    std::vector<TableFileNames> tables;
    if (files.tables.empty())
        return fail(missing("E-CKPT-010", "A table is missing.", directory, "feature_0_part0.npy", files));
    for (const auto& [feature, table] : files.tables) {
        const auto next = static_cast<std::int64_t>(tables.size());
        if (feature != next) {
            const std::string expected =
                rowsInNames ? fmt::format("feature_{}_<rows>_part0.npy", next) : tableFileName(next, std::nullopt, 0);
            return fail(missing("E-CKPT-010", "A table is missing.", directory, expected, files));
        }
        TableFileNames& names = tables.emplace_back();
        for (const auto& [part, name] : table.parts) {
            if (part != static_cast<std::int64_t>(names.size())) {
                const auto rows = rowsInNames ? std::optional(table.rows) : std::nullopt;
                return fail(missing("E-CKPT-011", "A part of a table is missing.", directory,
                                    tableFileName(feature, rows, static_cast<std::int64_t>(names.size())), files));
            }
            names.push_back({name});
        }
    }
    return tables;
}

Result<std::vector<OpenLayer>> openMlp(TensorOpener& opener, const NamedLayers& layers, const char* mlp,
                                       const CheckpointDirectory& directory, const NamedFiles& files) {
    const auto fileName = [&](std::int64_t layer, const char* what) {
        return fmt::format("{}_layer_{}_{}_part0.npy", mlp, layer, what);
    };
    const std::string absent = firstMissing(layers, fileName);
    if (!absent.empty()) {
        Error error = missing("E-CKPT-012", "A file of an MLP layer is missing.", directory, absent, files);
        if (layers.empty() && &layers == &files.bottom)
            error.remedy =
                "If files were lost, copy the checkpoint again. A model without numerical features, and so without a "
                "bottom MLP, is not supported.";
        return fail(std::move(error));
    }
    return opener.openLayers(layers);
}

}  // namespace

std::optional<FeatureFileName> parseFeatureFileName(std::string_view name) {
    NameTail tail(name);
    if (!tail.take(".npy")) return std::nullopt;
    FeatureFileName f;
    const auto part = tail.takeNumber();
    if (!part || !tail.take("_part")) return std::nullopt;
    f.part = *part;
    const bool kernel = tail.take("_kernel");
    if (kernel || tail.take("_bias")) {
        const auto layer = tail.takeNumber();
        if (!layer || !tail.take("_layer_") || *part != 0) return std::nullopt;
        f.index = *layer;
        const bool top = tail.rest() == "top_mlp";
        if (!top && tail.rest() != "bottom_mlp") return std::nullopt;
        f.kind = layerFileKind(top, kernel);
        return f;
    }
    auto number = tail.takeNumber();
    if (!number || !tail.take("_")) return std::nullopt;
    if (tail.rest() != "feature") {
        f.rows = number;
        number = tail.takeNumber();
        if (!number || tail.rest() != "feature_") return std::nullopt;
    }
    f.index = *number;
    return f;
}

Result<void> openFeatureFiles(const CheckpointDirectory& directory, bool rowsInNames, const Job& job,
                              CheckpointPieces& pieces) {
    DLRM_TRY(auto files, sortNames(directory, rowsInNames));
    DLRM_TRY(auto names, tableNames(files, directory, rowsInNames));

    TensorOpener opener(directory.path, files.count, job);
    for (std::size_t i = 0; i < names.size(); ++i) {
        DLRM_TRY(auto table, opener.openTable(names[i]));
        const std::int64_t rowsByName = files.tables.at(static_cast<std::int64_t>(i)).rows;
        if (rowsInNames && table.rows != rowsByName)
            return fail(
                Error("E-CKPT-014", "A table does not have as many rows as its name says.")
                    .inFile(table.tensors[0].file->path())
                    .butExpected(counted(rowsByName, "row"))
                    .butFound(fmt::format("{} in {}", counted(table.rows, "row"), counted(table.parts.size(), "part")))
                    .withRemedy(table.rows < rowsByName ? "Copy the checkpoint again: the last parts are missing."
                                                        : "Give the files their original names."));
        pieces.tables.push_back(std::move(table));
    }
    DLRM_TRY(pieces.bottom, openMlp(opener, files.bottom, "bottom_mlp", directory, files));
    DLRM_TRY(pieces.top, openMlp(opener, files.top, "top_mlp", directory, files));
    pieces.ignored = std::move(files.ignored);
    return {};
}

Result<void> refuseTableOrder(const std::string& path, const CheckpointOptions& options) {
    if (options.tableOrder.empty()) return {};
    return fail(Error("E-CKPT-022", "The table order cannot be used.")
                    .inFile(path)
                    .butExpected("no table order: the file names say which table is which feature")
                    .butFound("a table order")
                    .withRemedy("Open the checkpoint without --table-order."));
}

}  // namespace dlrm
