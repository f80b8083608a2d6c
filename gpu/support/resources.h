// SPDX-License-Identifier: Apache-2.0
// Move-only owners of what a device hands out. Destructors ignore errors: the device may be lost by then.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "gpu/support/errors.h"

namespace dlrm::cuda {

// Device memory taken so far and the most that may be. Any thread.
struct MemoryBudget {
    std::int64_t limit = 0;
    std::atomic<std::int64_t> used{0};
};

template <class Handle, auto Destroy>
class Owner {
public:
    Owner() = default;
    Owner(const Calls& calls, Handle handle) : m_calls(&calls), m_handle(handle) {}
    Owner(Owner&& o) noexcept : m_calls(o.m_calls), m_handle(std::exchange(o.m_handle, Handle{})) {}
    Owner& operator=(Owner&& o) noexcept {
        std::swap(m_calls, o.m_calls);
        std::swap(m_handle, o.m_handle);
        return *this;
    }
    ~Owner() {
        if (m_handle) (m_calls->*Destroy)(m_handle);
    }
    Handle get() const { return m_handle; }
    explicit operator bool() const { return m_handle != Handle{}; }

private:
    const Calls* m_calls = nullptr;
    Handle m_handle{};
};

using Stream = Owner<cudaStream_t, &Calls::streamDestroy>;
using Event = Owner<cudaEvent_t, &Calls::eventDestroy>;
using Graph = Owner<cudaGraph_t, &Calls::graphDestroy>;
using GraphExec = Owner<cudaGraphExec_t, &Calls::graphExecDestroy>;
using LtHandle = Owner<cublasLtHandle_t, &Calls::ltDestroy>;
using LtDesc = Owner<cublasLtMatmulDesc_t, &Calls::ltDescDestroy>;
using LtLayout = Owner<cublasLtMatrixLayout_t, &Calls::ltLayoutDestroy>;
using PinnedMemory = Owner<void*, &Calls::freeHost>;

inline Stream makeStream(const Calls& calls) {
    cudaStream_t s = nullptr;
    CUDA_TRY(calls, streamCreate(&s, cudaStreamNonBlocking), "making a stream");
    return Stream(calls, s);
}
inline Event makeEvent(const Calls& calls) {
    cudaEvent_t e = nullptr;
    CUDA_TRY(calls, eventCreate(&e, cudaEventDisableTiming), "making an event");
    return Event(calls, e);
}
inline LtHandle makeLtHandle(const Calls& calls) {
    cublasLtHandle_t h = nullptr;
    CUDA_TRY(calls, ltCreate(&h), "starting cuBLAS");
    return LtHandle(calls, h);
}

// Pinned host memory that kernels can read at the same address.
template <class T>
class PinnedBuffer {
public:
    PinnedBuffer() = default;
    PinnedBuffer(const Calls& calls, std::int64_t count, const char* doing) : m_count(count) {
        void* p = nullptr;
        if (count > 0)
            CUDA_TRY(
                calls,
                hostAlloc(&p, static_cast<std::size_t>(count) * sizeof(T), cudaHostAllocMapped | cudaHostAllocPortable),
                doing);
        m_memory = PinnedMemory(calls, p);
    }
    T* data() const { return static_cast<T*>(m_memory.get()); }
    std::int64_t count() const { return m_count; }

private:
    PinnedMemory m_memory;
    std::int64_t m_count = 0;
};

template <class T>
class DeviceBuffer {
public:
    DeviceBuffer() = default;
    DeviceBuffer(const Calls& calls, MemoryBudget& budget, std::int64_t count, const char* doing)
        : m_calls(&calls), m_budget(&budget) {
        if (count <= 0) return;
        const std::int64_t bytes = count * static_cast<std::int64_t>(sizeof(T)), before = budget.used.fetch_add(bytes);
        m_bytes = bytes;
        if (before + bytes > budget.limit) {
            release();
            throw memoryFailure(doing, bytes, budget.limit - before);
        }
        void* p = nullptr;
        const cudaError_t status = calls.malloc(&p, static_cast<std::size_t>(bytes));
        if (status != cudaSuccess) release();
        check(calls, status, doing);
        m_data = static_cast<T*>(p);
    }
    DeviceBuffer(DeviceBuffer&& o) noexcept { swap(o); }
    DeviceBuffer& operator=(DeviceBuffer&& o) noexcept {
        swap(o);
        return *this;
    }
    ~DeviceBuffer() { release(); }
    T* data() const { return m_data; }
    std::int64_t bytes() const { return m_bytes; }

private:
    void swap(DeviceBuffer& o) noexcept {
        std::swap(m_calls, o.m_calls);
        std::swap(m_budget, o.m_budget);
        std::swap(m_data, o.m_data);
        std::swap(m_bytes, o.m_bytes);
    }
    void release() noexcept {
        if (m_data) m_calls->free(m_data);
        if (m_budget) m_budget->used -= m_bytes;
        m_data = nullptr;
        m_bytes = 0;
    }
    const Calls* m_calls = nullptr;
    MemoryBudget* m_budget = nullptr;
    T* m_data = nullptr;
    std::int64_t m_bytes = 0;
};

}  // namespace dlrm::cuda
