// SPDX-License-Identifier: Apache-2.0
// Writes a deterministic synthetic checkpoint in the exact NGC layout (C) and a matching split_binary dataset.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"

namespace dlrm {

struct DemoOptions {
    // Cardinalities of FL15 (fl15Cardinalities()) or something small; dims and widths of the original either way when
    // fl15 is set.
    bool likeFl15 = false;
    std::int64_t rows = 10'000;  // of the test split; a tenth of it for train
    std::uint64_t seed = 1;
};

struct DemoResult {
    std::string checkpoint;  // directory
    std::string dataset;     // directory with feature_spec.yaml
    std::int64_t bytes = 0;
    double seconds = 0;
};

std::vector<std::int64_t> fl15Cardinalities();
// Bytes that will be written.
std::int64_t demoBytes(const DemoOptions& options);

// Value (row, column) of a table depends on (seed, table, row, column) only: any row can be recomputed.
// Errors: E-DEMO-001 not enough disk space (checked first), E-DEMO-002 the directory is not empty, E-DEMO-003 a write
// failed. On error or cancel everything written is removed again.
Result<DemoResult> writeDemo(const std::string& directory, const DemoOptions& options, const Job& job = {});

}  // namespace dlrm
