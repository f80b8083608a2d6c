// SPDX-License-Identifier: Apache-2.0
// Chooses the backend for --backend auto|cpu|cuda from THE TABLE OF BACKENDS (backends.cpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/compute/backend.h"
#include "core/engine/engine.h"
#include "core/engine/open_request.h"

namespace dlrm {

// auto falls back to the CPU with the reason in info.reason; an explicit name that cannot be had is E-BACKEND-001 with
// the reason. Looks for a GPU the first time it is asked for one: 0.1 ms where there is no driver, a good part of a
// second where there is.
Result<BackendChoice> chooseBackend(const BackendRequest& request);

// The same with no more threads than the machine runs: more gain nothing, and the thread library would warn on stderr.
BackendRequest onThisMachine(BackendRequest request);
// Error E-BACKEND-002 unless it is "auto" or one of the table. Looks for no GPU.
Result<void> checkBackendName(const std::string& name);

// A line of the table as a menu shows it.
struct BackendOption {
    std::string name;                   // "cpu", "cuda"
    std::string unavailable;            // why it cannot be used here, one sentence; empty: it can
    std::vector<Precision> precisions;  // that it computes in
};
// All of them, best first. Takes as long as chooseBackend().
std::vector<BackendOption> backendOptions();

// "8GiB", "500 MB", "1073741824": bytes. Error E-BACKEND-003 for anything else, and for less than 1 MiB.
Result<std::int64_t> parseMemorySize(std::string_view text);

}  // namespace dlrm
