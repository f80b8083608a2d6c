// SPDX-License-Identifier: Apache-2.0
// What comes through a pipe, as a file that can be read anywhere.
#pragma once

#include <memory>
#include <string>

#include "core/base/job.h"
#include "core/base/random_access_file.h"
#include "core/base/result.h"

namespace dlrm {

// The file at `path`. "-" (standard input), a pipe or a socket is read to its end into an unnamed temporary file in
// $TMPDIR, else /var/tmp, that vanishes with the object. Errors: E-FILE-001, E-FILE-002, E-PIPE-001 it cannot be read,
// E-PIPE-002 the temporary file cannot be written, E-CANCELLED within 100 ms of a stop, though nothing comes.
Result<std::shared_ptr<RandomAccessFile>> openPiped(const std::string& path, const Job& job = {});

}  // namespace dlrm
