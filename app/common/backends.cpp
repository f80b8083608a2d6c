// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF BACKENDS. A new backend is a folder of its own and one line here.
#include "app/common/backends.h"

#include <array>

#include "core/compute/cpu/cpu_backend.h"

namespace dlrm {
namespace {

struct BackendEntry {
    const char* name;
    // Whether it can be used here; an empty string means yes, else the sentence that says why not.
    std::string (*unavailable)();
    BackendInfo (*describe)(const BackendRequest&);
    Result<std::unique_ptr<Backend>> (*create)(const BackendRequest&);
};

CpuOptions cpuOptions(const BackendRequest& r) { return {r.threads, r.precision}; }

// Best first: auto takes the first one that is available.
const std::array kBackends{
    BackendEntry{"cpu", [] { return std::string(); },
                 [](const BackendRequest& r) { return describeCpu(cpuOptions(r)); },
                 [](const BackendRequest& r) { return makeCpuBackend(cpuOptions(r)); }},
};

}  // namespace

Result<BackendChoice> chooseBackend(const BackendRequest& request) {
    const bool automatic = request.name == "auto";
    for (const BackendEntry& entry : kBackends) {
        if (!automatic && request.name != entry.name) continue;
        if (std::string why = entry.unavailable(); !why.empty()) {
            if (automatic) continue;
            return fail(Error("E-BACKEND-001", "The backend \"" + request.name + "\" cannot be used here.")
                            .butFound(std::move(why))
                            .withRemedy("use --backend auto or --backend cpu"));
        }
        BackendChoice choice;
        choice.info = entry.describe(request);
        choice.info.reason = automatic ? "the only backend of this build" : "chosen with --backend " + request.name;
        choice.create = [create = entry.create, request] { return create(request); };
        return choice;
    }
    if (request.name == "cuda")
        return fail(Error("E-BACKEND-001", "The backend \"cuda\" cannot be used here.")
                        .butFound("this build has no CUDA module")
                        .withRemedy("use --backend auto or --backend cpu"));
    return fail(Error("E-BACKEND-002", "There is no backend \"" + request.name + "\".")
                    .butExpected("auto, cpu or cuda")
                    .butFound(request.name)
                    .withRemedy("name one of these after --backend"));
}

}  // namespace dlrm
