// SPDX-License-Identifier: Apache-2.0
#include "gpu/model.h"

#include <algorithm>
#include <cstring>

#include "gpu/taps.h"

namespace dlrm::cuda {
namespace {

// Copies of less than this are done sooner than another thread wakes.
constexpr std::int64_t kSharedCopyBytes = 192 << 10;
// Rows from files that may be slow are brought in groups of this many between two looks at `stopped`.
constexpr std::int64_t kMissingPerGroup = 512, kMissingPerPiece = 32;
constexpr std::int64_t kPreferredRows = 65536;

}  // namespace

std::int64_t bucketOf(std::int64_t rows, std::int64_t most) {
    std::int64_t step = 1;
    while (step * 8 < rows) step *= 2;
    return std::min(roundUp(rows, step), most);
}

Model::Model(Device& device, const dlrm_model_description& d, const dlrm_control* control)
    : m_device(device),
      m_shape(d, device),
      m_order(d.interaction_table_order, d.interaction_table_order + d.table_count),
      m_handle(makeLtHandle(device.calls())),
      m_tables(device, d),
      m_numericalsMax(d.numericals_max),
      m_topKernelRows(d.top[0].inputs),
      m_workers(copyThreads()) {
    if (!m_shape.cross)
        m_interaction = planInteraction(device.calls(), device.arithmetic(), static_cast<std::int32_t>(m_shape.tables),
                                        static_cast<std::int32_t>(m_shape.dim), m_shape.topInputStride,
                                        device.traits().multiprocessors, device.traits().sharedBytesPerBlock);
    for (Slot& s : m_slots) s = makeSlot();
    m_network = std::make_unique<Network>(device, d, m_shape, m_slots[0].stream.get(), control);
    m_tables.startLoading();
}

Model::~Model() { abandon(); }

std::int64_t Model::preferredBatch() const { return std::max(kPreferredRows, m_shape.chunkRows * kSlots); }

Model::Slot Model::makeSlot() {
    const Calls& calls = m_device.calls();
    const char* const doing = "taking memory for batches";
    const std::int64_t rows = m_shape.chunkRows, bytes = activationBytes(m_device.arithmetic());
    Slot s;
    s.stream = makeStream(calls);
    s.done = makeEvent(calls);
    s.input = PinnedBuffer<char>(calls, rows * (m_shape.numericals + m_shape.tables) * 4, doing);
    s.stagedHost = PinnedBuffer<float>(calls, m_shape.stagedRows * m_shape.maxDim, doing);
    s.logitsHost = PinnedBuffer<float>(calls, rows, doing);
    s.inputDevice = m_device.buffer<char>(s.input.count(), doing);
    s.staged = m_device.buffer<float>(m_shape.stagedRows * m_shape.maxDim, doing);
    s.logits = m_device.buffer<float>(rows, doing);
    s.workspace = m_device.buffer<char>(m_shape.workspaceBytes, doing);
    s.ping = m_device.buffer<char>(rows * m_shape.widest * bytes, doing);
    s.pong = m_device.buffer<char>(rows * m_shape.widest * bytes, doing);
    s.topInput = m_device.buffer<char>(rows * m_shape.topInputStride * bytes, doing);
    if (m_interaction.warps == 0) s.vectors = m_device.buffer<char>(rows * m_shape.vectorsStride * bytes, doing);
    if (m_shape.cross) {
        s.crossed = m_device.buffer<char>(rows * m_shape.vectorsStride * bytes, doing);
        s.projected = m_device.buffer<char>(rows * m_shape.projection * bytes, doing);
    }
    // Rows that only fill a bucket look at staged row 0.
    CUDA_TRY(calls, setAsync(s.staged.data(), 0, static_cast<std::size_t>(m_shape.maxDim) * 4, s.stream.get()), doing);
    return s;
}

void Model::forward(const dlrm_batch& batch, float* logits, const dlrm_outputs* outputs, const dlrm_control* control) {
    if (batch.rows < 0 || batch.numericals < 0 || batch.numericals > m_numericalsMax ||
        (batch.rows > 0 && batch.id_stride < batch.rows))
        throw batchFailure(
            "at most " + std::to_string(m_numericalsMax) + " numerical features",
            std::to_string(batch.numericals) + " numerical features, " + std::to_string(batch.rows) + " rows");
    std::unique_ptr<Taps> taps;
    if (outputs) {
        taps = std::make_unique<Taps>(m_device, *outputs);
        if (!m_tapVectors.data()) {
            const std::int64_t square = (m_shape.tables + 1) * (m_shape.tables + 1);
            m_tapVectors = m_device.buffer<float>(kTapRows * m_shape.vectorsWidth, "taking memory for intermediates");
            m_tapTop = m_device.buffer<float>(kTapRows * m_shape.topInputs, "taking memory for intermediates");
            m_tapOther = m_device.buffer<float>(kTapRows * std::max({m_shape.widest, m_shape.topInputs, square}),
                                                "taking memory for intermediates");
        }
    }
    try {
        std::size_t next = 0;
        for (std::int64_t first = 0; first < batch.rows;) {
            throwIfStopped(control);
            Slot& slot = m_slots[next];
            next = (next + 1) % kSlots;
            finish(slot);
            std::int64_t rows = std::min(batch.rows - first, taps ? kTapRows : m_shape.chunkRows);
            std::int64_t incomplete = 0;
            for (std::int64_t t = 0; t < m_shape.tables; ++t) incomplete += !m_tables.complete(t);
            if (incomplete > 0) rows = std::min(rows, m_shape.stagedRows / incomplete);
            const std::int64_t padded = bucketOf(rows, m_shape.chunkRows);
            stage(slot, batch, first, rows, padded, control);
            if (taps) taps->begin(first, rows, slot.stream.get());
            slot.target = logits + first;
            slot.rows = rows;
            start(slot, padded, taps.get());
            first += rows;
        }
        for (std::size_t k = 0; k < kSlots; ++k) finish(m_slots[(next + k) % kSlots]);
    } catch (...) {
        abandon();
        throw;
    }
    if (outputs && outputs->top_activations) {
        float* last = outputs->top_activations[m_network->top().size()];
        if (last) std::copy_n(logits, batch.rows, last);
    }
}

// Numericals and ids of the chunk into the slot's pinned memory, and the rows the device does not have.
void Model::stage(Slot& slot, const dlrm_batch& batch, std::int64_t first, std::int64_t rows, std::int64_t padded,
                  const dlrm_control* control) {
    const std::int64_t width = m_shape.numericals;
    auto* numericals = reinterpret_cast<float*>(slot.input.data());
    auto* ids = reinterpret_cast<std::int32_t*>(numericals + padded * width);
    const auto stageOne = [&](std::int64_t piece) {
        if (piece < m_shape.tables) {
            if (!m_tables.complete(m_order[static_cast<std::size_t>(piece)])) return;
            std::int32_t* out = ids + piece * padded;
            std::memcpy(out, batch.ids + m_order[static_cast<std::size_t>(piece)] * batch.id_stride + first,
                        static_cast<std::size_t>(rows) * 4);
            std::fill(out + rows, out + padded, -1);
            return;
        }
        const float* from = batch.numerical + first * batch.numericals;
        if (batch.numericals == width) {
            std::memcpy(numericals, from, static_cast<std::size_t>(rows * width) * 4);
        } else {
            const std::int64_t copied = std::min(batch.numericals, width);
            for (std::int64_t r = 0; r < rows; ++r) {
                std::copy_n(from + r * batch.numericals, copied, numericals + r * width);
                std::fill(numericals + r * width + copied, numericals + (r + 1) * width, 0.0f);
            }
        }
        std::fill(numericals + rows * width, numericals + padded * width, 0.0f);
    };
    stageMissing(slot, batch, first, rows, padded, control);
    if (rows * (width + m_shape.tables) * 4 >= kSharedCopyBytes) {
        m_workers.run(m_shape.tables + 1, stageOne);
    } else {
        for (std::int64_t piece = 0; piece <= m_shape.tables; ++piece) stageOne(piece);
    }
}

// Ids of tables that are not wholly resident. A table that becomes complete meanwhile is staged twice, with the same
// rows.
void Model::stageMissing(Slot& slot, const dlrm_batch& batch, std::int64_t first, std::int64_t rows,
                         std::int64_t padded, const dlrm_control* control) {
    auto* ids =
        reinterpret_cast<std::int32_t*>(reinterpret_cast<float*>(slot.input.data()) + padded * m_shape.numericals);
    m_missing.clear();
    for (std::int64_t k = 0; k < m_shape.tables; ++k) {
        const std::int64_t table = m_order[static_cast<std::size_t>(k)];
        if (m_tables.complete(table)) continue;
        const Resident resident = m_tables.resident(table);
        const std::int32_t* from = batch.ids + table * batch.id_stride + first;
        std::int32_t* out = ids + k * padded;
        for (std::int64_t r = 0; r < rows; ++r) {
            if (resident.contains(from[r])) {
                out[r] = from[r];
                continue;
            }
            m_missing.emplace_back(table, from[r]);
            out[r] = -static_cast<std::int32_t>(m_missing.size());
        }
        std::fill(out + rows, out + padded, -1);
    }
    const auto count = static_cast<std::int64_t>(m_missing.size());
    for (std::int64_t group = 0; group < count; group += kMissingPerGroup) {
        throwIfStopped(control);
        const std::int64_t end = std::min(count, group + kMissingPerGroup);
        m_workers.run((end - group + kMissingPerPiece - 1) / kMissingPerPiece, [&](std::int64_t piece) {
            const std::int64_t begin = group + piece * kMissingPerPiece;
            for (std::int64_t k = begin; k < std::min(end, begin + kMissingPerPiece); ++k) {
                const auto [table, row] = m_missing[static_cast<std::size_t>(k)];
                m_tables.rowAsUsed(table, row, slot.stagedHost.data() + k * m_shape.maxDim);
            }
        });
    }
    if (count > 0)
        CUDA_TRY(
            m_device.calls(),
            copyAsync(slot.staged.data(), slot.stagedHost.data(), static_cast<std::size_t>(count * m_shape.maxDim) * 4,
                      cudaMemcpyHostToDevice, slot.stream.get()),
            "copying rows");
}

// A number of rows that comes for the second time is captured into a graph; from then on one call starts it.
void Model::start(Slot& slot, std::int64_t padded, Taps* taps) {
    const Calls& calls = m_device.calls();
    const cudaStream_t stream = slot.stream.get();
    products(padded);
    const auto known = slot.graphs.find(padded);
    if (taps || known == slot.graphs.end()) {
        enqueue(slot, padded, taps);
        if (!taps) slot.graphs.emplace(padded, GraphExec());
    } else {
        if (!known->second) {
            cudaGraph_t captured = nullptr;
            CUDA_TRY(calls, beginCapture(stream, cudaStreamCaptureModeThreadLocal), "capturing a graph");
            try {
                enqueue(slot, padded, nullptr);
            } catch (...) {
                calls.endCapture(stream, &captured);
                const Graph broken(calls, captured);
                calls.lastError();
                throw;
            }
            CUDA_TRY(calls, endCapture(stream, &captured), "capturing a graph");
            const Graph graph(calls, captured);
            cudaGraphExec_t exec = nullptr;
            CUDA_TRY(calls, graphInstantiate(&exec, captured, 0), "preparing a graph");
            known->second = GraphExec(calls, exec);
        }
        CUDA_TRY(calls, graphLaunch(known->second.get(), stream), "starting a graph");
    }
    CUDA_TRY(calls, eventRecord(slot.done.get(), stream), "predicting");
}

void Model::enqueue(Slot& slot, std::int64_t padded, Taps* taps) {
    const Calls& calls = m_device.calls();
    const Arithmetic a = m_device.arithmetic();
    const cudaStream_t stream = slot.stream.get();
    const NetworkProducts& p = products(padded);
    CUDA_TRY(calls,
             copyAsync(slot.inputDevice.data(), slot.input.data(),
                       static_cast<std::size_t>(padded * (m_shape.numericals + m_shape.tables)) * 4,
                       cudaMemcpyHostToDevice, stream),
             "copying inputs");
    prepareInput(calls, stream, a,
                 {reinterpret_cast<const float*>(slot.inputDevice.data()), m_shape.numericals, padded, slot.ping.data(),
                  m_shape.inputStride});
    const void* bottom = runLayers(slot, slot.ping.data(), m_network->bottom(), p.bottom,
                                   taps ? taps->wanted().bottom_activations : nullptr, taps);
    interact(slot, padded, bottom, m_network->bottom().back().outputStride, taps);
    if (m_shape.cross) runCross(slot, padded, p, taps);
    const void* topInput = m_shape.cross ? slot.crossed.data() : slot.topInput.data();
    if (taps)
        taps->activations(topInput, m_shape.topInputStride, m_shape.topInputs, taps->wanted().top_input,
                          m_topKernelRows, m_tapTop.data());
    const void* x =
        runLayers(slot, topInput, m_network->top(), p.top, taps ? taps->wanted().top_activations : nullptr, taps);
    lastLayer(calls, stream, a,
              {x, m_network->lastInputs(), m_network->lastInputs(), padded, m_network->lastKernel(),
               m_network->lastBias(), slot.logits.data()});
    CUDA_TRY(calls,
             copyAsync(slot.logitsHost.data(), slot.logits.data(), static_cast<std::size_t>(padded) * 4,
                       cudaMemcpyDeviceToHost, stream),
             "copying logits");
}

// Returns the last layer's output: x itself without layers, else ping or pong.
const void* Model::runLayers(Slot& slot, const void* x, const std::vector<Layer>& layers,
                             const std::vector<Product>& products, float* const* activations, Taps* taps) {
    for (std::size_t k = 0; k < layers.size(); ++k) {
        void* y = x == slot.ping.data() ? slot.pong.data() : slot.ping.data();
        products[k].run(slot.stream.get(), x, layers[k].kernel.data(), y, slot.workspace.data());
        if (taps)
            taps->activations(y, layers[k].outputStride, layers[k].outputs, taps->activation(activations, k),
                              layers[k].outputs, m_tapOther.data());
        x = y;
    }
    return x;
}

void Model::interact(Slot& slot, std::int64_t rows, const void* bottom, std::int64_t bottomStride, Taps* taps) {
    const Calls& calls = m_device.calls();
    const Arithmetic a = m_device.arithmetic();
    const cudaStream_t stream = slot.stream.get();
    const auto* ids = reinterpret_cast<const std::int32_t*>(slot.inputDevice.data() + rows * m_shape.numericals * 4);
    const Lookup lookup{m_tables.deviceTables(),
                        ids,
                        rows,
                        slot.staged.data(),
                        m_shape.maxDim,
                        static_cast<std::int32_t>(m_shape.tables)};
    const auto dim = static_cast<std::int32_t>(m_shape.dim), vectors = static_cast<std::int32_t>(m_shape.tables + 1);
    const bool wantVectors = taps && (taps->wanted().vectors || (taps->wanted().interaction && !m_shape.cross));
    if (m_interaction.warps > 0) {
        InteractionParams p{};
        p.lookup = lookup;
        p.bottom = bottom;
        p.bottomStride = bottomStride;
        p.out = slot.topInput.data();
        p.vectors = wantVectors ? m_tapVectors.data() : nullptr;
        p.rows = rows;
        p.dotsFirst = m_shape.dotsFirst;
        gatherInteract(calls, stream, a, m_interaction, p);
    } else {
        concat(calls, stream, a, {lookup, bottom, bottomStride, dim, slot.vectors.data(), m_shape.vectorsStride, rows});
        if (!m_shape.cross)
            dots(calls, stream, a,
                 {slot.vectors.data(), m_shape.vectorsStride, slot.topInput.data(), m_shape.topInputStride, rows,
                  vectors, dim, m_shape.dotsFirst});
        if (wantVectors)
            widen(
                calls, stream, a,
                {slot.vectors.data(), m_shape.vectorsStride, m_shape.vectorsWidth, taps->rows(), m_tapVectors.data()});
    }
    if (!taps) return;
    if (taps->wanted().vectors)
        taps->floats(m_tapVectors.data(), m_shape.vectorsWidth, taps->wanted().vectors, m_shape.vectorsWidth);
    if (!taps->wanted().interaction || m_shape.cross) return;
    widen(calls, stream, a,
          {slot.topInput.data(), m_shape.topInputStride, m_shape.topInputs, taps->rows(), m_tapTop.data()});
    interactionMatrix(calls, stream,
                      {m_tapVectors.data(), m_tapTop.data(), m_shape.topInputs, taps->rows(), vectors, dim,
                       m_shape.dotsFirst ? 0 : dim, m_tapOther.data()});
    const std::int64_t square = static_cast<std::int64_t>(vectors) * vectors;
    taps->floats(m_tapOther.data(), square, taps->wanted().interaction, square);
}

// x' = x0 * (x U V + b) + x; x0 in `vectors`, x in `crossed`, the product in `topInput`.
void Model::runCross(Slot& slot, std::int64_t rows, const NetworkProducts& p, Taps* taps) {
    const Calls& calls = m_device.calls();
    const cudaStream_t stream = slot.stream.get();
    const std::int64_t count = rows * m_shape.vectorsStride;
    CUDA_TRY(calls,
             copyAsync(slot.crossed.data(), slot.vectors.data(),
                       static_cast<std::size_t>(count * activationBytes(m_device.arithmetic())),
                       cudaMemcpyDeviceToDevice, stream),
             "crossing");
    std::size_t nextU = 0;
    for (std::size_t k = 0; k < m_network->cross().size(); ++k) {
        const CrossLayer& layer = m_network->cross()[k];
        const void* inner = slot.crossed.data();
        if (layer.projection > 0) {
            p.crossU[nextU++].run(stream, inner, layer.u.data(), slot.projected.data(), slot.workspace.data());
            inner = slot.projected.data();
        }
        p.crossV[k].run(stream, inner, layer.v.data(), slot.topInput.data(), slot.workspace.data());
        cross(calls, stream, m_device.arithmetic(),
              {slot.vectors.data(), slot.topInput.data(), slot.crossed.data(), count});
        if (taps)
            taps->activations(slot.crossed.data(), m_shape.vectorsStride, m_shape.vectorsWidth,
                              taps->activation(taps->wanted().cross_activations, k), m_shape.vectorsWidth,
                              m_tapOther.data());
    }
}

void Model::finish(Slot& slot) {
    if (!slot.target) return;
    CUDA_TRY(m_device.calls(), eventSynchronize(slot.done.get()), "predicting");
    std::memcpy(slot.target, slot.logitsHost.data(), static_cast<std::size_t>(slot.rows) * 4);
    slot.target = nullptr;
}

// After a failure: nothing may be under way when its buffers are used again.
void Model::abandon() noexcept {
    for (Slot& slot : m_slots) {
        if (slot.stream) m_device.calls().streamSynchronize(slot.stream.get());
        slot.target = nullptr;
    }
}

const NetworkProducts& Model::products(std::int64_t rows) {
    std::unique_ptr<NetworkProducts>& p = m_products[rows];
    if (!p) p = std::make_unique<NetworkProducts>(m_device, m_handle.get(), *m_network, m_shape, rows);
    return *p;
}

}  // namespace dlrm::cuda
