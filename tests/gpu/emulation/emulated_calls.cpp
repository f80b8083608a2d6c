// SPDX-License-Identifier: Apache-2.0
// The call table of the emulated device. Streams run at once; graphs are lists of recorded work; device memory is the
// process's own, NaN at first.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/gpu/emulation/emulated_device.h"
#include "tests/gpu/emulation/emulated_lt.h"
#include "tests/gpu/emulation/fibers.h"

namespace dlrm::emulation {
namespace {

using Work = std::vector<std::function<void()>>;

struct StreamState {
    bool capturing = false;
    Work recorded;
};

constexpr std::size_t kGuardBytes = 64, kNanBytes = 64 << 10;
constexpr unsigned char kGuard = 0xA5;

std::mutex g_mutex;
std::map<void*, std::size_t> g_blocks;  // device memory
std::int64_t g_deviceBytes = 0, g_overruns = 0;

std::atomic<std::int64_t> g_calls{0}, g_failAt{-1};
std::atomic<int> g_code{0}, g_pending{0};
std::atomic<bool> g_lasting{false};

const cuda::Calls& plain();
StreamState* state(cudaStream_t s) { return reinterpret_cast<StreamState*>(s); }

// Whether this call is to fail.
bool faultDue() {
    const std::int64_t mine = g_calls++, at = g_failAt;
    return at >= 0 && (mine == at || (g_lasting && mine > at));
}

void* guarded(std::size_t bytes) {
    void* p = std::aligned_alloc(256, (bytes + kGuardBytes + 255) / 256 * 256);
    if (!p) return nullptr;
    std::memset(p, 0xFF, std::min(bytes, kNanBytes));
    std::memset(static_cast<char*>(p) + bytes, kGuard, kGuardBytes);
    return p;
}

void checkGuard(void* p, std::size_t bytes) {
    const auto* guard = static_cast<const unsigned char*>(p) + bytes;
    if (!std::all_of(guard, guard + kGuardBytes, [](unsigned char c) { return c == kGuard; })) ++g_overruns;
}

cudaError_t deviceMalloc(void** p, std::size_t bytes) {
    const std::lock_guard lock(g_mutex);
    if (g_deviceBytes + static_cast<std::int64_t>(bytes) > gpu().memoryBytes) {
        g_pending = cudaErrorMemoryAllocation;
        return cudaErrorMemoryAllocation;
    }
    *p = guarded(bytes);
    if (!*p) return cudaErrorMemoryAllocation;
    g_blocks[*p] = bytes;
    g_deviceBytes += static_cast<std::int64_t>(bytes);
    return cudaSuccess;
}

cudaError_t deviceFree(void* p) {
    const std::lock_guard lock(g_mutex);
    const auto block = g_blocks.find(p);
    if (block == g_blocks.end()) return cudaErrorInvalidValue;
    checkGuard(p, block->second);
    g_deviceBytes -= static_cast<std::int64_t>(block->second);
    g_blocks.erase(block);
    std::free(p);
    return cudaSuccess;
}

cudaError_t copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t s) {
    if (kind == cudaMemcpyHostToDevice && bytes >= 65536 && gpu().copyDelayMilliseconds > 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(gpu().copyDelayMilliseconds));
    onStream(s, [=] { std::memcpy(to, from, bytes); });
    return cudaSuccess;
}

cudaError_t launchKernel(const cuda::Launch& l) {
    const cudaDeviceProp limits = [] {
        cudaDeviceProp p{};
        plain().deviceProperties(&p, 0);
        return p;
    }();
    if (l.sharedBytes > limits.sharedMemPerBlockOptin || l.block.x > 1024 || l.grid.x == 0)
        return cudaErrorInvalidConfiguration;
    const auto* bytes = static_cast<const char*>(l.params);
    const auto params = std::make_shared<std::vector<char>>(bytes, bytes + l.paramBytes);
    onStream(l.stream, [=] { runGrid(l.grid, l.block, l.sharedBytes, [&] { l.invoke(l.kernel, params->data()); }); });
    return cudaSuccess;
}

cuda::Calls plainCalls() {
    cuda::Calls c{};
    c.deviceCount = [](int* n) {
        *n = gpu().devices;
        return gpu().devices > 0 ? cudaSuccess : cudaErrorNoDevice;
    };
    c.setDevice = [](int device) { return device < gpu().devices ? cudaSuccess : cudaErrorInvalidDevice; };
    c.deviceProperties = [](cudaDeviceProp* p, int) {
        *p = {};
        std::snprintf(p->name, sizeof p->name, "Emulated GPU");
        p->major = gpu().major;
        p->minor = gpu().minor;
        p->multiProcessorCount = 1;
        p->l2CacheSize = 4 << 20;
        p->sharedMemPerBlock = 48 << 10;
        p->sharedMemPerBlockOptin = 99 << 10;
        p->totalGlobalMem = static_cast<std::size_t>(gpu().memoryBytes);
        return cudaSuccess;
    };
    c.driverVersion = [](int* v) {
        *v = 13000;
        return cudaSuccess;
    };
    c.runtimeVersion = c.driverVersion;
    c.memoryInfo = [](std::size_t* free, std::size_t* total) {
        const std::lock_guard lock(g_mutex);
        *total = static_cast<std::size_t>(gpu().memoryBytes);
        *free = static_cast<std::size_t>(std::max<std::int64_t>(0, gpu().memoryBytes - g_deviceBytes));
        return cudaSuccess;
    };
    c.malloc = deviceMalloc;
    c.free = deviceFree;
    c.hostAlloc = [](void** p, std::size_t bytes, unsigned) {
        *p = std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
        return *p ? cudaSuccess : cudaErrorMemoryAllocation;
    };
    c.freeHost = [](void* p) {
        std::free(p);
        return cudaSuccess;
    };
    c.copyAsync = copy;
    c.setAsync = [](void* to, int value, std::size_t bytes, cudaStream_t s) {
        onStream(s, [=] { std::memset(to, value, bytes); });
        return cudaSuccess;
    };
    c.streamCreate = [](cudaStream_t* s, unsigned) {
        *s = reinterpret_cast<cudaStream_t>(new StreamState);
        return cudaSuccess;
    };
    c.streamDestroy = [](cudaStream_t s) {
        delete state(s);
        return cudaSuccess;
    };
    c.streamSynchronize = [](cudaStream_t s) {
        return state(s)->capturing ? cudaErrorStreamCaptureUnsupported : cudaSuccess;
    };
    c.beginCapture = [](cudaStream_t s, cudaStreamCaptureMode) {
        state(s)->capturing = true;
        state(s)->recorded.clear();
        return cudaSuccess;
    };
    c.endCapture = [](cudaStream_t s, cudaGraph_t* graph) {
        *graph = reinterpret_cast<cudaGraph_t>(new Work(std::move(state(s)->recorded)));
        state(s)->capturing = false;
        state(s)->recorded.clear();
        return cudaSuccess;
    };
    c.eventCreate = [](cudaEvent_t* e, unsigned) {
        *e = reinterpret_cast<cudaEvent_t>(new int(0));
        return cudaSuccess;
    };
    c.eventDestroy = [](cudaEvent_t e) {
        delete reinterpret_cast<int*>(e);
        return cudaSuccess;
    };
    c.eventRecord = [](cudaEvent_t, cudaStream_t) { return cudaSuccess; };
    c.eventSynchronize = [](cudaEvent_t) { return cudaSuccess; };
    c.graphInstantiate = [](cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
        *exec = reinterpret_cast<cudaGraphExec_t>(new Work(*reinterpret_cast<Work*>(graph)));
        return cudaSuccess;
    };
    c.graphLaunch = [](cudaGraphExec_t exec, cudaStream_t) {
        for (const auto& work : *reinterpret_cast<Work*>(exec)) work();
        return cudaSuccess;
    };
    c.graphDestroy = [](cudaGraph_t g) {
        delete reinterpret_cast<Work*>(g);
        return cudaSuccess;
    };
    c.graphExecDestroy = [](cudaGraphExec_t g) {
        delete reinterpret_cast<Work*>(g);
        return cudaSuccess;
    };
    c.allowSharedBytes = [](const void*, int bytes) { return bytes <= 99 << 10 ? cudaSuccess : cudaErrorInvalidValue; };
    c.launch = launchKernel;
    c.lastError = [] { return static_cast<cudaError_t>(g_pending.exchange(0)); };
    c.errorName = [](cudaError_t) { return "emulated error"; };
    fillLtCalls(c);
    return c;
}

const cuda::Calls& plain() {
    static const cuda::Calls calls = plainCalls();
    return calls;
}

// The same call, unless its turn to fail has come.
template <auto Member, class Result, class... Args>
Result faulty(Args... args) {
    if (faultDue()) {
        const int code = g_code;
        if constexpr (std::is_same_v<Result, cudaError_t>) {
            g_pending = code;
            return static_cast<cudaError_t>(code);
        } else {
            return code == cudaErrorMemoryAllocation ? CUBLAS_STATUS_ALLOC_FAILED : CUBLAS_STATUS_EXECUTION_FAILED;
        }
    }
    return (plain().*Member)(args...);
}
template <auto Member, class Result, class... Args>
void wrap(cuda::Calls& calls, Result (*cuda::Calls::*)(Args...)) {
    calls.*Member = &faulty<Member, Result, Args...>;
}
template <auto... Members>
void wrapAll(cuda::Calls& calls) {
    (wrap<Members>(calls, Members), ...);
}

}  // namespace

