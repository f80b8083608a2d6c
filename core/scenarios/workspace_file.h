// SPDX-License-Identifier: Apache-2.0
// A workspace as a file (.dlrmx, JSON): which checkpoint and data, how they are read, and the rows that somebody
// edited, named and kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/open_request.h"

namespace dlrm {

// A field by its name ("num_3", that of the table) and what stands in it, as TypedRows takes it: "12", "fed:1.5",
// "a73ee510", "id:7"; empty: a missing value.
struct FieldValue {
    std::string field, value;
    friend bool operator==(const FieldValue&, const FieldValue&) = default;
};

// A row of the model's input, every field of it, and what of it was edited.
struct Scenario {
    std::string name, note;  // note: may be empty
    std::int64_t row = -1;   // of the dataset; -1: it was typed or pasted
    std::optional<int> label;
    std::vector<FieldValue> values;  // before it was edited; numericals, then tables in feature order
    std::vector<FieldValue> edits;   // of some of these fields
    friend bool operator==(const Scenario&, const Scenario&) = default;
};

// Rows of one table that are compared with others.
struct PinnedRows {
    std::string table;              // its name
    std::vector<std::int64_t> ids;  // each once
    friend bool operator==(const PinnedRows&, const PinnedRows&) = default;
};

struct WorkspaceFile {
    std::string path;     // of the file; empty: of none yet
    OpenRequest request;  // checkpoint and data, and how they are read; nothing of what computes
    std::string checkpointFingerprint, dataFingerprint;  // when it was saved; empty: not known
    std::vector<Scenario> scenarios;
    std::optional<Scenario> pin;  // the row that others were shown against; it has no name
    std::optional<PinnedRows> pinnedRows;
    std::vector<std::string> slices;   // sentences that say which rows are meant
    std::vector<std::string> unknown;  // keys that this version does not know and passes over, as JSON pointers
};

inline constexpr std::size_t kMostPinnedRows = 4;
inline constexpr std::size_t kMostScenarios = 1000, kLongestName = 200, kLongestNote = 2000;  // bytes

// Paths in it are resolved against its directory; none is looked at. Errors, each with the file, and of its content
// with the JSON pointer of the place: those of RandomAccessFile::open(); E-DLRMX-001 larger than any that is written;
// 002 no JSON; 003 what stands there is not what belongs there; 004 of a newer version; E-OPTION-002, E-OPTION-003.
Result<WorkspaceFile> readWorkspaceFile(const std::string& path);

// Writes what readWorkspaceFile() reads as the same, with paths relative to the file's directory; whole or not at all.
// Errors: those of AtomicFile; E-DLRMX-001 and 003 where readWorkspaceFile() would refuse it.
Result<void> writeWorkspaceFile(const WorkspaceFile& workspace, const std::string& path);

// Text that may stand in one: at most `most` bytes of UTF-8 without control characters. Why not, in a few words that go
// on "expected …"; empty: it may.
std::string whatTextMayBe(const std::string& text, std::size_t most);

}  // namespace dlrm
