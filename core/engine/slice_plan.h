// SPDX-License-Identifier: Apache-2.0
// Slices of the rows as somebody typed them, made ready for the opened model and data.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/analysis/slices/partition.h"
#include "core/analysis/slices/slice_figures.h"
#include "core/analysis/tables/statistics.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/dataset/dataset.h"

namespace dlrm {

struct OpenRequest;
struct Workspace;

struct SlicePlan {
    SliceChoice choice;
    std::vector<std::shared_ptr<const SlicePartition>> bins;         // of every field; empty: not asked for
    std::vector<std::shared_ptr<const SlicePartition>> partitions;   // of --slice, then of --by
    std::vector<std::shared_ptr<const TableStatistics>> statistics;  // that partitions point into
};

// Quantiles are those of rows from all over the dataset, at most so many: every part of a dataset is cut alike.
inline constexpr std::int64_t kQuantileRows = 65'536;

// Whether ids are hashes of raw values, by how values without a dictionary are read. REQUIRES: a dataset is open.
bool idsAreHashes(const Workspace& opened, MissingDictionary missing);
// Ids below it mean missing, rare or unknown values; 0: none does. REQUIRES: a dataset is open.
std::int32_t firstValueId(const Workspace& opened, bool hashedValues);

// What planSlices() would say of one slice before it reads anything. Errors: E-SLICE-001 … 004.
Result<void> checkSlice(const Workspace& opened, const std::string& slice, bool hashedValues);

// Errors: E-ENGINE-017 where a slice of the plan looks at ids and the rows have several of a feature.
Result<void> checkIds(const Dataset& dataset, const SlicePlan& plan);

// Reads those rows where a key has quantiles, and takes the statistics of all tables where a slice asks what is
// untrained. REQUIRES: both a model and a dataset are open. Errors: E-SLICE-001 … 005, E-ENGINE-006 no labels where
// they are needed, 017 a slice by ids of rows with several ids of a feature; those of reading rows and of
// Engine::tableStatistics().
Result<std::shared_ptr<const SlicePlan>> planSlices(const Workspace& opened, const SliceChoice& choice,
                                                    const Job& job = {});

}  // namespace dlrm
