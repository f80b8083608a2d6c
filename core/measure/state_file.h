// SPDX-License-Identifier: Apache-2.0
// What measures have seen of some rows, as a file: written where the rows were read, merged with those of other rows
// anywhere (state_merge.h).
//
// It is HDF5 and opens in h5py:
//   /                    attributes, see below
//   /rows                int64 (ranges, 2): the first and the last row of each range, counted from 0, ascending, none
//                        next to another
//   /<key of a measure>  a group with the arrays of its state (state.h), each int64, uint32, float64 or uint8 (n)
// Attributes: format "dlrm-measures", format_version 1; where it comes from, under the names that other results have
// (program, version, checkpoint, fingerprint, dataset, …; the dataset's own format is dataset_format), as texts, what
// says nothing left out; as numbers id_shift, lenient, total_rows (of the dataset) and seconds (that the rows took); a
// list of texts notes; contents_sha256.
//
// Every dataset is little-endian and lies in one piece. contents_sha256 is the SHA-256, 64 hexadecimal digits, of these
// lines, sorted bytewise, each with "\n" behind it, one for each attribute but itself, each group and each dataset:
//   attribute <name> <texts|int64|float64> <sha256>
//   <path> group
//   <path> <int64|uint32|float64|uint8> (<size>[, <size>]) <sha256>
// where <sha256> is of the little-endian values; of texts, of each with a NUL behind it. So any byte that changes what
// is read is found, and anything that was added.
#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "core/base/result.h"
#include "core/measure/provenance.h"
#include "core/measure/state.h"

namespace dlrm {

struct SavedMeasures {
    Provenance provenance;  // rows, totalRows, seconds and notes are of what was measured; what is exported is not kept
    std::map<std::string, MeasureState, std::less<>> states;  // by Measure::key()
};

// Whole or not at all. A command and notes that HDF5 has no room for are cut. Errors: those of Hdf5Stream;
// checkStatePath() of core/report/export.h knows them before hours of work.
Result<void> writeStateFile(const SavedMeasures& saved, const std::string& path);

// The file may be anybody's; what is taken for it is bounded by its size. Errors: E-STATEFILE-001 it is no such file,
// 002 one of another form, 003 it holds something else than is written, 004 its contents are not those that were
// written; E-FILE-001 …, those of Hdf5File. Throws std::bad_alloc.
Result<SavedMeasures> readStateFile(const std::string& path, const std::stop_token& stop = {});

}  // namespace dlrm
