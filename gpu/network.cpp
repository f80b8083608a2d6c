// SPDX-License-Identifier: Apache-2.0
#include "gpu/network.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "gpu/table_store.h"

namespace dlrm::cuda {
namespace {

// Wider layers than this would overflow products of sizes, and no such model exists.
constexpr std::int64_t kMaxWidth = 1 << 20;
constexpr std::int64_t kStagedBytes = 16 << 20;

void requireWidth(std::int64_t width, const char* what) {
    if (width < 1 || width > kMaxWidth)
        throw shapeFailure(std::string(what) + " of 1 to " + std::to_string(kMaxWidth), std::to_string(width));
}

void checkLayers(const dlrm_dense* layers, std::int64_t count, std::int64_t inputs, const char* what) {
    if (count < 1) throw shapeFailure(std::string("at least one ") + what + " layer", "none");
    for (std::int64_t k = 0; k < count; ++k) {
        requireWidth(layers[k].inputs, what);
        requireWidth(layers[k].outputs, what);
        const std::int64_t used = layers[k].used_inputs;
        if (used < 1 || used > layers[k].inputs || (k > 0 && layers[k].inputs != layers[k - 1].outputs) ||
            (k == 0 && used > inputs))
            throw shapeFailure(std::string(what) + " layers that fit each other",
                               std::to_string(layers[k].inputs) + " inputs, " + std::to_string(used) + " used");
    }
}

// Values to the arithmetic's type, placed in a zeroed (paddedRows, paddedColumns) matrix.
std::vector<char> padded(const float* values, std::int64_t rows, std::int64_t columns, std::int64_t paddedRows,
                         std::int64_t paddedColumns, Arithmetic a) {
    const std::int64_t bytes = activationBytes(a);
    std::vector<char> out(static_cast<std::size_t>(paddedRows * paddedColumns * bytes));
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < columns; ++c) {
            char* to = out.data() + (r * paddedColumns + c) * bytes;
            const float value = values[r * columns + c];
            if (a == Arithmetic::Bf16) {
                const __nv_bfloat16 narrow = __float2bfloat16(value);
                std::memcpy(to, &narrow, sizeof narrow);
            } else if (a == Arithmetic::Fp16) {
                const __half narrow = __float2half(value);
                std::memcpy(to, &narrow, sizeof narrow);
            } else {
                std::memcpy(to, &value, sizeof value);
            }
        }
    return out;
}

DeviceBuffer<char> upload(Device& device, cudaStream_t stream, const std::vector<char>& bytes) {
    DeviceBuffer<char> to = device.buffer<char>(static_cast<std::int64_t>(bytes.size()), "taking memory for weights");
    CUDA_TRY(device.calls(), copyAsync(to.data(), bytes.data(), bytes.size(), cudaMemcpyHostToDevice, stream),
             "copying weights");
    CUDA_TRY(device.calls(), streamSynchronize(stream), "copying weights");  // `bytes` may go
    return to;
}

Layer uploadLayer(Device& device, cudaStream_t stream, const dlrm_dense& d, std::int64_t inputStride) {
    Layer layer;
    layer.inputs = d.used_inputs;
    layer.outputs = d.outputs;
    layer.inputStride = inputStride;
    layer.outputStride = roundUp(d.outputs, kPadding);
    layer.relu = d.relu != 0;
    layer.kernel =
        upload(device, stream,
               padded(d.kernel, d.used_inputs, d.outputs, inputStride, layer.outputStride, device.arithmetic()));
    layer.bias = upload(device, stream, padded(d.bias, 1, d.outputs, 1, layer.outputStride, device.arithmetic()));
    return layer;
}

}  // namespace

