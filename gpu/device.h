// SPDX-License-Identifier: Apache-2.0
// One opened GPU: what it is, how much of its memory may be used, and the call table everything goes through.
#pragma once

#include <string>

#include "core/compute/backend_abi.h"
#include "gpu/support/resources.h"
#include "gpu/support/types.h"

namespace dlrm::cuda {

struct DeviceTraits {
    std::string name;
    int major = 0, minor = 0, driver = 0, runtime = 0, multiprocessors = 0;
    std::int64_t l2Bytes = 0, sharedBytesPerBlock = 0;
    std::int64_t totalBytes = 0, freeBytes = 0;
};

// Errors: E-CUDA-101 old driver, 102 no device, 103 old device, 106 used by another, 108 …
DeviceTraits readTraits(const Calls& calls, int ordinal);

class Device {
public:
    Device(const Calls& calls, const dlrm_options& options);
    Device(const Device&) = delete;

    // Every thread says it once before its first call.
    void use() const { CUDA_TRY(m_calls, setDevice(m_ordinal), "choosing the GPU"); }

    const Calls& calls() const { return m_calls; }
    const DeviceTraits& traits() const { return m_traits; }
    MemoryBudget& budget() { return m_budget; }
    Arithmetic arithmetic() const { return m_arithmetic; }
    std::int32_t tableStorage() const { return m_tableStorage; }
    template <class T>
    DeviceBuffer<T> buffer(std::int64_t count, const char* doing) {
        return DeviceBuffer<T>(m_calls, m_budget, count, doing);
    }

private:
    const Calls& m_calls;
    int m_ordinal;
    DeviceTraits m_traits;
    MemoryBudget m_budget;
    Arithmetic m_arithmetic;
    std::int32_t m_tableStorage;
};

// Polls control->stopped; throws Cancelled.
inline bool stopped(const dlrm_control* control) {
    return control && control->stopped && control->stopped(control->context) != 0;
}
inline void throwIfStopped(const dlrm_control* control) {
    if (stopped(control)) throw Cancelled();
}

}  // namespace dlrm::cuda
