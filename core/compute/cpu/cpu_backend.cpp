// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/cpu_backend.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include <fmt/format.h>
#include <hwy/targets.h>
#include <sched.h>

#include "core/base/instruction_sets.h"
#include "core/compute/cpu/cpu_model.h"

namespace dlrm {
namespace {

int usableThreads() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
    return std::max(1, CPU_COUNT(&set));
}

int threadCount(const CpuOptions& options) { return options.threads > 0 ? options.threads : usableThreads(); }

std::string processorName() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        const std::size_t colon = line.find(": ");
        if (colon != std::string::npos && line.starts_with("model name")) return line.substr(colon + 2);
    }
    return "unknown processor";
}

std::string_view vectorInstructions() {
    const std::int64_t targets = hwy::SupportedTargets();
    if (targets & HWY_AVX3) return "AVX-512";
    if (targets & HWY_AVX2) return "AVX2";
    if (targets & HWY_NEON) return "NEON";
    return "baseline vectors";
}

class CpuBackend final : public Backend {
public:
    explicit CpuBackend(const CpuOptions& options) : m_options(options) {}
    BackendInfo info() const override { return describeCpu(m_options); }
    Result<std::unique_ptr<DeviceModel>> load(ModelWeights weights, const Job& job) override {
        const cpu::Arithmetic arithmetic = m_options.precision != Precision::Bf16 ? cpu::Arithmetic::Float32
                                           : cpu::hasBfloat16Arithmetic()         ? cpu::Arithmetic::OneDnnBfloat16
                                                                                  : cpu::Arithmetic::EmulatedBfloat16;
        return cpu::loadModel(std::move(weights), threadCount(m_options), arithmetic, job.stop);
    }

private:
    CpuOptions m_options;
};

}  // namespace

BackendInfo describeCpu(const CpuOptions& options) {
    BackendInfo info;
    info.name = "cpu";
    const int threads = threadCount(options);
    info.device =
        fmt::format("{}, {} thread{}, {}", processorName(), threads, threads == 1 ? "" : "s", vectorInstructions());
    if (options.precision == Precision::Bf16)
        info.device +=
            cpu::hasBfloat16Arithmetic() ? fmt::format(", {}", cpu::bfloat16Instructions()) : ", bf16 emulated";
    info.precision = options.precision;
    return info;
}

Result<std::unique_ptr<Backend>> makeCpuBackend(const CpuOptions& options) {
    DLRM_TRY(checkInstructionSetLimit());
    if (options.precision != Precision::Fp32 && options.precision != Precision::Bf16)
        return fail(Error("E-CPU-001", fmt::format("The CPU backend does not compute in {}.", name(options.precision)))
                        .butExpected("fp32 or bf16")
                        .butFound(std::string(name(options.precision)))
                        .withRemedy("Choose --precision fp32 or bf16."));
    return std::make_unique<CpuBackend>(options);
}

}  // namespace dlrm
