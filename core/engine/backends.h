// SPDX-License-Identifier: Apache-2.0
// Chooses the backend for --backend auto|cpu|cuda from THE TABLE OF BACKENDS (backends.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/compute/backend.h"
#include "core/compute/module_description.h"
#include "core/engine/engine.h"

namespace dlrm {

struct BackendRequest {
    std::string name = "auto";   // auto, cpu, cuda
    Precision precision = Precision::Fp32;
    int threads = 0;             // 0: all
    // GPU only:
    std::int64_t gpuMemoryBytes = 0;                        // most to use; 0: what is free, less a tenth
    TableStorage tableStorage = TableStorage::AsStored;
};

// auto falls back to the CPU with the reason in info.reason; an explicit name that cannot be had is E-BACKEND-001 with the reason.
// Looks for a GPU the first time it is asked for one: 0.1 ms where there is no driver, a good part of a second where there is.
Result<BackendChoice> chooseBackend(const BackendRequest& request);

// A line of the table as a menu shows it.
struct BackendOption {
    std::string name;                   // "cpu", "cuda"
    std::string unavailable;            // why it cannot be used here, one sentence; empty: it can
    std::vector<Precision> precisions;  // that it computes in
};
// All of them, best first. Takes as long as chooseBackend().
std::vector<BackendOption> backendOptions();

// "stored", "fp16", "int8"
std::optional<TableStorage> tableStorageFromName(std::string_view name);
// "8GiB", "500 MB", "1073741824": bytes. Error E-BACKEND-003 for anything else, and for less than 1 MiB.
Result<std::int64_t> parseMemorySize(std::string_view text);

}  // namespace dlrm
