// SPDX-License-Identifier: Apache-2.0
// cuBLASLt counts matrices column by column: a row-major (r, c) matrix is its (c, r) one, so Y = X W is asked for as Yᵀ
// = Wᵀ Xᵀ.
#include "gpu/support/matmul.h"

namespace dlrm::cuda {
namespace {

cudaDataType_t typeOf(Arithmetic a) {
    return a == Arithmetic::Bf16 ? CUDA_R_16BF : a == Arithmetic::Fp16 ? CUDA_R_16F : CUDA_R_32F;
}

LtLayout makeLayout(const Calls& calls, cudaDataType_t type, std::int64_t rows, std::int64_t columns,
                    std::int64_t leading) {
    cublasLtMatrixLayout_t layout = nullptr;
    CUDA_TRY(
        calls,
        ltLayoutCreate(&layout, type, static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(columns), leading),
        "describing a matrix");
    return LtLayout(calls, layout);
}

LtDesc makeDesc(const Calls& calls, cublasComputeType_t compute, cudaDataType_t scale) {
    cublasLtMatmulDesc_t desc = nullptr;
    CUDA_TRY(calls, ltDescCreate(&desc, compute, scale), "describing a matrix product");
    return LtDesc(calls, desc);
}

template <class T>
void set(const Calls& calls, const LtDesc& desc, cublasLtMatmulDescAttributes_t attribute, T value) {
    CUDA_TRY(calls, ltDescSet(desc.get(), attribute, &value, sizeof value), "describing a matrix product");
}

// False when cuBLASLt has no way to compute it.
bool choose(const Calls& calls, cublasLtHandle_t handle, const LtDesc& desc, const LtLayout& a, const LtLayout& b,
            const LtLayout& d, std::size_t workspaceBytes, cublasLtMatmulAlgo_t& algo) {
    cublasLtMatmulHeuristicResult_t result{};
    int found = 0;
    const cublasStatus_t status =
        calls.ltHeuristic(handle, desc.get(), a.get(), b.get(), d.get(), workspaceBytes, &result, &found);
    if (status == CUBLAS_STATUS_NOT_SUPPORTED || (status == CUBLAS_STATUS_SUCCESS && found == 0)) return false;
    check(calls, status, "choosing a matrix product");
    algo = result.algo;
    return true;
}

}  // namespace

Product::Product(const Calls& calls, cublasLtHandle_t handle, Arithmetic arithmetic, const ProductShape& s,
                 Epilogue epilogue, const void* bias, std::int64_t workspaceBytes)
    : m_calls(&calls), m_handle(handle), m_workspaceBytes(static_cast<std::size_t>(workspaceBytes)) {
    const cudaDataType_t type = typeOf(arithmetic);
    m_w = makeLayout(calls, type, s.n, s.k, s.n);
    m_x = makeLayout(calls, type, s.k, s.rows, s.xStride);
    m_y = makeLayout(calls, type, s.n, s.rows, s.yStride);
    // Pedantic keeps fp32 off tensor cores whatever the environment says; plain fp32 is the second choice where it does
    // not go with the epilogue.
    const cublasComputeType_t first = arithmetic == Arithmetic::Fp32   ? CUBLAS_COMPUTE_32F_PEDANTIC
                                      : arithmetic == Arithmetic::Tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32
                                                                       : CUBLAS_COMPUTE_32F;
    for (const cublasComputeType_t compute : {first, CUBLAS_COMPUTE_32F}) {
        m_desc = makeDesc(calls, compute, CUDA_R_32F);
        if (epilogue != Epilogue::None) {
            set(calls, m_desc, CUBLASLT_MATMUL_DESC_EPILOGUE,
                epilogue == Epilogue::Bias ? CUBLASLT_EPILOGUE_BIAS : CUBLASLT_EPILOGUE_RELU_BIAS);
            set(calls, m_desc, CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias);
        }
        if (choose(calls, handle, m_desc, m_w, m_x, m_y, m_workspaceBytes, m_algo)) return;
    }
    check(calls, CUBLAS_STATUS_NOT_SUPPORTED, "choosing a matrix product");
}

void Product::run(cudaStream_t stream, const void* x, const void* w, void* y, void* workspace) const {
    const float one = 1, zero = 0;
    CUDA_TRY(*m_calls,
             ltMatmul(m_handle, m_desc.get(), &one, w, m_w.get(), x, m_x.get(), &zero, y, m_y.get(), y, m_y.get(),
                      &m_algo, workspace, m_workspaceBytes, stream),
             "multiplying matrices");
}

}  // namespace dlrm::cuda
