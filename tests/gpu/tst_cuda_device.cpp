// SPDX-License-Identifier: Apache-2.0
// The CUDA module against the double twin on whatever device it finds: tst_cuda_device [MODULE]. Needs neither Qt nor
// the core library, so that it travels. Exit 77 (skipped) without a device, 0 when everything is right, 1 else.
#include <cstdio>
#include <filesystem>
#include <string>

#include <dlfcn.h>

#include "tests/gpu/support/checks.h"

using namespace dlrm::test;

namespace {

constexpr int kSkipped = 77;

int skip(const std::string& why) {
    std::printf("SKIP  %s\n", why.c_str());
    return kSkipped;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string path =
        argc > 1 ? argv[1] : (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "dlrm_cuda.so").string();
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // stays open: its threads may outlive main
    if (!library) return skip(dlerror());
    const auto entry = reinterpret_cast<dlrm_backend_module_fn>(dlsym(library, DLRM_BACKEND_SYMBOL));
    if (!entry) {
        std::printf("FAIL  %s has no symbol %s\n", path.c_str(), DLRM_BACKEND_SYMBOL);
        return 1;
    }
    const dlrm_backend_table& module = *entry();
    const dlrm_options options{};
    dlrm_device_info info{};
    dlrm_error error{};
    Checks checks;
    if (!checks.that(module.abi == DLRM_BACKEND_ABI, "the module's ABI number")) return 1;
    if (module.probe(&options, &info, &error) != DLRM_OK) {
        const std::string code = error.code;
        if (code == "E-CUDA-101" || code == "E-CUDA-102" || code == "E-CUDA-103") return skip(text(error));
        std::printf("FAIL  probe: %s\n", text(error).c_str());
        return 1;
    }
    std::printf("%s, compute capability %d.%d, driver %d, %.1f of %.1f GiB free\n", info.name, info.compute_major,
                info.compute_minor, info.driver_version, static_cast<double>(info.memory_free_bytes) / (1 << 30),
                static_cast<double>(info.memory_total_bytes) / (1 << 30));
    checkForward(checks, module, info.compute_major >= 8);
    std::printf("%d checks passed, %d failed\n", checks.passed, checks.failed);
    return checks.failed == 0 ? 0 : 1;
}
