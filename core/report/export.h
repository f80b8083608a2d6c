// SPDX-License-Identifier: Apache-2.0
// Results to files, by extension; the command line's --out and the Export menus use the same functions.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/engine/neighbor_results.h"
#include "core/engine/results.h"
#include "core/report/provenance.h"
#include "core/report/row_parts.h"

namespace dlrm {

// Every function writes beside `path` first, syncs, then renames: `path` shows what it was before or the whole new
// file. Errors of all: E-EXPORT-001 the extension names no format for this result (the remedy lists those that do),
// E-EXPORT-002 `path` exists and is no regular file, E-EXPORT-003 HDF5 failed, E-EXPORT-004 not enough memory,
//              E-EXPORT-009 and 010 the module that writes HDF5 is missing or cannot be
// loaded, E-EXPORT-012 NAME.json is a file of somebody else, E-FILE-010/011/012 creating, writing, completing.
// Where a provenance names a program it is written too: into .json and .h5, for .csv, .tsv and .npy into NAME.json
// beside the file NAME.

// `rows` rows handed over part by part, in bounded memory; the extension is checked before the first part is asked for.
// .tsv .csv: a line per row. .json: as `predict --json`. .npy: the logits, float32. .h5: /row, /logit, /probability,
// /label, and /prediction, the former name of /probability, for one version.
Result<void> exportPrediction(const PredictionParts& parts, std::int64_t rows, const std::string& path,
                              const ProvenanceFn& provenance = {});

// .tsv .csv: a line per metric. .json: as `evaluate --json`, and the curves. .h5: /metrics; of slices /slices.
Result<void> exportEvaluation(const Evaluation& evaluation, const std::string& path, const Provenance& provenance = {});
// What exportEvaluation() would say of `path`, known before hours of work: the extension, and whether a file can be
// created there.
Result<void> checkEvaluationPath(const std::string& path);

// What writeStateFile() would say of `path` (.h5), known before hours of work.
Result<void> checkStatePath(const std::string& path);

// Rows of a table, about.rows of them, with about.columns. .tsv .csv: a line per row. .npy: the values alone, (rows,
// dim) float32. .h5: /id, /norm, the columns by name, /values (rows, dim); it gathers them in memory, E-EXPORT-004
// above 1 GiB.
Result<void> exportTableRows(const RowParts& parts, const RowExport& about, const std::string& path,
                             const Provenance& provenance = {});
// The same for rows that are in memory as a whole, also as .json: as `rows --json`.
Result<void> exportRows(const TableRows& rows, const RowExport& about, const std::string& path,
                        const Provenance& provenance = {});

// About how many bytes exportTableRows() writes of about.rows rows as .csv or .tsv. `sample`: some of them, at least
// one, from all over the table; with all of them it is exact.
std::int64_t estimatedTextBytes(const TableRows& sample, const RowExport& about);

// Nearest rows. .tsv .csv: a line per pair, query_id, rank, id, score, norm. .json: as `neighbors --json`. .npy: the
// ids, (queries, k) int64, -1 where a row has fewer. .h5: /query, /id, /score and /norm (queries, k).
Result<void> exportNeighbors(const NeighborResult& result, const std::string& tableName, const std::string& json,
                             const std::string& path, const Provenance& provenance = {});

// A JSON document with its provenance. .json.
Result<void> exportJson(const std::string& json, const std::string& path, const Provenance& provenance = {});
// What exportJson() would say of `path`, known before hours of work.
Result<void> checkJsonPath(const std::string& path);

// Where a file that was written otherwise comes from, into NAME.json beside the file NAME; nothing where the provenance
// names no program. holds: what is in the file, in a few words.
Result<void> exportOrigin(const std::string& path, const std::string& holds, const Provenance& provenance);

}  // namespace dlrm
