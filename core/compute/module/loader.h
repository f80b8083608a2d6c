// SPDX-License-Identifier: Apache-2.0
// Finds and loads a backend module (core/compute/backend_abi.h), or says in one sentence why it cannot be used here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/thread_safety.h"
#include "core/compute/backend_abi.h"

namespace dlrm {

// Whether a device may still be used by this process. A device that is lost stays lost until the program is started
// again. Any thread.
class DeviceHealth {
public:
    void markLost(const std::string& why);
    std::string lost() const;  // why, as one sentence; empty: it is not lost

private:
    mutable Mutex m_mutex;
    std::string m_lost DLRM_GUARDED_BY(m_mutex);
};

struct LoadedModule {
    const dlrm_backend_table* table =
        nullptr;  // valid for the rest of the process: modules are never unloaded, threads of them may run
    std::string path;
    dlrm_device_info device = {};  // as probed when it was loaded
    std::shared_ptr<DeviceHealth> health;
};

struct ModuleSearch {
    std::string driver;                    // library that only a driver installs; empty: the module needs none
    std::string file;                      // "dlrm_cuda.so"
    std::vector<std::string> directories;  // the first that holds the file decides
    int device = 0;
};

// libcuda.so.1 and dlrm_cuda.so in $DLRM_BACKEND_DIR, then beside the program: ../lib/<triplet>/dlrm-explorer,
// ../lib/dlrm-explorer, its own directory.
ModuleSearch cudaModule();

// Looks for the driver first, which takes 0.1 ms where there is none. Error::message is a sentence to show as it is:
// E-MODULE-001 no driver, 002 no module, 003 it cannot be loaded (a library it needs is missing), 004 no entry point,
//              005 another version of the
// interface, 006 an incomplete one, 007 compute capability below 7.5; or what the module's own probe found (E-CUDA-…).
Result<LoadedModule> loadModule(const ModuleSearch& search);

// The module's texts as an Error. E-MODULE-009 where it failed without saying why.
Error moduleError(const dlrm_error& error);

}  // namespace dlrm