EmulatedGpu& gpu() {
    static EmulatedGpu g;
    return g;
}

void onStream(cudaStream_t stream, std::function<void()> work) {
    if (stream && state(stream)->capturing) state(stream)->recorded.push_back(std::move(work));
    else work();
}

void armFault(std::int64_t at, int code, bool lasting) {
    g_code = code;
    g_lasting = lasting;
    g_pending = 0;
    g_calls = 0;
    g_failAt = at;
}
void disarmFault() { armFault(-1, 0, false); }
std::int64_t callsSinceArming() { return g_calls; }
int pendingError() { return g_pending; }
std::int64_t deviceBytesInUse() {
    const std::lock_guard lock(g_mutex);
    return g_deviceBytes;
}
std::int64_t overruns() {
    const std::lock_guard lock(g_mutex);
    return g_overruns;
}

}  // namespace dlrm::emulation

namespace dlrm::cuda {

const Calls& systemCalls() {
    using namespace emulation;
    static const Calls calls = [] {
        Calls c = plain();
        wrapAll<&Calls::deviceCount, &Calls::setDevice, &Calls::deviceProperties, &Calls::driverVersion,
                &Calls::runtimeVersion, &Calls::memoryInfo, &Calls::malloc, &Calls::hostAlloc, &Calls::copyAsync,
                &Calls::setAsync, &Calls::streamCreate, &Calls::streamSynchronize, &Calls::beginCapture,
                &Calls::endCapture, &Calls::eventCreate, &Calls::eventRecord, &Calls::eventSynchronize,
                &Calls::graphInstantiate, &Calls::graphLaunch, &Calls::allowSharedBytes, &Calls::launch,
                &Calls::ltCreate, &Calls::ltDescCreate, &Calls::ltDescSet, &Calls::ltLayoutCreate, &Calls::ltHeuristic,
                &Calls::ltMatmul>(c);
        return c;
    }();
    return calls;
}

}  // namespace dlrm::cuda
