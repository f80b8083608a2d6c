// SPDX-License-Identifier: Apache-2.0
// Where a result comes from: program, model, data, how they were read, and what has to be known of the figures. It
// stands in every JSON (its first key), in the attributes of every HDF5 file, and beside a .csv, .tsv or .npy, which
// hold nothing but their columns, in NAME.json.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/measure/provenance.h"

namespace dlrm {

class Engine;
class Hdf5Image;
class Hdf5Stream;
struct OpenRequest;

// "2026-11-24T19:00:00Z", now.
std::string utcNow();
// The arguments of a command as a line that a shell reads back.
std::string commandLine(std::span<const char* const> arguments);
// Fills in what an engine and a dataset (may be null) know of themselves. A fingerprint that stands there already,
// which a pass over rows made, is kept: making one reads from every tensor.
void addOrigin(const Engine& engine, const Dataset* dataset, Provenance& provenance);

// How a person had model and data read, in the words of the command line's options.
struct ReadingWords {
    std::string tablePrecision;                // "stored", "fp16", "int8"
    std::string interactionTables;             // empty: as the layout has them
    std::string numerical, missingDictionary;  // as in Provenance; missingDictionary: empty where the format needs none
    int idShift = 0;
    bool lenient = false;
};
// Of what was opened; `stored`: the dataset as its files mean it, or null.
ReadingWords readingWords(const OpenRequest& request, const Dataset* stored);
// Adds what was in force of it: a CPU computes with the tables as they are stored, and without a dataset nothing of it
// was read. After addOrigin().
void addReading(const ReadingWords& words, const Dataset* dataset, Provenance& provenance);
// What engine and dataset (may be null) say of themselves, one sentence each.
std::vector<std::string> ownNotes(const Engine& engine, const Dataset* dataset);

// {"first_row", "last_row", "rows", "of"}: of the `all` rows of the data.
std::string exportedRange(std::int64_t first, std::int64_t last, std::int64_t all);
// {"table", "rows", "of", "query"}: `rows` of the table's `all`; how they were filtered and sorted, in words, left out
// where it is empty.
std::string exportedTableRows(const std::string& table, std::int64_t rows, std::int64_t all, const std::string& query);

using ProvenanceFn = std::function<Provenance()>;  // asked when the result is there: what computed is known only then

// Whether "notes" is written beside "provenance", or the result has that key of its own.
enum class Notes { Beside, Own };
// `json`, an object or the beginning of one, with "provenance" as its first key; "notes" (see Notes) and "exported"
// follow, the latter only where
// Provenance::exported is not empty. "provenance" is {"program", "version", "commit", "command", "created",
// "checkpoint", "layout", "fingerprint", "fingerprint_of" (what it covers), "dataset", "split", "format", "profile":
// {name, description}, "reading": {numerical, id_shift, interaction_tables, missing_dictionary, lenient}, "backend":
// {name, device, reason, precision}, "table_precision", "interaction": {order, source, standing}}. In it, what does not
// apply is null; "standing" is left out where nothing is known. The text as it is where the provenance names no
// program.
std::string withProvenance(std::string_view json, const Provenance& provenance, Notes notes);

// Attributes of "/": program, version, commit, command, created, checkpoint, fingerprint, fingerprint_of,
// dataset, …, notes (one a line); those that are empty or that the
// file has already are left out.
void addProvenance(Hdf5Image& file, const Provenance& provenance);
void addProvenance(Hdf5Stream& file, const Provenance& provenance);

// {"provenance", "notes"} in one line: the first one of JSON lines.
std::string provenanceLine(const Provenance& provenance);
// What stands in NAME.json beside a file NAME that has no place for it: {"provenance", "notes", "exported", "file":
// NAME, "holds": what is in it ("rows of cat_3")}, and "ids" where there are some.
std::string sidecarJson(const std::string& path, const std::string& holds, const Provenance& provenance);
// Whether a file that begins like this is one of those.
bool isSidecar(std::string_view begin);

}  // namespace dlrm
