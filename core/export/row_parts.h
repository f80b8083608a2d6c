// SPDX-License-Identifier: Apache-2.0
// Rows of an embedding table handed over part by part, so that millions of rows never stand in memory at once.
#pragma once

#include <functional>

#include "core/base/result.h"
#include "core/engine/results.h"

namespace dlrm {

// The next rows, valid until the next call; nullptr after the last. What it fails with ends the writing. Called again from the start for each file.
using RowParts = std::function<Result<const TableRows*>()>;

// What the rows are of.
struct RowExport {
    std::string checkpoint, table;
    std::int64_t rows = 0, dim = 0;
};

}  // namespace dlrm
