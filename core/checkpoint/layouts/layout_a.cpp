// SPDX-License-Identifier: Apache-2.0
// Layout A, March 2021 to January 2022: a prefix, one set of files per GPU rank under Keras' variable names. Tables are
// numbered, and interact, rank by rank in the order the training code distributed them; with column-wise split every
// rank has some columns of all.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/checkpoint/directory.h"
#include "core/checkpoint/layouts/layouts.h"
#include "core/checkpoint/parts/contents_builder.h"
#include "core/checkpoint/parts/rank_files.h"
#include "core/checkpoint/parts/table_order.h"

namespace dlrm {
namespace {

struct AllRanks {
    std::string directory, prefix;
    std::vector<RankFiles> ranks;
    std::vector<std::string> ignored;
    std::int64_t files = 0;

    std::string name(std::size_t rank, const std::string& variable) const {
        return fmt::format("{}_rank_{}_{}", prefix, rank, variable);
    }
    Failure missing(const char* code, const char* message, const std::string& expected) const {
        return fail(Error(code, message)
                        .inFile(directory)
                        .butExpected(expected)
                        .butFound(ignored.empty() ? "no such file"
                                                  : "no such file, but files with other names: " + someNames(ignored))
                        .withRemedy("Copy the checkpoint again, the files of every rank included, with every file "
                                    "under its original name."));
    }
};

std::string numbered(const char* word, std::int64_t n) { return n == 0 ? word : fmt::format("{}_{}", word, n); }

Result<void> addFile(AllRanks& all, std::map<std::int64_t, RankFiles>& ranks, const RankFileName& f,
                     const std::string& name) {
    RankFiles& rank = ranks[f.rank];
    std::string& slot =
        f.kind == FileKind::Table ? rank.tables[f.layer][{f.part, f.column}] : rank.nameOf(f.kind, f.layer);
    if (!slot.empty())
        return fail(Error("E-CKPT-031", "A tensor is there twice.")
                        .inFile(all.directory + "/" + name)
                        .butExpected("one file for it")
                        .butFound(slot)
                        .withRemedy("Move the files of the other checkpoint elsewhere."));
    slot = name;
    ++all.files;
    return {};
}

Result<AllRanks> sortNames(const CheckpointDirectory& directory) {
    AllRanks all;
    all.directory = directory.path;
    std::set<std::string> prefixes;
    std::map<std::int64_t, RankFiles> ranks;
    for (const std::string& name : directory.names) {
        const auto f = parseRankFileName(name);
        if (!f || (directory.prefix && f->prefix != *directory.prefix)) {
            all.ignored.push_back(name);
            continue;
        }
        prefixes.insert(f->prefix);
        if (prefixes.size() > 1)
            return fail(Error("E-CKPT-007", "The directory holds several checkpoints.")
                            .inFile(directory.path)
                            .butExpected("files of one prefix")
                            .butFound("the prefixes " + someNames({prefixes.begin(), prefixes.end()}))
                            .withRemedy("Give the path with one of the prefixes, for example " + directory.path + "/" +
                                        *prefixes.begin() + "."));
        DLRM_TRY(addFile(all, ranks, *f, name));
    }
    if (prefixes.empty())
        return all.missing("E-CKPT-010", "A table is missing.", directory.prefix.value_or("") + "_rank_0_…");
    all.prefix = *prefixes.begin();
    for (auto& [rank, files] : ranks) {
        const std::size_t next = all.ranks.size();
        if (rank != static_cast<std::int64_t>(next))
            return all.missing("E-CKPT-034", "The files of a rank are missing.", all.name(next, "…"));
        all.ranks.push_back(std::move(files));
    }
    return all;
}

// Parts and chunks of every table of one rank, complete and in order.
Result<std::vector<TableFileNames>> tableNames(const AllRanks& all, std::size_t rank) {
    std::vector<TableFileNames> tables;
    const auto& named = all.ranks[rank].tables;
    const bool split = std::any_of(named.begin(), named.end(), [](const auto& t) {
        return t.second.begin()->second.find("_chunk_") != std::string::npos;
    });
    const auto fileName = [&](std::int64_t layer, std::int64_t part, std::int64_t column) {
        return all.name(
            rank, split ? fmt::format("bottom_model_{}_embedding_table_chunk_{}_0_{}.npy",
                                      numbered("split_embedding", layer), column, part)
                        : fmt::format("bottom_model_{}_embedding_table_0_{}.npy", numbered("embedding", layer), part));
    };
    for (const auto& [layer, files] : named) {
        const auto next = static_cast<std::int64_t>(tables.size());
        if (layer != next) return all.missing("E-CKPT-010", "A table is missing.", fileName(next, 0, 0));
        std::int64_t columns = 0;
        for (const auto& [key, name] : files) columns = std::max(columns, key.second + 1);
        TableFileNames& names = tables.emplace_back();
        auto it = files.begin();
        for (std::int64_t part = 0; it != files.end(); ++part) {
            auto& row = names.emplace_back();
            for (std::int64_t column = 0; column < columns; ++column, ++it) {
                if (it == files.end() || it->first != std::pair(part, column))
                    return all.missing("E-CKPT-011", "A part of a table is missing.", fileName(layer, part, column));
                row.push_back(it->second);
            }
        }
    }
    return tables;
}

// Keras counts Dense layers through bottom and top MLP.
Result<void> checkLayerNames(const AllRanks& all, std::size_t rank) {
    const RankFiles& files = all.ranks[rank];
    const auto named = [&](const char* scope) {
        return [&all, rank, scope](std::int64_t n, const char* what) {
            return all.name(rank, fmt::format("{}_{}_{}_0_0.npy", scope, numbered("dense", n), what));
        };
    };
    std::string absent;
    if (rank == 0 || !files.bottom.empty()) absent = firstMissing(files.bottom, named("bottom_model"));
    if (absent.empty())
        absent = firstMissing(files.top, named("top_model"), static_cast<std::int64_t>(files.bottom.size()));
    if (absent.empty()) return {};
    return all.missing("E-CKPT-012", "A file of an MLP layer is missing.", absent);
}

// Opens the copy of an MLP that a further rank holds. Error E-CKPT-028 when it has other shapes.
Result<void> openCopy(TensorOpener& opener, const NamedLayers& layers, const std::vector<OpenLayer>& first,
                      const AllRanks& all, std::vector<NpyTensor>& copies) {
    DLRM_TRY(auto copy, opener.openLayers(layers));
    const auto differ = [&](const std::string& file, const std::string& expected, const std::string& found) {
        return fail(Error("E-CKPT-028", "The ranks hold different MLPs.")
                        .inFile(file)
                        .butExpected(expected)
                        .butFound(found)
                        .withRemedy("Copy the checkpoint again: the files of this rank come from another one."));
    };
    if (copy.size() != first.size())
        return differ(all.directory, fmt::format("{} layers as in rank 0", first.size()),
                      fmt::format("{} layers", copy.size()));
    for (std::size_t i = 0; i < copy.size(); ++i) {
        OpenLayer& layer = copy[i];
        if (layer.kernel.header.shape != first[i].kernel.header.shape || layer.kernel.dtype != first[i].kernel.dtype)
            return differ(
                layer.kernel.file->path(),
                fmt::format("shape {} as in {}", shapeText(first[i].kernel.header.shape), first[i].kernel.name),
                "shape " + shapeText(layer.kernel.header.shape));
        copies.push_back(std::move(layer.kernel));
        copies.push_back(std::move(layer.bias));
    }
    return {};
}

// Whether the ranks share every table by columns: all have the same tables, and their columns add up to the vectors of
// the bottom MLP.
bool splitByColumns(const std::vector<std::vector<OpenTable>>& ofRank, std::int64_t dim) {
    if (ofRank.size() < 2) return false;
    for (const auto& tables : ofRank)
        if (tables.size() != ofRank[0].size()) return false;
    for (std::size_t t = 0; t < ofRank[0].size(); ++t) {
        std::int64_t columns = 0;
        for (const auto& tables : ofRank) {
            if (tables[t].rows != ofRank[0][t].rows) return false;
            columns += tables[t].dim;
        }
        if (columns != dim) return false;
    }
    return !ofRank[0].empty();
}

struct Tables {
    std::vector<OpenTable> tables;
    std::vector<std::vector<std::int64_t>> rowsOfRank;
    bool columnwise = false;
};

Result<Tables> openTables(TensorOpener& opener, const AllRanks& all, std::int64_t dim) {
    std::vector<std::vector<OpenTable>> ofRank(all.ranks.size());
    for (std::size_t r = 0; r < all.ranks.size(); ++r) {
        DLRM_TRY(const auto names, tableNames(all, r));
        for (const TableFileNames& n : names) {
            DLRM_TRY(auto table, opener.openTable(n));
            ofRank[r].push_back(std::move(table));
        }
    }
    Tables out;
    out.columnwise = splitByColumns(ofRank, dim);
    if (out.columnwise) {
        auto& rows = out.rowsOfRank.emplace_back();
        for (std::size_t t = 0; t < ofRank[0].size(); ++t) {
            std::vector<OpenTable> slices;
            for (auto& tables : ofRank) slices.push_back(std::move(tables[t]));
            DLRM_TRY(auto joined, joinColumns(std::move(slices)));
            rows.push_back(joined.rows);
            out.tables.push_back(std::move(joined));
        }
        return out;
    }
    for (auto& tables : ofRank) {
        auto& rows = out.rowsOfRank.emplace_back();
        for (OpenTable& table : tables) {
            rows.push_back(table.rows);
            out.tables.push_back(std::move(table));
        }
    }
    if (out.tables.empty())
        return all.missing("E-CKPT-010", "A table is missing.",
                           all.name(0, "bottom_model_embedding_embedding_table_0_0.npy"));
    return out;
}

}  // namespace

bool recognisesLayoutA(const CheckpointDirectory& directory) {
    return std::any_of(directory.names.begin(), directory.names.end(),
                       [](const std::string& n) { return parseRankFileName(n).has_value(); });
}

Result<Checkpoint::Contents> openLayoutA(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job) {
    DLRM_TRY(auto all, sortNames(directory));
    for (std::size_t r = 0; r < all.ranks.size(); ++r) DLRM_TRY(checkLayerNames(all, r));

    TensorOpener opener(all.directory, all.files, job);
    CheckpointPieces pieces(
        path, "A",
        fmt::format("As saved by DeepLearningExamples TensorFlow2 DLRM, March 2021 to January 2022, on {} GPU{}: Keras "
                    "variable names.",
                    all.ranks.size(), all.ranks.size() == 1 ? "" : "s"));
    DLRM_TRY(pieces.bottom, opener.openLayers(all.ranks[0].bottom));
    DLRM_TRY(pieces.top, opener.openLayers(all.ranks[0].top));
    for (std::size_t r = 1; r < all.ranks.size(); ++r) {
        const RankFiles& rank = all.ranks[r];
        if (!rank.bottom.empty()) DLRM_TRY(openCopy(opener, rank.bottom, pieces.bottom, all, pieces.copies));
        DLRM_TRY(openCopy(opener, rank.top, pieces.top, all, pieces.copies));
    }
    DLRM_TRY(auto tables, openTables(opener, all, pieces.bottom.back().outputs()));
    DLRM_TRY(auto order, findTableOrder(tables.rowsOfRank, tables.columnwise, options, path));

    pieces.tables = std::move(tables.tables);
    pieces.ignored = std::move(all.ignored);
    pieces.tableOrderKnown = order.known;
    pieces.tableOrderNote = std::move(order.note);
    pieces.featureOfTable = std::move(order.featureOfTable);
    return buildContents(std::move(pieces), options);
}

}  // namespace dlrm
