// SPDX-License-Identifier: Apache-2.0
// What host code and kernels agree on: element types, a table as kernels see it, and one parameter struct per kernel. C++17, plain data.
#pragma once

#include <cstdint>

namespace dlrm::cuda {

enum class Element : std::int32_t { F16, BF16, F32, Int8 };          // of table rows where kernels read them; Int8 has a float32 scale a row
enum class Arithmetic : std::int32_t { Fp32, Tf32, Bf16, Fp16 };     // activations are float, float, bfloat16, half
enum class Scoring : std::int32_t { Cosine, Dot, L2 };               // DLRM_COSINE …

constexpr std::int64_t elementBytes(Element e) { return e == Element::F32 ? 4 : e == Element::Int8 ? 1 : 2; }
constexpr std::int64_t roundUp(std::int64_t n, std::int64_t to) { return (n + to - 1) / to * to; }

// Rows [0, gpuRows) stand in `gpu`, the following in `pinned`, each dim elements without gaps.
struct DeviceTable {
    const void *gpu, *pinned;
    const float *gpuScales, *pinnedScales;   // Int8 only
    std::int64_t gpuRows;
    std::int32_t dim;
    Element type;
};

// ids: vector v of row r at ids[v * idStride + r]; negative: row −(id + 1) of `staged`, stagedStride float32 values a row.
struct Lookup {
    const DeviceTable* tables;   // in interaction order
    const std::int32_t* ids;
    std::int64_t idStride;
    const float* staged;
    std::int64_t stagedStride;
    std::int32_t tableCount;
};

// out row: [bottom | dots | zeros] or [dots | bottom | zeros], outStride wide. vectors: null, or (rows, tableCount + 1, dim).
struct InteractionParams {
    Lookup lookup;
    const void* bottom;
    std::int64_t bottomStride;
    void* out;
    std::int64_t outStride;
    float* vectors;
    std::int64_t rows;
    std::int32_t dim, dotsFirst;
    // Shared memory of one warp: vectors (vectorRows × pitch), then float out row, float 16 × 16 scratch, row references; offsets in bytes.
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

// Dots of `vectors` vectors of dim elements that stand one after the other in x (rows, xStride), laid out as InteractionParams does.
struct DotsParams {
    const void* x;
    std::int64_t xStride;
    void* out;
    std::int64_t outStride, rows;
    std::int32_t vectors, dim, dotsFirst;
};

struct CrossParams {   // x = x0 * z + x, element by element
    const void *x0, *z;
    void* x;
    std::int64_t count;
};

struct LastLayerParams {   // logits[r] = x[r]·kernel + bias
    const void* x;
    std::int64_t xStride, inputs, rows;
    const float* kernel;
    float bias;
    float* logits;
};

struct InputParams {   // (rows, numericals) float32 to (rows, outStride), zeros beyond
    const float* in;
    std::int64_t numericals, rows;
    void* out;
    std::int64_t outStride;
};

struct WidenParams {   // (rows, stride) activations to (rows, width) float32
    const void* in;
    std::int64_t stride, width, rows;
    float* out;
};

struct MatrixParams {   // full V Vᵀ: off-diagonal values are those of `topInput`, the diagonal is computed from `vectors`
    const float *vectors, *topInput;
    std::int64_t topInputWidth, rows;
    std::int32_t vectorCount, dim, dotsOffset;
    float* out;
};

struct ShrinkParams {   // rows of `from` to float16, or to int8 with a scale
    const void* from;
    Element fromType;
    void* to;
    float* scales;
    std::int64_t rows;
    std::int32_t dim;
    Element toType;
};

// Rows of a table in memory the device reads: `data` points at row 0 of them.
struct RowBlock {
    const void* data;
    Element type;       // not Int8
    std::int64_t rows;
    std::int32_t dim;
};

// What a block of threads found; the host adds them up in order.
struct ScanPartial {
    std::int64_t finite, nan, inf, subnormal, below, above;
    double sum, sumSquares;
    float min, max;
};

struct ScanParams {
    RowBlock block;
    float* norms;                     // (rows)
    unsigned long long* histogram;    // (bins), added to
    ScanPartial* partials;            // one per block of threads
    double low, binsPerUnit;
    float high;
    std::int32_t bins, copies;        // private histograms in shared memory; 0: straight to `histogram`
};

struct GramParams {   // out (rows, stride) double: the row's values, 1, zeros; a row that is not finite is all zeros
    RowBlock block;
    double* out;
    std::int64_t stride;
};

struct ScoreParams {   // keys[r]: order-preserving, larger is nearer; 0 for rows that come last
    RowBlock block;
    const double* query;
    double queryNorm;
    Scoring scoring;
    unsigned long long* keys;
};

struct MaximaParams {   // largest key of every `perBlock` keys
    const unsigned long long* keys;
    std::int64_t rows;
    unsigned long long* maxima;
};

struct SelectParams {   // rows whose key is at least `threshold`, in any order; count goes on past capacity
    const unsigned long long* keys;
    std::int64_t rows;
    unsigned long long threshold;
    std::int64_t* ids;
    unsigned long long *foundKeys, *count;
    std::int64_t capacity;
};

struct SplitParams {   // order-preserving keys of rows by label: 0 from the front of keys, others from the end
    const float* logits;
    const std::uint8_t* labels;
    std::int64_t rows, total;
    std::uint32_t* keys;
    unsigned long long* counts;   // [0] negatives, [1] positives so far
    double* losses;               // one per block of threads
};

struct ConcordantParams {   // adds Σ over positives (negatives below + negatives not above) to *sum; both sorted
    const std::uint32_t *negatives, *positives;
    std::int64_t negativeCount, positiveCount;
    unsigned long long* sum;
};

constexpr int kThreads = 256;              // of every kernel but the interaction
constexpr std::int64_t kKeysPerMaximum = 1024, kRowsPerSplit = 4096;

}  // namespace dlrm::cuda
