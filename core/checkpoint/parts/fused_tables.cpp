// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/fused_tables.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace dlrm {
namespace {

// Rows of one table are below 2^31 and their number is bounded where they are read, so sums stay far below 2^63.
std::int64_t total(const std::vector<std::int64_t>& rows) {
    return std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
}

}  // namespace

Result<std::vector<OpenTable>> splitFused(const OpenTable& fused, const std::vector<std::int64_t>& cardinalities) {
    const NpyTensor& tensor = fused.tensors[0];
    if (cardinalities.empty())
        return fail(Error("E-FUSED-001", "All tables were saved as one, and nothing says where each begins.")
                        .inFile(tensor.file->path())
                        .atOffset(tensor.header.dataOffset)
                        .butExpected("the number of rows of every table")
                        .butFound(fmt::format("one table of {} rows", fused.rows))
                        .withRemedy("Give the numbers of rows with --cardinalities, a dataset with --data, or put the "
                                    "config.json of the training beside the model."));
    if (total(cardinalities) != fused.rows)
        return fail(Error("E-FUSED-002", "The fused table does not have the rows of all tables together.")
                        .inFile(tensor.file->path())
                        .atOffset(tensor.header.dataOffset)
                        .butExpected(fmt::format("{} rows, the sum of {} cardinalities", total(cardinalities),
                                                 cardinalities.size()))
                        .butFound(fmt::format("{} rows", fused.rows))
                        .withRemedy("Give the cardinalities of the dataset this model was trained on."));
    return splitRows(fused, cardinalities);
}

Result<std::vector<OpenTable>> splitConcatenated(std::vector<OpenTable> files,
                                                 const std::vector<std::int64_t>& cardinalities, std::string& note) {
    std::vector<std::size_t> fileOf(cardinalities.size(), 0);  // 0: in the fused table
    const auto unclear = [&](const OpenTable& table, std::string found) {
        return fail(
            Error("E-FUSED-003",
                  "Tables were saved as one (concat_embedding), and their rows do not tell which file holds which.")
                .inFile(table.tensors[0].file->path())
                .atOffset(table.tensors[0].header.dataOffset)
                .butExpected("one table of the configuration with as many rows as each further file")
                .butFound(std::move(found))
                .withRemedy("Save the model again without concat_embedding, or without cpu_offloading_threshold_gb."));
    };
    for (std::size_t f = 1; f < files.size(); ++f) {
        const std::int64_t rows = files[f].rows;
        const auto fits = std::count(cardinalities.begin(), cardinalities.end(), rows);
        const auto feature = static_cast<std::size_t>(std::find(cardinalities.begin(), cardinalities.end(), rows) -
                                                      cardinalities.begin());
        if (fits != 1 || fileOf[feature] != 0)
            return unclear(files[f], fmt::format("{} rows, which {} tables have", rows, fits));
        if (files[f].dim != files[0].dim)
            return unclear(files[f], fmt::format("{} columns beside {}", files[f].dim, files[0].dim));
        fileOf[feature] = f;
    }
    std::vector<std::int64_t> fusedRows;
    for (std::size_t t = 0; t < cardinalities.size(); ++t)
        if (fileOf[t] == 0) fusedRows.push_back(cardinalities[t]);
    DLRM_TRY(auto fused, splitFused(files[0], fusedRows));
    std::vector<OpenTable> tables;
    std::size_t next = 0;
    for (const std::size_t f : fileOf) tables.push_back(f == 0 ? std::move(fused[next++]) : std::move(files[f]));
    note = fmt::format(
        "Trained with concat_embedding: feature_0.npy holds {} tables one after the other{}; told by the configuration "
        "and the numbers of rows.",
        fusedRows.size(),
        files.size() > 1 ? fmt::format(", {} offloaded ones follow in files of their own", files.size() - 1) : "");
    return tables;
}

}  // namespace dlrm
