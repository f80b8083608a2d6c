// SPDX-License-Identifier: Apache-2.0
// What a dataset looks up in the embedding tables: hits per id, and how many lookups and rows meet untrained rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/analysis/tables/untrained_rows.h"
#include "core/base/ids.h"

namespace dlrm {

struct TableTraffic {
    std::vector<std::uint32_t> hits;  // per id
    std::int64_t lookups = 0;         // Σ hits
    std::int64_t distinct = 0;        // ids with a hit
    std::int64_t row0 = 0;            // lookups of row 0: missing, rare or unknown
    double lookupsShare = 0;          // of the lookups in all tables
    double bytesShare = 0;            // of the bytes read for the lookups in all tables
};

struct Traffic {
    std::string datasetPath, split;
    std::int64_t rows = 0;             // of the dataset
    std::vector<TableTraffic> tables;  // feature order
};

// The dataset joined with the untrained rows of all tables.
struct UntrainedTraffic {
    struct Table {
        std::int64_t lookups = 0, untrained = 0;  // untrained: lookups that hit an untrained row
        bool known = true;                        // UntrainedRows::known() of the table; otherwise `untrained` is 0
        double share() const { return lookups > 0 ? static_cast<double>(untrained) / static_cast<double>(lookups) : 0; }
    };
    std::string datasetPath, split;
    std::int64_t rows = 0;                  // of the dataset
    std::int64_t rowsAffected = 0;          // rows with at least one such lookup
    std::vector<Table> tables;              // feature order
    std::vector<std::int64_t> rowsByCount;  // (tables + 1): rows with exactly k such lookups
    std::int64_t unknownTables() const;     // with any, what is counted here is a lower bound
    double rowsShare() const { return rows > 0 ? static_cast<double>(rowsAffected) / static_cast<double>(rows) : 0; }
    double lookupsShare() const;  // over all tables where they are known
};

// Lookups of one table that hit its untrained rows.
UntrainedTraffic::Table untrainedLookups(const TableTraffic& traffic, const UntrainedRows& rows);

}  // namespace dlrm
