// SPDX-License-Identifier: Apache-2.0
// Every call the module makes to CUDA and cuBLASLt, as one table of function pointers: tests stand an emulated device
// in its place, or let the n-th call fail. Only gpu/support/cuda_calls.cu names the real functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include <cublasLt.h>
#include <cuda_runtime.h>

namespace dlrm::cuda {

// One kernel launch. Every kernel takes one trivially copyable struct by value.
struct Launch {
    const void* kernel = nullptr;
    void (*invoke)(const void* kernel, const void* params) =
        nullptr;  // calls the kernel as a plain function; what an emulated device does per thread
    const void* params = nullptr;
    std::size_t paramBytes = 0;
    dim3 grid, block;
    std::size_t sharedBytes = 0;
    cudaStream_t stream = nullptr;
};

struct Calls {
    cudaError_t (*deviceCount)(int*);
    cudaError_t (*setDevice)(int);
    cudaError_t (*deviceProperties)(cudaDeviceProp*, int);
    cudaError_t (*driverVersion)(int*);
    cudaError_t (*runtimeVersion)(int*);
    cudaError_t (*memoryInfo)(std::size_t* free, std::size_t* total);
    cudaError_t (*malloc)(void**, std::size_t);
    cudaError_t (*free)(void*);
    cudaError_t (*hostAlloc)(void**, std::size_t, unsigned flags);
    cudaError_t (*freeHost)(void*);
    cudaError_t (*copyAsync)(void* to, const void* from, std::size_t bytes, cudaMemcpyKind, cudaStream_t);
    cudaError_t (*setAsync)(void* to, int value, std::size_t bytes, cudaStream_t);
    cudaError_t (*streamCreate)(cudaStream_t*, unsigned flags);
    cudaError_t (*streamDestroy)(cudaStream_t);
    cudaError_t (*streamSynchronize)(cudaStream_t);
    cudaError_t (*beginCapture)(cudaStream_t, cudaStreamCaptureMode);
    cudaError_t (*endCapture)(cudaStream_t, cudaGraph_t*);
    cudaError_t (*eventCreate)(cudaEvent_t*, unsigned flags);
    cudaError_t (*eventDestroy)(cudaEvent_t);
    cudaError_t (*eventRecord)(cudaEvent_t, cudaStream_t);
    cudaError_t (*eventSynchronize)(cudaEvent_t);
    cudaError_t (*graphInstantiate)(cudaGraphExec_t*, cudaGraph_t, unsigned long long flags);
    cudaError_t (*graphLaunch)(cudaGraphExec_t, cudaStream_t);
    cudaError_t (*graphDestroy)(cudaGraph_t);
    cudaError_t (*graphExecDestroy)(cudaGraphExec_t);
    cudaError_t (*allowSharedBytes)(const void* kernel, int bytes);
    cudaError_t (*launch)(const Launch&);
    cudaError_t (*lastError)();
    const char* (*errorName)(cudaError_t);

    cublasStatus_t (*ltCreate)(cublasLtHandle_t*);
    cublasStatus_t (*ltDestroy)(cublasLtHandle_t);
    cublasStatus_t (*ltDescCreate)(cublasLtMatmulDesc_t*, cublasComputeType_t, cudaDataType_t scale);
    cublasStatus_t (*ltDescDestroy)(cublasLtMatmulDesc_t);
    cublasStatus_t (*ltDescSet)(cublasLtMatmulDesc_t, cublasLtMatmulDescAttributes_t, const void*, std::size_t);
    cublasStatus_t (*ltLayoutCreate)(cublasLtMatrixLayout_t*, cudaDataType, std::uint64_t rows, std::uint64_t columns,
                                     std::int64_t leading);
    cublasStatus_t (*ltLayoutDestroy)(cublasLtMatrixLayout_t);
    cublasStatus_t (*ltHeuristic)(cublasLtHandle_t, cublasLtMatmulDesc_t, cublasLtMatrixLayout_t a,
                                  cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, std::size_t workspaceBytes,
                                  cublasLtMatmulHeuristicResult_t*, int* found);
    cublasStatus_t (*ltMatmul)(cublasLtHandle_t, cublasLtMatmulDesc_t, const void* alpha, const void* a,
                               cublasLtMatrixLayout_t, const void* b, cublasLtMatrixLayout_t, const void* beta,
                               const void* c, cublasLtMatrixLayout_t, void* d, cublasLtMatrixLayout_t,
                               const cublasLtMatmulAlgo_t*, void* workspace, std::size_t workspaceBytes, cudaStream_t);
    const char* (*ltStatusName)(cublasStatus_t);
};

// The device this module was linked with: CUDA's, or an emulated one in tests.
const Calls& systemCalls();

}  // namespace dlrm::cuda
