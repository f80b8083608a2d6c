// SPDX-License-Identifier: Apache-2.0
// The weights of a model on the device, and the sizes everything derives from them. Widths are padded to multiples of 8
// with zeros, which stay zeros through every layer.
#pragma once

#include <vector>

#include "gpu/device.h"
#include "gpu/support/matmul.h"

namespace dlrm::cuda {

constexpr std::int64_t kPadding = 8;

inline std::int64_t activationBytes(Arithmetic a) { return a == Arithmetic::Bf16 || a == Arithmetic::Fp16 ? 2 : 4; }

// Sizes of a model, checked. Throws E-CUDA-110.
struct NetworkShape {
    NetworkShape(const dlrm_model_description& description, const Device& device);

    bool cross = false, dotsFirst = false;
    std::int64_t tables = 0, dim = 0, numericals = 0, maxDim = 0;  // dim: of the bottom MLP's output
    std::int64_t inputStride = 0;                                  // of the converted numerical features
    std::int64_t topInputs = 0, topInputStride = 0;                // that can be other than zero
    std::int64_t vectorsWidth = 0, vectorsStride = 0;              // x0, or all vectors one after the other
    std::int64_t widest = 0;                                       // of all layers' activations
    std::int64_t projection = 0;                                   // widest, padded; 0: none
    std::int64_t pairs = 0;
    std::int64_t chunkRows = 0;       // rows of one pass: activations of one stay in half of the level-2 cache
    std::int64_t stagedRows = 0;      // rows that a chunk may bring from the host
    std::int64_t workspaceBytes = 0;  // of cuBLAS, per slot
    std::int64_t weightBytes = 0, slotBytes = 0, tapBytes = 0, loadBytes = 0;  // device memory
    std::int64_t workingBytes() const;
};

constexpr int kSlots = 3;               // chunks under way at a time
constexpr std::int64_t kTapRows = 256;  // rows of a chunk whose intermediates are wanted

struct Layer {
    std::int64_t inputs = 0, outputs = 0, inputStride = 0, outputStride = 0;
    bool relu = false;
    DeviceBuffer<char> kernel, bias;  // (inputStride, outputStride), (outputStride)
};

struct CrossLayer {
    std::int64_t projection = 0;  // padded; 0: full rank
    DeviceBuffer<char> u, v, bias;
};

class Network {
public:
    // Copies the weights to the device. Throws Failure, Cancelled.
    Network(Device& device, const dlrm_model_description& description, const NetworkShape& shape, cudaStream_t stream,
            const dlrm_control* control);

    const std::vector<Layer>& bottom() const { return m_bottom; }
    const std::vector<Layer>& top() const { return m_top; }  // without the last
    const std::vector<CrossLayer>& cross() const { return m_cross; }
    const float* lastKernel() const { return m_lastKernel.data(); }
    float lastBias() const { return m_lastBias; }
    std::int64_t lastInputs() const { return m_lastInputs; }  // padded

private:
    std::vector<Layer> m_bottom, m_top;
    std::vector<CrossLayer> m_cross;
    DeviceBuffer<float> m_lastKernel;
    float m_lastBias = 0;
    std::int64_t m_lastInputs = 0;
};

// The matrix products of all layers for one number of rows.
struct NetworkProducts {
    NetworkProducts(const Device& device, cublasLtHandle_t handle, const Network& network, const NetworkShape& shape,
                    std::int64_t rows);
    std::vector<Product> bottom, top, crossU, crossV;
};

}  // namespace dlrm::cuda
