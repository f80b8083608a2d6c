// SPDX-License-Identifier: Apache-2.0
// ZIP archives as NumPy's .npz uses them: stored or deflated members, zip64. Names, sizes and places come from the
// central directory.
#pragma once

#include <vector>

#include "core/base/random_access_file.h"
#include "core/base/result.h"
#include "core/formats/unpack.h"

namespace dlrm {

// Members of the archive in the order of its directory, ready for unpack(). A member's name is only a name here: no
// path is made of it.
// Errors: E-ZIP-001 no archive, or its end is cut off; E-ZIP-002 the central directory or a local header is damaged;
// E-ZIP-003 an encrypted member, or one packed otherwise; E-ZIP-004 over 4,096 members; E-ZIP-005 two members overlap
//           or have the same name; E-FILE-….
Result<std::vector<PackedRange>> readZipDirectory(const RandomAccessFile& file);

}  // namespace dlrm
