// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>

#include <cublasLt.h>
#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include "gpu_bench_probe.h"

namespace dlrm::bench {
namespace {

void must(cudaError_t status, const char* what) {
    if (status == cudaSuccess) return;
    std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(status));
    std::exit(1);
}
void must(cublasStatus_t status, const char* what) {
    if (status == CUBLAS_STATUS_SUCCESS) return;
    std::fprintf(stderr, "%s: cuBLAS status %d\n", what, static_cast<int>(status));
    std::exit(1);
}

// Zeroed device memory, all freed at the end.
struct Pool {
    std::vector<void*> taken;
    Pool() = default;
    Pool(const Pool&) = delete;
    ~Pool() {
        for (void* p : taken) cudaFree(p);
    }
    template <class T = void>
    T* take(std::size_t bytes) {
        void* p = nullptr;
        must(cudaMalloc(&p, bytes), "cudaMalloc");
        must(cudaMemset(p, 0, bytes), "cudaMemset");
        taken.push_back(p);
        return static_cast<T*>(p);
    }
};

// Seconds of one call of `work`, the fastest of several groups.
template <class Work>
double timed(int repeats, Work work) {
    cudaEvent_t from, to;
    must(cudaEventCreate(&from), "event");
    must(cudaEventCreate(&to), "event");
    work();
    double best = 1e30;
    for (int group = 0; group < 5; ++group) {
        must(cudaEventRecord(from), "event");
        for (int k = 0; k < repeats; ++k) work();
        must(cudaEventRecord(to), "event");
        must(cudaEventSynchronize(to), "waiting");
        float milliseconds = 0;
        must(cudaEventElapsedTime(&milliseconds, from, to), "event");
        best = milliseconds / 1e3 / repeats < best ? milliseconds / 1e3 / repeats : best;
    }
    cudaEventDestroy(from);
    cudaEventDestroy(to);
    return best;
}

// Row-major Y (rows, n) = X (rows, k) W (k, n), float32 (TF32 or true) or bfloat16, no epilogue.
struct Gemm {
    cublasLtHandle_t handle = nullptr;
    cublasLtMatmulDesc_t desc = nullptr;
    cublasLtMatrixLayout_t w = nullptr, x = nullptr, y = nullptr;
    cublasLtMatmulHeuristicResult_t choice{};
    void* workspace = nullptr;
    static constexpr std::size_t workspaceBytes = 32 << 20;
    Gemm(cublasLtHandle_t h, void* scratch, std::int64_t rows, std::int64_t k, std::int64_t n, bool bf16, bool tf32)
        : handle(h), workspace(scratch) {
        const cudaDataType_t type = bf16 ? CUDA_R_16BF : CUDA_R_32F;
        must(cublasLtMatmulDescCreate(&desc, tf32 && !bf16 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F,
                                      CUDA_R_32F),
             "desc");
        must(cublasLtMatrixLayoutCreate(&w, type, n, k, n), "layout");
        must(cublasLtMatrixLayoutCreate(&x, type, k, rows, k), "layout");
        must(cublasLtMatrixLayoutCreate(&y, type, n, rows, n), "layout");
        cublasLtMatmulPreference_t preference = nullptr;
        must(cublasLtMatmulPreferenceCreate(&preference), "preference");
        must(cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspaceBytes,
                                                  sizeof workspaceBytes),
             "preference");
        int found = 0;
        must(cublasLtMatmulAlgoGetHeuristic(handle, desc, w, x, y, y, preference, 1, &choice, &found), "heuristic");
        cublasLtMatmulPreferenceDestroy(preference);
    }
    void run(const void* from, const void* weights, void* to) const {
        const float one = 1, zero = 0;
        must(cublasLtMatmul(handle, desc, &one, weights, w, from, x, &zero, to, y, to, y, &choice.algo, workspace,
                            workspaceBytes, nullptr),
             "matmul");
    }
};

__global__ void biasRelu(void* y, const float* bias, std::int64_t count, std::int64_t n, bool bf16) {
    const std::int64_t k = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (k >= count) return;
    if (bf16) {
        auto* values = static_cast<__nv_bfloat16*>(y);
        values[k] = __float2bfloat16(fmaxf(__bfloat162float(values[k]) + bias[k % n], 0.0f));
    } else {
        auto* values = static_cast<float*>(y);
        values[k] = fmaxf(values[k] + bias[k % n], 0.0f);
    }
}

