// SPDX-License-Identifier: Apache-2.0
// What host code and kernels agree on: element types, a table as kernels see it, and one parameter struct per kernel.
// C++17, plain data.
#pragma once

#include <cstdint>

namespace dlrm::cuda {

enum class Element : std::int32_t {
    F16,
    BF16,
    F32,
    Int8
};  // of table rows where kernels read them; Int8 has a float32 scale a row
enum class Arithmetic : std::int32_t { Fp32, Tf32, Bf16, Fp16 };  // activations are float, float, bfloat16, half

constexpr std::int64_t elementBytes(Element e) { return e == Element::F32 ? 4 : e == Element::Int8 ? 1 : 2; }
constexpr std::int64_t roundUp(std::int64_t n, std::int64_t to) { return (n + to - 1) / to * to; }

// Rows [0, gpuRows) stand in `gpu`, the following in `pinned`, each dim elements without gaps.
struct DeviceTable {
    const void *gpu, *pinned;
    const float *gpuScales, *pinnedScales;  // Int8 only
    std::int64_t gpuRows;
    std::int32_t dim;
    Element type;
};

// ids: vector v of row r at ids[v * idStride + r]; negative: row −(id + 1) of `staged`, stagedStride float32 values a
// row.
struct Lookup {
    const DeviceTable* tables;  // in interaction order
    const std::int32_t* ids;
    std::int64_t idStride;
    const float* staged;
    std::int64_t stagedStride;
    std::int32_t tableCount;
};

// out row: [bottom | dots | zeros] or [dots | bottom | zeros], outStride wide. vectors: null, or (rows, tableCount + 1,
// dim).
struct InteractionParams {
    Lookup lookup;
    const void* bottom;
    std::int64_t bottomStride;
    void* out;
    std::int64_t outStride;
    float* vectors;
    std::int64_t rows;
    std::int32_t dim, dotsFirst;
    // Shared memory of one warp: vectors (vectorRows × pitch), then float out row, float 16 × 16 scratch, row
    // references; offsets in bytes.
    std::int32_t vectorRows, pitch, outOffset, scratchOffset, refsOffset, warpBytes, lanesPerRow;
};

// out row: [bottom | table 0 | table 1 …| zeros]; also the first step where InteractionParams does not fit.
struct ConcatParams {
    Lookup lookup;
    const void* bottom;
    std::int64_t bottomStride;
    std::int32_t bottomDim;
    void* out;
    std::int64_t outStride;
    std::int64_t rows;
};

// Dots of `vectors` vectors of dim elements that stand one after the other in x (rows, xStride), laid out as
// InteractionParams does.
struct DotsParams {
    const void* x;
    std::int64_t xStride;
    void* out;
    std::int64_t outStride, rows;
    std::int32_t vectors, dim, dotsFirst;
};

struct CrossParams {  // x = x0 * z + x, element by element
    const void *x0, *z;
    void* x;
    std::int64_t count;
};

struct LastLayerParams {  // logits[r] = x[r]·kernel + bias
    const void* x;
    std::int64_t xStride, inputs, rows;
    const float* kernel;
    float bias;
    float* logits;
};

struct InputParams {  // (rows, numericals) float32 to (rows, outStride), zeros beyond
    const float* in;
    std::int64_t numericals, rows;
    void* out;
    std::int64_t outStride;
};

struct WidenParams {  // (rows, stride) activations to (rows, width) float32
    const void* in;
    std::int64_t stride, width, rows;
    float* out;
};

struct MatrixParams {  // full V Vᵀ: off-diagonal values are those of `topInput`, the diagonal is computed from
                       // `vectors`
    const float *vectors, *topInput;
    std::int64_t topInputWidth, rows;
    std::int32_t vectorCount, dim, dotsOffset;
    float* out;
};

struct ShrinkParams {  // rows of `from` to float16, or to int8 with a scale
    const void* from;
    Element fromType;
    void* to;
    float* scales;
    std::int64_t rows;
    std::int32_t dim;
    Element toType;
};

constexpr int kThreads = 256;  // of every kernel but the interaction

}  // namespace dlrm::cuda