NetworkShape::NetworkShape(const dlrm_model_description& d, const Device& device) {
    const std::int64_t bytes = activationBytes(device.arithmetic());
    tables = d.table_count;
    if (tables < 1 || tables > 4096) throw shapeFailure("1 to 4096 tables", std::to_string(tables));
    dim = d.embedding_dim;
    requireWidth(dim, "embedding dimension");
    if (d.bottom_count < 1) throw shapeFailure("at least one bottom layer", "none");
    numericals = d.bottom[0].used_inputs;
    requireWidth(numericals, "numerical features");
    inputStride = roundUp(numericals, kPadding);
    cross = d.cross_count > 0;
    dotsFirst = d.interaction_order == DLRM_DOTS_FIRST;
    std::vector<bool> seen(static_cast<std::size_t>(tables));
    std::int64_t sumOfDims = dim;
    for (std::int64_t t = 0; t < tables; ++t) {
        const std::int64_t place = d.interaction_table_order[t];
        if (place < 0 || place >= tables || seen[static_cast<std::size_t>(place)])
            throw shapeFailure("an order that names every table once", "table " + std::to_string(place));
        seen[static_cast<std::size_t>(place)] = true;
        requireWidth(d.tables[t].dim, "table dimension");
        if (d.tables[t].rows < 1 || d.tables[t].rows > std::numeric_limits<std::int32_t>::max())
            throw shapeFailure("tables of 1 to 2147483647 rows", std::to_string(d.tables[t].rows));
        if (!cross && d.tables[t].dim != dim)
            throw shapeFailure("tables of dimension " + std::to_string(dim), std::to_string(d.tables[t].dim));
        maxDim = std::max(maxDim, d.tables[t].dim);
        sumOfDims += d.tables[t].dim;
    }
    pairs = tables * (tables + 1) / 2;
    vectorsWidth = sumOfDims;
    topInputs = cross ? sumOfDims : pairs + dim;
    requireWidth(topInputs, "interaction");
    topInputStride = roundUp(topInputs, kPadding);
    vectorsStride = roundUp(vectorsWidth, kPadding);

    checkLayers(d.bottom, d.bottom_count, d.numericals_max, "bottom");
    if (d.bottom[d.bottom_count - 1].outputs != dim)
        throw shapeFailure(std::to_string(dim) + " outputs of the bottom MLP",
                           std::to_string(d.bottom[d.bottom_count - 1].outputs));
    checkLayers(d.top, d.top_count, topInputs, "top");
    if (d.top[d.top_count - 1].outputs != 1 || d.top[d.top_count - 1].relu)
        throw shapeFailure("one logit", std::to_string(d.top[d.top_count - 1].outputs) + " outputs");
    for (std::int64_t k = 0; k < d.bottom_count + d.top_count; ++k) {
        const dlrm_dense& layer = k < d.bottom_count ? d.bottom[k] : d.top[k - d.bottom_count];
        widest = std::max({widest, roundUp(layer.outputs, kPadding), inputStride});
        weightBytes += (roundUp(layer.used_inputs, kPadding) + 1) * roundUp(layer.outputs, kPadding) * bytes;
    }
    for (std::int64_t k = 0; k < d.cross_count; ++k) {
        const dlrm_cross& c = d.cross[k];
        if (c.width != sumOfDims || c.projection < 0 || c.projection > kMaxWidth)
            throw shapeFailure("cross layers of width " + std::to_string(sumOfDims), std::to_string(c.width));
        const std::int64_t inner = roundUp(c.projection, kPadding);
        projection = std::max(projection, inner);
        weightBytes += (inner > 0 ? 2 * inner : vectorsStride) * vectorsStride * bytes + vectorsStride * bytes;
    }
    const std::int64_t rowBytes = bytes * (2 * widest + topInputStride + (cross ? 2 * vectorsStride + projection : 0));
    chunkRows = 2048;
    while (chunkRows < 8192 && chunkRows * 2 * rowBytes <= device.traits().l2Bytes / 2) chunkRows *= 2;
    stagedRows = std::max(tables, kStagedBytes / (maxDim * 4));
    workspaceBytes = device.traits().major >= 9 ? 32 << 20 : 8 << 20;
    // The vectors of models without a fused interaction need their own buffer; counted always, it is small beside the
    // rest.
    slotBytes = chunkRows * (rowBytes + (cross ? 0 : vectorsStride * bytes) + numericals * 4 + tables * 4 + 4) +
                stagedRows * maxDim * 4 + workspaceBytes;
    tapBytes = kTapRows * (vectorsWidth + 2 * std::max({topInputs, widest, (tables + 1) * (tables + 1)})) * 4;
    loadBytes = tables * static_cast<std::int64_t>(sizeof(DeviceTable));
    if (device.tableStorage() != DLRM_TABLES_AS_STORED) loadBytes += kRingBuffers * kRingBytes;
}

