// SPDX-License-Identifier: Apache-2.0
// Intermediates on their way to the caller: widened to float32 on the device, then copied out, chunk by chunk. Not a
// fast path.
#pragma once

#include <vector>

#include "gpu/kernels/kernels.h"
#include "gpu/model.h"

namespace dlrm::cuda {

class Model::Taps {
public:
    Taps(const Device& device, const dlrm_outputs& outputs) : m_device(device), m_outputs(outputs) {}

    // Rows [first, first + rows) of the call; the stream of the chunk.
    void begin(std::int64_t first, std::int64_t rows, cudaStream_t stream) {
        m_first = first;
        m_rows = rows;
        m_stream = stream;
    }
    const dlrm_outputs& wanted() const { return m_outputs; }
    float* activation(float* const* of, std::size_t layer) const { return of ? of[layer] : nullptr; }

    // Activations (rows, stride) to out (all rows, outWidth): the first `width` values, zeros beyond. scratch: (rows,
    // width) on the device.
    void activations(const void* x, std::int64_t stride, std::int64_t width, float* out, std::int64_t outWidth,
                     float* scratch) {
        if (!out) return;
        widen(m_device.calls(), m_stream, m_device.arithmetic(), {x, stride, width, m_rows, scratch});
        floats(scratch, width, out, outWidth);
    }
    // The same from float32 (rows, width) on the device.
    void floats(const float* x, std::int64_t width, float* out, std::int64_t outWidth) {
        m_host.resize(static_cast<std::size_t>(m_rows * width));
        CUDA_TRY(m_device.calls(),
                 copyAsync(m_host.data(), x, m_host.size() * sizeof(float), cudaMemcpyDeviceToHost, m_stream),
                 "reading intermediates");
        CUDA_TRY(m_device.calls(), streamSynchronize(m_stream), "reading intermediates");
        for (std::int64_t r = 0; r < m_rows; ++r) {
            float* to = out + (m_first + r) * outWidth;
            std::copy_n(m_host.data() + r * width, width, to);
            std::fill(to + width, to + outWidth, 0.0f);
        }
    }
    std::int64_t rows() const { return m_rows; }
    cudaStream_t stream() const { return m_stream; }

private:
    const Device& m_device;
    const dlrm_outputs& m_outputs;
    std::int64_t m_first = 0, m_rows = 0;
    cudaStream_t m_stream = nullptr;
    std::vector<float> m_host;
};

}  // namespace dlrm::cuda