// vectors (rows, count, dim) float32: row (r, v) from table v − 1, row 0 is left alone.
__global__ void gatherRows(const float* const* tables, const std::int32_t* ids, std::int64_t rows, int count, int dim,
                           float* vectors) {
    const std::int64_t k = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (k >= rows * (count - 1) * dim) return;
    const std::int64_t r = k / ((count - 1) * dim);
    const int v = static_cast<int>(k / dim % (count - 1)), d = static_cast<int>(k % dim);
    vectors[(r * count + v + 1) * dim + d] = tables[v][static_cast<std::int64_t>(ids[v * rows + r]) * dim + d];
}

__global__ void pairDots(const float* vectors, std::int64_t rows, int count, int dim, float* out, std::int64_t stride) {
    const int pairs = count * (count - 1) / 2;
    const std::int64_t k = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (k >= rows * pairs) return;
    const std::int64_t r = k / pairs;
    const int pair = static_cast<int>(k % pairs);
    int i = 1;
    while (i * (i + 1) / 2 <= pair) ++i;
    const int j = pair - i * (i - 1) / 2;
    float sum = 0;
    for (int d = 0; d < dim; ++d) sum += vectors[(r * count + i) * dim + d] * vectors[(r * count + j) * dim + d];
    out[r * stride + dim + pair] = sum;
}

__global__ void narrow(const float* from, __nv_bfloat16* to, std::int64_t count) {
    const std::int64_t k = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (k < count) to[k] = __float2bfloat16(from[k]);
}

dim3 blocks(std::int64_t items) { return dim3(static_cast<unsigned>((items + 255) / 256)); }
std::int64_t padded(std::int64_t n) { return (n + 7) / 8 * 8; }

}  // namespace

Limits probeLimits() {
    Limits l;
    constexpr std::size_t bytes = 1 << 30, pinnedBytes = 64 << 20;
    Pool pool;
    void *a = pool.take(bytes), *b = pool.take(bytes), *host = nullptr;
    must(cudaHostAlloc(&host, pinnedBytes, cudaHostAllocDefault), "pinned memory");
    l.copyBytesPerSecond =
        2.0 * bytes / timed(10, [&] { must(cudaMemcpyAsync(a, b, bytes, cudaMemcpyDeviceToDevice, nullptr), "copy"); });
    l.pinnedToDevicePerSecond =
        static_cast<double>(pinnedBytes) /
        timed(10, [&] { must(cudaMemcpyAsync(a, host, pinnedBytes, cudaMemcpyHostToDevice, nullptr), "copy"); });
    cublasLtHandle_t handle = nullptr;
    must(cublasLtCreate(&handle), "cuBLAS");
    constexpr std::int64_t n = 8192;
    void *c = pool.take(n * n * 4), *scratch = pool.take(Gemm::workspaceBytes);
    const auto rate = [&](bool bf16, bool tf32) {
        const Gemm gemm(handle, scratch, n, n, n, bf16, tf32);
        return 2.0 * n * n * n / timed(5, [&] { gemm.run(a, b, c); });
    };
    l.fp32FlopPerSecond = rate(false, false);
    l.tf32FlopPerSecond = rate(false, true);
    l.bf16FlopPerSecond = rate(true, false);
    cublasLtDestroy(handle);
    cudaFreeHost(host);
    return l;
}

struct Baseline::State {
    Pool pool;
    void* scratch = nullptr;
    std::int64_t rows = 0, topStride = 0;
    int count = 0, dim = 0;
    bool bf16 = false;
    cublasLtHandle_t handle = nullptr;
    std::vector<Gemm> bottom, top;
    std::vector<void*> bottomKernel, topKernel;
    std::vector<std::int64_t> bottomOutputs, topOutputs;
    float* bias = nullptr;
    const float** tables = nullptr;
    std::int32_t* ids = nullptr;
    float *vectors = nullptr, *topInput = nullptr;
    void *narrowed = nullptr, *ping = nullptr, *pong = nullptr;

    void interact() const {
        gatherRows<<<blocks(rows * (count - 1) * dim), 256>>>(tables, ids, rows, count, dim, vectors);
        pairDots<<<blocks(rows * count * (count - 1) / 2), 256>>>(vectors, rows, count, dim, topInput, topStride);
    }
    void layers(const std::vector<Gemm>& gemms, const std::vector<void*>& kernels,
                const std::vector<std::int64_t>& outputs, const void* x) const {
        for (std::size_t k = 0; k < gemms.size(); ++k) {
            void* y = x == ping ? pong : ping;
            gemms[k].run(x, kernels[k], y);
            biasRelu<<<blocks(rows * outputs[k]), 256>>>(y, bias, rows * outputs[k], outputs[k], bf16);
            x = y;
        }
    }
};

