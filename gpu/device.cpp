// SPDX-License-Identifier: Apache-2.0
#include "gpu/device.h"

#include <algorithm>

namespace dlrm::cuda {
namespace {

Arithmetic arithmeticOf(std::int32_t precision, const DeviceTraits& traits) {
    switch (precision) {
        case DLRM_FP32:
            return Arithmetic::Fp32;
        case DLRM_TF32:
            return traits.major >= 8 ? Arithmetic::Tf32
                                     : Arithmetic::Fp32;  // without TF32 units the same products are computed in fp32
        case DLRM_FP16:
            return Arithmetic::Fp16;
        case DLRM_BF16:
            if (traits.major < 8)
                throw precisionFailure(
                    "bf16 on " + traits.name,
                    "Use --precision fp16, tf32 or fp32: bf16 needs a GPU of the Ampere generation or newer.");
            return Arithmetic::Bf16;
        case DLRM_INT8:
            throw precisionFailure("int8", "Use --precision bf16, or int8 tables with --tables int8.");
        default:
            throw precisionFailure("precision " + std::to_string(precision), "Use --precision fp32.");
    }
}

}  // namespace

DeviceTraits readTraits(const Calls& calls, int ordinal) {
    int count = 0;
    CUDA_TRY(calls, deviceCount(&count), "counting GPUs");
    if (count == 0) throw cudaFailure(calls, cudaErrorNoDevice, "counting GPUs");
    if (ordinal < 0 || ordinal >= count) throw cudaFailure(calls, cudaErrorInvalidDevice, "looking for the GPU");
    cudaDeviceProp properties{};
    CUDA_TRY(calls, deviceProperties(&properties, ordinal), "asking the GPU what it is");
    DeviceTraits t;
    t.name = properties.name;
    t.major = properties.major;
    t.minor = properties.minor;
    t.multiprocessors = properties.multiProcessorCount;
    t.l2Bytes = properties.l2CacheSize;
    t.sharedBytesPerBlock =
        static_cast<std::int64_t>(std::max(properties.sharedMemPerBlock, properties.sharedMemPerBlockOptin));
    if (t.major * 10 + t.minor < 75) throw capabilityFailure(properties.name, t.major, t.minor);
    CUDA_TRY(calls, driverVersion(&t.driver), "asking for the driver's version");
    CUDA_TRY(calls, runtimeVersion(&t.runtime), "asking for the runtime's version");
    t.totalBytes = static_cast<std::int64_t>(properties.totalGlobalMem);
    return t;
}

Device::Device(const Calls& calls, const dlrm_options& options)
    : m_calls(calls),
      m_ordinal(options.device),
      m_traits(readTraits(calls, options.device)),
      m_arithmetic(arithmeticOf(options.precision, m_traits)),
      m_tableStorage(options.table_storage) {
    use();
    std::size_t free = 0, total = 0;
    CUDA_TRY(calls, memoryInfo(&free, &total), "asking for free memory");
    m_traits.freeBytes = static_cast<std::int64_t>(free);
    m_traits.totalBytes = static_cast<std::int64_t>(total);
    m_budget.limit = options.memory_bytes > 0 ? options.memory_bytes : m_traits.freeBytes - m_traits.freeBytes / 10;
}

}  // namespace dlrm::cuda
