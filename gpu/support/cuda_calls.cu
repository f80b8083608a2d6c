// SPDX-License-Identifier: Apache-2.0
// The call table of a real device: CUDA's runtime and cuBLASLt.
#include "gpu/support/calls.h"

namespace dlrm::cuda {
namespace {

cudaError_t launchKernel(const Launch& l) {
    void* args[] = {const_cast<void*>(l.params)};
    return cudaLaunchKernel(l.kernel, l.grid, l.block, args, l.sharedBytes, l.stream);
}

cudaError_t allowShared(const void* kernel, int bytes) {
    return cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
}

cublasStatus_t descCreate(cublasLtMatmulDesc_t* desc, cublasComputeType_t compute, cudaDataType_t scale) {
    return cublasLtMatmulDescCreate(desc, compute, scale);
}

cublasStatus_t heuristic(cublasLtHandle_t handle, cublasLtMatmulDesc_t desc, cublasLtMatrixLayout_t a,
                         cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, std::size_t workspaceBytes,
                         cublasLtMatmulHeuristicResult_t* result, int* found) {
    cublasLtMatmulPreference_t preference = nullptr;
    cublasStatus_t status = cublasLtMatmulPreferenceCreate(&preference);
    if (status != CUBLAS_STATUS_SUCCESS) return status;
    status = cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspaceBytes,
                                                  sizeof workspaceBytes);
    if (status == CUBLAS_STATUS_SUCCESS)
        status = cublasLtMatmulAlgoGetHeuristic(handle, desc, a, b, c, c, preference, 1, result, found);
    cublasLtMatmulPreferenceDestroy(preference);
    return status;
}

}  // namespace

const Calls& systemCalls() {
    static const Calls calls{
        cudaGetDeviceCount,
        cudaSetDevice,
        [](cudaDeviceProp* p, int device) { return cudaGetDeviceProperties(p, device); },
        cudaDriverGetVersion,
        cudaRuntimeGetVersion,
        cudaMemGetInfo,
        [](void** p, std::size_t bytes) { return cudaMalloc(p, bytes); },
        cudaFree,
        [](void** p, std::size_t bytes, unsigned flags) { return cudaHostAlloc(p, bytes, flags); },
        cudaFreeHost,
        cudaMemcpyAsync,
        cudaMemsetAsync,
        cudaStreamCreateWithFlags,
        cudaStreamDestroy,
        cudaStreamSynchronize,
        cudaStreamBeginCapture,
        cudaStreamEndCapture,
        [](cudaEvent_t* e, unsigned flags) { return cudaEventCreateWithFlags(e, flags); },
        cudaEventDestroy,
        [](cudaEvent_t e, cudaStream_t s) { return cudaEventRecord(e, s); },
        cudaEventSynchronize,
        [](cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long flags) {
            return cudaGraphInstantiate(exec, graph, flags);
        },
        cudaGraphLaunch,
        cudaGraphDestroy,
        cudaGraphExecDestroy,
        allowShared,
        launchKernel,
        cudaGetLastError,
        cudaGetErrorName,
        cublasLtCreate,
        cublasLtDestroy,
        descCreate,
        cublasLtMatmulDescDestroy,
        cublasLtMatmulDescSetAttribute,
        cublasLtMatrixLayoutCreate,
        cublasLtMatrixLayoutDestroy,
        heuristic,
        cublasLtMatmul,
        cublasLtGetStatusName,
    };
    return calls;
}

}  // namespace dlrm::cuda
