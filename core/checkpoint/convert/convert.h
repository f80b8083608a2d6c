// SPDX-License-Identifier: Apache-2.0
// A checkpoint written anew in another container, bit by bit: as one HDF5 file, or as a directory the original training
// code can load.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/checkpoint/checkpoint.h"

namespace dlrm {

struct Conversion {
    std::string path;
    std::string layout;  // "H5", "C", "B"
    std::int64_t tensors = 0;
    std::int64_t bytes = 0;  // of the values
    double seconds = 0;
    std::vector<std::string> notes;  // what the new container does not record
};

// `out` ends in .h5 or .hdf5: one HDF5 file (core/checkpoint/convert/hdf5.cpp says what is in it), which replaces a
// file of that name once it is whole.
// Else: a directory that does not exist yet or is empty; its layout is C, or B where the tables interact in descending
// cardinality.
// Memory: 32 MiB beside the largest layer. A stop is answered within 100 ms and leaves nothing.
// Errors: E-CONVERT-001 the tables' order is not known, 002 the container cannot hold this model, 003 out is a file of
// the checkpoint itself, 006 the source's own checksums differ, 007 there is nothing to convert,
// E-FILE-00x reading, E-FILE-01x and E-EXPORT-003, 009, 010 writing, E-CANCELLED.
// `asked`: the checkpoint's spec in the reading that was asked for (interaction order, order of the tables), which is
// what the new container records.
Result<Conversion> convertCheckpoint(const Checkpoint& checkpoint, const ModelSpec& asked, const std::string& out,
                                     const Job& job = {});
// As the checkpoint has it.
inline Result<Conversion> convertCheckpoint(const Checkpoint& checkpoint, const std::string& out, const Job& job = {}) {
    return convertCheckpoint(checkpoint, checkpoint.spec(), out, job);
}

}  // namespace dlrm
