// SPDX-License-Identifier: Apache-2.0
#include "core/compute/module/loader.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <dlfcn.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/program_files.h"

namespace dlrm {
namespace {

constexpr int kLeastMajor = 7, kLeastMinor = 5;
constexpr const char* kOrCpu = "use --backend auto or --backend cpu";

// dlerror() belongs to the last dl call of this thread.
std::string loaderMessage() {
    const char* text = ::dlerror();
    return text ? text : "no reason given";
}

template <std::size_t N>
std::string text(const char (&field)[N]) {
    return {field, ::strnlen(field, N)};
}

// "E-CUDA-004"
bool isCode(const std::string& code) {
    const std::size_t dash = code.rfind('-');
    return code.starts_with("E-") && dash != std::string::npos && dash > 2 && code.size() == dash + 4 &&
           std::all_of(code.begin() + 2, code.begin() + static_cast<std::ptrdiff_t>(dash),
                       [](unsigned char c) { return std::isupper(c); }) &&
           std::all_of(code.end() - 3, code.end(), [](unsigned char c) { return std::isdigit(c); });
}

bool isComplete(const dlrm_backend_table& t) {
    return t.probe && t.open_device && t.close_device && t.working_memory && t.load_model && t.free_model &&
           t.wait_loaded && t.placement && t.preferred_batch && t.forward;
}

Result<std::string> findModule(const ModuleSearch& search) {
    for (const std::string& directory : search.directories) {
        const std::filesystem::path path = std::filesystem::path(directory) / search.file;
        std::error_code ignored;
        if (std::filesystem::exists(path, ignored)) return path.string();
    }
    return fail(Error("E-MODULE-002", fmt::format("no GPU module ({} not found)", search.file))
                    .butExpected(fmt::format("{} in one of {}", search.file, fmt::join(search.directories, ", ")))
                    .withRemedy("Install the GPU module, or name its directory in DLRM_BACKEND_DIR."));
}

Result<void> findDriver(const std::string& driver) {
    // Never closed: the module will want it.
    if (driver.empty() || ::dlopen(driver.c_str(), RTLD_NOW | RTLD_LOCAL)) return {};
    const std::string why = loaderMessage();
    const bool absent = why == driver + ": cannot open shared object file: No such file or directory";
    return fail(Error("E-MODULE-001", absent ? fmt::format("no NVIDIA driver ({} not found)", driver)
                                             : fmt::format("the NVIDIA driver cannot be loaded: {}", why))
                    .butExpected(driver)
                    .withRemedy(fmt::format("Install the NVIDIA driver, or {}.", kOrCpu)));
}

Result<const dlrm_backend_table*> openModule(const std::string& path) {
    void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!module)
        return fail(Error("E-MODULE-003", fmt::format("the GPU module cannot be loaded: {}", loaderMessage()))
                        .inFile(path)
                        .withRemedy(fmt::format("Install the library that is named, or {}.", kOrCpu)));
    const auto entry = reinterpret_cast<dlrm_backend_module_fn>(::dlsym(module, DLRM_BACKEND_SYMBOL));
    if (!entry)
        return fail(Error("E-MODULE-004", fmt::format("the GPU module has no entry point: {}", loaderMessage()))
                        .inFile(path)
                        .butExpected(DLRM_BACKEND_SYMBOL)
                        .withRemedy("Install the module that belongs to this program."));
    const dlrm_backend_table* const table = entry();
    if (!table || table->abi != DLRM_BACKEND_ABI)
        return fail(
            Error("E-MODULE-005",
                  table ? fmt::format("the GPU module has version {} of the interface, this program has version {}",
                                      table->abi, DLRM_BACKEND_ABI)
                        : std::string("the GPU module offers no interface"))
                .inFile(path)
                .butExpected(fmt::format("version {}", DLRM_BACKEND_ABI))
                .withRemedy("Install the module that belongs to this program."));
    if (!isComplete(*table))
        return fail(Error("E-MODULE-006", "the GPU module's interface is incomplete")
                        .inFile(path)
                        .withRemedy("Install the module that belongs to this program."));
    return table;
}

}  // namespace

void DeviceHealth::markLost(const std::string& why) {
    const MutexLock lock(m_mutex);
    if (m_lost.empty()) m_lost = why.empty() ? "no reason given" : why;
}

std::string DeviceHealth::lost() const {
    const MutexLock lock(m_mutex);
    return m_lost;
}

ModuleSearch cudaModule() {
    ModuleSearch search{"libcuda.so.1", "dlrm_cuda.so", {}, 0};
    if (const char* named = std::getenv("DLRM_BACKEND_DIR"); named && *named) search.directories.emplace_back(named);
    for (std::string& directory : programDirectories()) search.directories.push_back(std::move(directory));
    return search;
}

Result<LoadedModule> loadModule(const ModuleSearch& search) {
    DLRM_TRY(findDriver(search.driver));
    DLRM_TRY(auto path, findModule(search));
    DLRM_TRY(const auto table, openModule(path));

    LoadedModule out{table, std::move(path), {}, std::make_shared<DeviceHealth>()};
    dlrm_options options{};
    options.device = search.device;
    dlrm_error error{};
    if (out.table->probe(&options, &out.device, &error) != DLRM_OK) return fail(moduleError(error));
    out.device.name[sizeof(out.device.name) - 1] = '\0';
    const dlrm_device_info& d = out.device;
    if (d.compute_major < kLeastMajor || (d.compute_major == kLeastMajor && d.compute_minor < kLeastMinor))
        return fail(
            Error("E-MODULE-007", fmt::format("{} has compute capability {}.{}, {}.{} or newer is needed", d.name,
                                              d.compute_major, d.compute_minor, kLeastMajor, kLeastMinor))
                .butExpected(fmt::format("{}.{} or newer", kLeastMajor, kLeastMinor))
                .butFound(fmt::format("{}.{}", d.compute_major, d.compute_minor))
                .withRemedy("Use a GPU of the Turing generation or newer, or --backend cpu."));
    return out;
}

Error moduleError(const dlrm_error& error) {
    std::string code = text(error.code), message = text(error.message);
    if (!isCode(code) || message.empty())
        return Error("E-MODULE-009",
                     message.empty() ? std::string("The GPU module failed without saying why.") : std::move(message))
            .butFound(text(error.found))
            .withRemedy("Try again, or use --backend cpu.");
    return Error(std::move(code), std::move(message))
        .butExpected(text(error.expected))
        .butFound(text(error.found))
        .withRemedy(text(error.remedy));
}

}  // namespace dlrm
