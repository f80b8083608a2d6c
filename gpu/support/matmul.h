// SPDX-License-Identifier: Apache-2.0
// Matrix products by cuBLASLt, prepared once per shape: running one allocates nothing.
#pragma once

#include "gpu/support/resources.h"
#include "gpu/support/types.h"

namespace dlrm::cuda {

enum class Epilogue { None, Bias, BiasRelu };

// Y (rows, n) = X (rows, k) · W (k, n) [+ bias (n)] [ReLU], all row-major, n, k and strides multiples of 8, sums in
// fp32.
// fp32: no tensor cores. tf32: products rounded to TF32. bf16, fp16: X, W, bias and Y in that type.
struct ProductShape {
    std::int64_t rows = 0, k = 0, n = 0, xStride = 0, yStride = 0;
};

class Product {
public:
    Product(const Calls& calls, cublasLtHandle_t handle, Arithmetic arithmetic, const ProductShape& shape,
            Epilogue epilogue, const void* bias, std::int64_t workspaceBytes);
    void run(cudaStream_t stream, const void* x, const void* w, void* y, void* workspace) const;

private:
    const Calls* m_calls;
    cublasLtHandle_t m_handle;
    LtDesc m_desc;
    LtLayout m_w, m_x, m_y;
    cublasLtMatmulAlgo_t m_algo{};
    std::size_t m_workspaceBytes;
};

}  // namespace dlrm::cuda
