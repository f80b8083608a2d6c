// SPDX-License-Identifier: Apache-2.0
// What `tables` tells of a model's tables: their statistics, and the traffic of a dataset where there is one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/tables/statistics.h"
#include "core/analysis/tables/traffic.h"
#include "core/base/result.h"
#include "core/engine/results.h"
#include "core/report/provenance.h"

namespace dlrm {

struct TablesReport {
    struct Table {
        std::shared_ptr<const TableStatistics> statistics;
        // With a dataset:
        std::optional<TableTraffic> traffic;  // hits left out
        std::optional<UntrainedTraffic::Table> untrained;
        std::optional<Spectrum> trafficSpectrum;
    };
    std::vector<Table> tables;                          // one for every table of the ModelInfo it is printed with
    std::shared_ptr<const UntrainedTraffic> untrained;  // of all tables; null without a dataset or for one table
};

// As tablesJson(info), every table with "mean", "std", "min", "max", "norm", "nan", "inf", "subnormal", "untrained",
// "zero_rows", "duplicate_rows", "most_copied", "effective_rank", "stable_rank", "information_abundance",
// "singular_values", "trained", "histogram", and "traffic" where it is known. Null where a figure is not known:
// untrained rows of cast tables. traffic.untrained counts the tables where it is known.
std::string tablesJson(const ModelInfo& info, const TablesReport& report);

// .json: tablesJson(). .h5: one entry per table in /table (names), /rows, /mean, /norm_p50 … as the JSON names them,
// /singular_values (table, component), /histogram (table, bin), with a dataset /traffic_lookups …. Errors: those of
// core/report/export.h.
Result<void> exportTables(const ModelInfo& info, const TablesReport& report, const std::string& path,
                          const Provenance& provenance = {});
// What exportTables() would say of `path`, known before the tables are read.
Result<void> checkTablesPath(const std::string& path);
Result<std::vector<std::byte>> tablesHdf5(const ModelInfo& info, const TablesReport& report,
                                          const Provenance& provenance = {});

// The ids of untrained rows as an int64 array, ascending. Errors: E-EXPORT-008 not .npy, E-ANALYSIS-005 not known,
// E-FILE-010/011/012.
Result<void> exportUntrainedIds(const UntrainedRows& rows, const std::string& path);

}  // namespace dlrm
