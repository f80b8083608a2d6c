// SPDX-License-Identifier: Apache-2.0
// A backend in a loaded module: plans where tables go, gives the module smaller budgets when its memory does not
// suffice, and goes on with another backend when the device cannot be used or is lost.
#pragma once

#include <functional>
#include <memory>

#include "core/compute/backend.h"
#include "core/compute/module/description.h"
#include "core/compute/module/loader.h"

namespace dlrm {

struct ModuleOptions {
    int device = 0;
    Precision precision = Precision::Fp32;
    TableStorage storage = TableStorage::AsStored;
    std::int64_t memoryBytes = 0;   // most device memory to use; 0, or more than that: what is free, less a tenth
    std::int64_t pinnedBytes = -1;  // most host memory to pin for tables; negative: a quarter of what is available
};

using BackendFactory = std::function<Result<std::unique_ptr<Backend>>()>;

// `instead` makes the backend that takes over: where the device's memory does not even suffice without any table, and
// when the device is lost, also in the middle of a request, which is then computed there as a whole. info() says so
// from then on. Empty: nobody takes over, E-MODULE-013 instead.
// Errors: what opening the device says; E-MODULE-008 where it was lost before.
Result<std::unique_ptr<Backend>> makeModuleBackend(const LoadedModule& module, const ModuleOptions& options,
                                                   BackendFactory instead);
// What info() would say, without opening the device.
BackendInfo describeModule(const LoadedModule& module, const ModuleOptions& options);

}  // namespace dlrm
