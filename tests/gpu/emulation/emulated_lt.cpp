// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/emulation/emulated_lt.h"

#include <cstring>
#include <vector>

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "tests/gpu/emulation/emulated_device.h"
#include "tests/gpu/emulation/shim.h"

namespace dlrm::emulation {
namespace {

struct Desc {
    cublasComputeType_t compute;
    int epilogue = CUBLASLT_EPILOGUE_DEFAULT;
    const void* bias = nullptr;
};

struct Layout {
    cudaDataType_t type;
    std::int64_t rows, columns, leading;
};

template <class T>
T* real(void* opaque) {
    return static_cast<T*>(opaque);
}
template <class T>
const T& realOf(const void* opaque) {
    return *static_cast<const T*>(opaque);
}

float valueAt(const void* data, cudaDataType_t type, std::int64_t i) {
    switch (type) {
        case CUDA_R_16F:
            return __half2float(static_cast<const __half*>(data)[i]);
        case CUDA_R_16BF:
            return __bfloat162float(static_cast<const __nv_bfloat16*>(data)[i]);
        default:
            return static_cast<const float*>(data)[i];
    }
}

void putAt(void* data, cudaDataType_t type, std::int64_t i, float value) {
    switch (type) {
        case CUDA_R_16F:
            static_cast<__half*>(data)[i] = __float2half(value);
            break;
        case CUDA_R_16BF:
            static_cast<__nv_bfloat16*>(data)[i] = __float2bfloat16(value);
            break;
        default:
            static_cast<float*>(data)[i] = value;
    }
}

// (rows, columns) column by column.
std::vector<float> operand(const void* data, const Layout& l, bool tf32) {
    std::vector<float> out(static_cast<std::size_t>(l.rows * l.columns));
    for (std::int64_t c = 0; c < l.columns; ++c)
        for (std::int64_t r = 0; r < l.rows; ++r) {
            const float value = valueAt(data, l.type, c * l.leading + r);
            out[static_cast<std::size_t>(c * l.rows + r)] = tf32 ? nvcuda::wmma::__float_to_tf32(value) : value;
        }
    return out;
}

// out = a · b with the epilogue; what alpha = 1 and beta = 0 ask for.
void multiply(const Desc& d, const void* a, const Layout& la, const void* b, const Layout& lb, void* out,
              const Layout& ld) {
    const bool tf32 = d.compute == CUBLAS_COMPUTE_32F_FAST_TF32;
    const std::vector<float> left = operand(a, la, tf32), right = operand(b, lb, tf32);
    const std::int64_t m = ld.rows, n = ld.columns, k = la.columns;
    std::vector<float> column(static_cast<std::size_t>(m));
    for (std::int64_t j = 0; j < n; ++j) {
        std::fill(column.begin(), column.end(), 0.0f);
        for (std::int64_t p = 0; p < k; ++p) {
            const float factor = right[static_cast<std::size_t>(j * k + p)];
            const float* from = left.data() + p * m;
            for (std::int64_t i = 0; i < m; ++i) column[static_cast<std::size_t>(i)] += from[i] * factor;
        }
        for (std::int64_t i = 0; i < m; ++i) {
            float value = column[static_cast<std::size_t>(i)];
            if (d.epilogue != CUBLASLT_EPILOGUE_DEFAULT) value += valueAt(d.bias, ld.type, i);
            if (d.epilogue == CUBLASLT_EPILOGUE_RELU_BIAS && value < 0) value = 0;
            putAt(out, ld.type, j * ld.leading + i, value);
        }
    }
}

bool fits(const Layout& a, const Layout& b, const Layout& out) {
    return a.rows == out.rows && b.columns == out.columns && a.columns == b.rows && a.leading >= a.rows &&
           b.leading >= b.rows && out.leading >= out.rows && a.type == b.type;
}

cublasStatus_t set(cublasLtMatmulDesc_t desc, cublasLtMatmulDescAttributes_t attribute, const void* value,
                   std::size_t bytes) {
    Desc& d = *real<Desc>(desc);
    const auto put = [&](auto& to) {
        if (bytes != sizeof to) return CUBLAS_STATUS_INVALID_VALUE;
        std::memcpy(&to, value, sizeof to);
        return CUBLAS_STATUS_SUCCESS;
    };
    switch (attribute) {
        case CUBLASLT_MATMUL_DESC_EPILOGUE:
            return put(d.epilogue);
        case CUBLASLT_MATMUL_DESC_BIAS_POINTER:
            return put(d.bias);
        default:
            return CUBLAS_STATUS_NOT_SUPPORTED;
    }
}

cublasStatus_t heuristic(cublasLtHandle_t, cublasLtMatmulDesc_t desc, cublasLtMatrixLayout_t a,
                         cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, std::size_t,
                         cublasLtMatmulHeuristicResult_t* result, int* found) {
    const Desc& d = realOf<Desc>(desc);
    if (!fits(realOf<Layout>(a), realOf<Layout>(b), realOf<Layout>(c))) return CUBLAS_STATUS_INVALID_VALUE;
    if (!gpu().pedanticEpilogues && d.compute == CUBLAS_COMPUTE_32F_PEDANTIC && d.epilogue != CUBLASLT_EPILOGUE_DEFAULT)
        return CUBLAS_STATUS_NOT_SUPPORTED;
    *result = {};
    *found = 1;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t matmul(cublasLtHandle_t, cublasLtMatmulDesc_t desc, const void*, const void* a,
                      cublasLtMatrixLayout_t la, const void* b, cublasLtMatrixLayout_t lb, const void*, const void*,
                      cublasLtMatrixLayout_t, void* out, cublasLtMatrixLayout_t ld, const cublasLtMatmulAlgo_t*, void*,
                      std::size_t, cudaStream_t stream) {
    const Desc d = realOf<Desc>(desc);
    const Layout left = realOf<Layout>(la), right = realOf<Layout>(lb), result = realOf<Layout>(ld);
    if (!fits(left, right, result)) return CUBLAS_STATUS_INVALID_VALUE;
    onStream(stream, [=] { multiply(d, a, left, b, right, out, result); });
    return CUBLAS_STATUS_SUCCESS;
}

}  // namespace

void fillLtCalls(cuda::Calls& calls) {
    calls.ltCreate = [](cublasLtHandle_t* h) {
        *h = reinterpret_cast<cublasLtHandle_t>(new int(0));
        return CUBLAS_STATUS_SUCCESS;
    };
    calls.ltDestroy = [](cublasLtHandle_t h) {
        delete reinterpret_cast<int*>(h);
        return CUBLAS_STATUS_SUCCESS;
    };
    calls.ltDescCreate = [](cublasLtMatmulDesc_t* d, cublasComputeType_t compute, cudaDataType_t) {
        *d = reinterpret_cast<cublasLtMatmulDesc_t>(new Desc{compute});
        return CUBLAS_STATUS_SUCCESS;
    };
    calls.ltDescDestroy = [](cublasLtMatmulDesc_t d) {
        delete real<Desc>(d);
        return CUBLAS_STATUS_SUCCESS;
    };
    calls.ltDescSet = set;
    calls.ltLayoutCreate = [](cublasLtMatrixLayout_t* l, cudaDataType type, std::uint64_t rows, std::uint64_t columns,
                              std::int64_t leading) {
        *l = reinterpret_cast<cublasLtMatrixLayout_t>(
            new Layout{type, static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns), leading});
        return CUBLAS_STATUS_SUCCESS;
    };
    calls.ltLayoutDestroy = [](cublasLtMatrixLayout_t l) {
        delete real<Layout>(l);
        return CUBLAS_STATUS_SUCCESS;
    };
    calls.ltHeuristic = heuristic;
    calls.ltMatmul = matmul;
    calls.ltStatusName = [](cublasStatus_t s) {
        return s == CUBLAS_STATUS_ALLOC_FAILED ? "CUBLAS_STATUS_ALLOC_FAILED" : "CUBLAS_STATUS of the emulated device";
    };
}

}  // namespace dlrm::emulation