std::int64_t NetworkShape::workingBytes() const { return weightBytes + kSlots * slotBytes + tapBytes + loadBytes; }

Network::Network(Device& device, const dlrm_model_description& d, const NetworkShape& shape, cudaStream_t stream,
                 const dlrm_control* control) {
    for (std::int64_t k = 0; k < d.bottom_count; ++k) {
        throwIfStopped(control);
        m_bottom.push_back(
            uploadLayer(device, stream, d.bottom[k], k == 0 ? shape.inputStride : m_bottom.back().outputStride));
    }
    for (std::int64_t k = 0; k < d.cross_count; ++k) {
        throwIfStopped(control);
        const dlrm_cross& c = d.cross[k];
        CrossLayer layer;
        layer.projection = roundUp(c.projection, kPadding);
        const std::int64_t inner = c.projection > 0 ? c.projection : c.width,
                           innerStride = c.projection > 0 ? layer.projection : shape.vectorsStride;
        if (c.projection > 0)
            layer.u =
                upload(device, stream,
                       padded(c.u, c.width, c.projection, shape.vectorsStride, layer.projection, device.arithmetic()));
        layer.v =
            upload(device, stream, padded(c.v, inner, c.width, innerStride, shape.vectorsStride, device.arithmetic()));
        layer.bias = upload(device, stream, padded(c.bias, 1, c.width, 1, shape.vectorsStride, device.arithmetic()));
        m_cross.push_back(std::move(layer));
    }
    for (std::int64_t k = 0; k + 1 < d.top_count; ++k) {
        throwIfStopped(control);
        m_top.push_back(
            uploadLayer(device, stream, d.top[k], k == 0 ? shape.topInputStride : m_top.back().outputStride));
    }
    const dlrm_dense& last = d.top[d.top_count - 1];
    m_lastInputs = m_top.empty() ? shape.topInputStride : m_top.back().outputStride;
    m_lastBias = last.bias[0];
    std::vector<float> kernel(static_cast<std::size_t>(m_lastInputs));
    std::copy_n(last.kernel, last.used_inputs, kernel.begin());
    m_lastKernel = device.buffer<float>(m_lastInputs, "taking memory for weights");
    CUDA_TRY(device.calls(),
             copyAsync(m_lastKernel.data(), kernel.data(), kernel.size() * 4, cudaMemcpyHostToDevice, stream),
             "copying weights");
    CUDA_TRY(device.calls(), streamSynchronize(stream), "copying weights");
}

NetworkProducts::NetworkProducts(const Device& device, cublasLtHandle_t handle, const Network& network,
                                 const NetworkShape& shape, std::int64_t rows) {
    const Calls& calls = device.calls();
    const Arithmetic a = device.arithmetic();
    const auto add = [&](std::vector<Product>& to, const std::vector<Layer>& layers) {
        for (const Layer& l : layers)
            to.emplace_back(calls, handle, a,
                            ProductShape{rows, l.inputStride, l.outputStride, l.inputStride, l.outputStride},
                            l.relu ? Epilogue::BiasRelu : Epilogue::Bias, l.bias.data(), shape.workspaceBytes);
    };
    add(bottom, network.bottom());
    add(top, network.top());
    const std::int64_t width = shape.vectorsStride;
    for (const CrossLayer& c : network.cross()) {
        if (c.projection > 0)
            crossU.emplace_back(calls, handle, a, ProductShape{rows, width, c.projection, width, c.projection},
                                Epilogue::None, nullptr, shape.workspaceBytes);
        const std::int64_t inner = c.projection > 0 ? c.projection : width;
        crossV.emplace_back(calls, handle, a, ProductShape{rows, inner, width, inner, width}, Epilogue::Bias,
                            c.bias.data(), shape.workspaceBytes);
    }
}

}  // namespace dlrm::cuda