Baseline::Baseline(const dlrm_model_description& d, std::int64_t rows, bool bf16) : m_state(new State) {
    State& s = *m_state;
    s.rows = rows;
    s.count = static_cast<int>(d.table_count + 1);
    s.dim = static_cast<int>(d.embedding_dim);
    s.bf16 = bf16;
    must(cublasLtCreate(&s.handle), "cuBLAS");
    s.scratch = s.pool.take(Gemm::workspaceBytes);
    std::int64_t widest = 16;
    const auto add = [&](const dlrm_dense* layers, std::int64_t n, std::vector<Gemm>& gemms,
                         std::vector<void*>& kernels, std::vector<std::int64_t>& outputs) {
        for (std::int64_t k = 0; k < n; ++k) {
            const std::int64_t in = padded(layers[k].inputs), out = padded(layers[k].outputs);
            gemms.emplace_back(s.handle, s.scratch, rows, in, out, bf16, true);
            kernels.push_back(s.pool.take(static_cast<std::size_t>(in * out) * 4));
            outputs.push_back(out);
            widest = in > widest ? in : widest;
            widest = out > widest ? out : widest;
        }
    };
    add(d.bottom, d.bottom_count, s.bottom, s.bottomKernel, s.bottomOutputs);
    add(d.top, d.top_count, s.top, s.topKernel, s.topOutputs);
    s.topStride = padded(d.top[0].inputs);
    s.bias = s.pool.take<float>(static_cast<std::size_t>(widest) * 4);
    s.ping = s.pool.take(static_cast<std::size_t>(rows * widest) * 4);
    s.pong = s.pool.take(static_cast<std::size_t>(rows * widest) * 4);
    s.vectors = s.pool.take<float>(static_cast<std::size_t>(rows * s.count * s.dim) * 4);
    s.topInput = s.pool.take<float>(static_cast<std::size_t>(rows * s.topStride) * 4);
    s.narrowed = s.pool.take(static_cast<std::size_t>(rows * s.topStride) * 2);
    s.ids = s.pool.take<std::int32_t>(static_cast<std::size_t>(rows * d.table_count) * 4);
    std::vector<const float*> tables;
    std::vector<std::int32_t> ids(static_cast<std::size_t>(rows * d.table_count));
    std::uint64_t random = 1;
    for (std::int64_t t = 0; t < d.table_count; ++t) {
        // At most a million rows of each table: enough to leave the caches.
        const std::int64_t tableRows = d.tables[t].rows < 1000000 ? d.tables[t].rows : 1000000;
        tables.push_back(s.pool.take<float>(static_cast<std::size_t>(tableRows * d.tables[t].dim) * 4));
        for (std::int64_t r = 0; r < rows; ++r) {
            random = random * 6364136223846793005ull + 1442695040888963407ull;
            ids[static_cast<std::size_t>(t * rows + r)] =
                static_cast<std::int32_t>((random >> 33) % static_cast<std::uint64_t>(tableRows));
        }
    }
    s.tables = s.pool.take<const float*>(tables.size() * sizeof(float*));
    must(cudaMemcpy(s.tables, tables.data(), tables.size() * sizeof(float*), cudaMemcpyHostToDevice), "copy");
    must(cudaMemcpy(s.ids, ids.data(), ids.size() * 4, cudaMemcpyHostToDevice), "copy");
}

Baseline::~Baseline() { cublasLtDestroy(m_state->handle); }

double Baseline::run(int repeats) {
    const State& s = *m_state;
    return timed(repeats, [&] {
        s.layers(s.bottom, s.bottomKernel, s.bottomOutputs, s.ping);
        s.interact();
        const void* x = s.topInput;
        if (s.bf16) {
            narrow<<<blocks(s.rows * s.topStride), 256>>>(s.topInput, static_cast<__nv_bfloat16*>(s.narrowed),
                                                          s.rows * s.topStride);
            x = s.narrowed;
        }
        s.layers(s.top, s.topKernel, s.topOutputs, x);
        must(cudaGetLastError(), "baseline");
    });
}

double Baseline::gatherSeconds(int repeats) {
    const State& s = *m_state;
    return timed(repeats, [&] {
        s.interact();
        must(cudaGetLastError(), "baseline");
    });
}

}  // namespace dlrm::bench
