// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF BACKENDS. A new backend is a folder of its own and one line here.
#include "core/engine/backends.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <thread>

#include "core/compute/cpu/cpu_backend.h"
#include "core/compute/module/backend.h"

namespace dlrm {
namespace {

struct BackendEntry {
    const char* name;
    // Whether it can be used here; an empty string means yes, else the sentence that says why not.
    std::string (*unavailable)();
    BackendInfo (*describe)(const BackendRequest&);
    Result<std::unique_ptr<Backend>> (*create)(const BackendRequest&);
    std::vector<Precision> precisions;
};

CpuOptions cpuOptions(const BackendRequest& r) { return {r.threads, r.precision}; }

// Looked for once, when somebody first asks. Any thread.
const Result<LoadedModule>& cuda() {
    static const Result<LoadedModule> loaded = loadModule(cudaModule());
    return loaded;
}

std::string cudaUnavailable() {
    if (!cuda()) return cuda().error().message;
    const std::string lost = cuda()->health->lost();
    return lost.empty() ? lost : "the GPU was lost (" + lost + "); start the program again to use it";
}

ModuleOptions cudaOptions(const BackendRequest& r) {
    ModuleOptions options;
    options.precision = r.precision;
    options.storage = r.tableStorage;
    options.memoryBytes = r.gpuMemoryBytes;
    return options;
}

// The CPU in the arithmetic that comes closest without being coarser.
CpuOptions cpuInstead(const BackendRequest& r) {
    return {r.threads, r.precision == Precision::Bf16 ? Precision::Bf16 : Precision::Fp32};
}

Result<std::unique_ptr<Backend>> makeCuda(const BackendRequest& r) {
    if (!cuda()) return fail(cuda().error());
    if (r.name != "auto")
        return makeModuleBackend(*cuda(), cudaOptions(r),
                                 {});  // who asks for the GPU by name is not given figures of the CPU
    return makeModuleBackend(*cuda(), cudaOptions(r), [r] { return makeCpuBackend(cpuInstead(r)); });
}

// Best first: auto takes the first one that is available.
const std::array<BackendEntry, 2>& backends() {
    static const std::array<BackendEntry, 2> table{
        BackendEntry{"cuda",
                     cudaUnavailable,
                     [](const BackendRequest& r) { return describeModule(*cuda(), cudaOptions(r)); },
                     makeCuda,
                     {Precision::Fp32, Precision::Tf32, Precision::Bf16, Precision::Fp16}},
        BackendEntry{"cpu",
                     [] { return std::string(); },
                     [](const BackendRequest& r) { return describeCpu(cpuOptions(r)); },
                     [](const BackendRequest& r) { return makeCpuBackend(cpuOptions(r)); },
                     {Precision::Fp32, Precision::Bf16}},
    };
    return table;
}

// A backend that was not the first choice, with the sentence why.
class SecondChoice final : public Backend {
public:
    SecondChoice(std::unique_ptr<Backend> backend, std::string reason)
        : m_backend(std::move(backend)), m_reason(std::move(reason)) {}
    BackendInfo info() const override {
        BackendInfo info = m_backend->info();
        info.reason = m_reason;
        return info;
    }
    Result<std::unique_ptr<DeviceModel>> load(ModelWeights weights, const Job& job) override {
        return m_backend->load(std::move(weights), job);
    }

private:
    std::unique_ptr<Backend> m_backend;
    std::string m_reason;
};

// --backend auto: what was found may still refuse to open, then the CPU computes.
Result<std::unique_ptr<Backend>> createOrCpu(const BackendEntry& entry, const BackendRequest& request) {
    auto made = entry.create(request);
    if (made || std::string_view(entry.name) == "cpu") return made;
    auto cpu = makeCpuBackend(cpuInstead(request));
    if (!cpu) return cpu;
    return std::make_unique<SecondChoice>(*std::move(cpu), made.error().message);
}

Failure noSuchBackend(const std::string& name) {
    return fail(Error("E-BACKEND-002", "There is no backend \"" + name + "\".")
                    .butExpected("auto, cpu or cuda")
                    .butFound(name)
                    .withRemedy("Name one of these after --backend."));
}

}  // namespace

Result<void> checkBackendName(const std::string& name) {
    const auto isIt = [&](const BackendEntry& entry) { return name == entry.name; };
    if (name == "auto" || std::any_of(backends().begin(), backends().end(), isIt)) return {};
    return noSuchBackend(name);
}

BackendRequest onThisMachine(BackendRequest request) {
    const auto most = static_cast<int>(std::thread::hardware_concurrency());
    if (most > 0) request.threads = std::min(request.threads, most);
    return request;
}

Result<BackendChoice> chooseBackend(const BackendRequest& request) {
    const bool automatic = request.name == "auto";
    std::string reason = automatic ? "the fastest backend of this machine" : "chosen with --backend " + request.name;
    for (const BackendEntry& entry : backends()) {
        if (!automatic && request.name != entry.name) continue;
        if (std::string why = entry.unavailable(); !why.empty()) {
            if (!automatic)
                return fail(Error("E-BACKEND-001", "The backend \"" + request.name + "\" cannot be used here.")
                                .butFound(std::move(why))
                                .withRemedy("Use --backend auto or --backend cpu."));
            reason = std::move(why);
            continue;
        }
        // An arithmetic it does not have is refused now, not at the first prediction. On a GPU, auto hands over to the
        // CPU later.
        const bool computes =
            std::find(entry.precisions.begin(), entry.precisions.end(), request.precision) != entry.precisions.end();
        if (!computes && (!automatic || &entry == &backends().back())) DLRM_TRY(entry.create(request));
        BackendChoice choice;
        choice.info = entry.describe(request);
        choice.info.reason = reason;
        choice.threads = request.threads;
        choice.create = [&entry, request, automatic] {
            return automatic ? createOrCpu(entry, request) : entry.create(request);
        };
        return choice;
    }
    return noSuchBackend(request.name);
}

std::vector<BackendOption> backendOptions() {
    std::vector<BackendOption> out;
    for (const BackendEntry& entry : backends()) out.push_back({entry.name, entry.unavailable(), entry.precisions});
    return out;
}

Result<std::int64_t> parseMemorySize(std::string_view text) {
    struct Unit {
        std::string_view name;
        double bytes;
    };
    constexpr Unit kUnits[] = {{"", 1},         {"B", 1},    {"MiB", 0x1p20}, {"GiB", 0x1p30},
                               {"TiB", 0x1p40}, {"MB", 1e6}, {"GB", 1e9},     {"TB", 1e12}};
    constexpr double kLeast = 0x1p20, kMost = 0x1p50;
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    for (const Unit& unit : kUnits)
        if (error == std::errc() && rest == unit.name && number * unit.bytes >= kLeast && number * unit.bytes <= kMost)
            return std::llround(number * unit.bytes);
    return fail(Error("E-BACKEND-003", "This is no size of GPU memory.")
                    .butExpected("a number with MiB, GiB, MB or GB, of at least 1 MiB: 8GiB")
                    .butFound(std::string(text))
                    .withRemedy("Give the most GPU memory to use, as 8GiB."));
}

}  // namespace dlrm
