// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/cpu_model.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "core/compute/cpu/dense.h"
#include "core/compute/cpu/gather.h"
#include "core/compute/cpu/interaction.h"

namespace dlrm::cpu {
namespace {

// Rows per chunk: activations of two layers of 1,024 stay in a level-2 cache of 2 MiB; a multiple of the dense kernel's rows in registers.
constexpr std::int64_t kChunkRows = 240;
// Batches up to this many rows are computed by the calling thread: waking another one takes longer.
constexpr std::int64_t kInlineRows = 8;
constexpr std::int64_t kPrefetchRows = 2;

// Where a chunk's intermediates go; rows are rows of the whole call.
struct Sink {
    const Wanted* wanted = nullptr;
    Intermediates* out = nullptr;
    bool vectors() const { return out && wanted->vectors; }
    bool interaction() const { return out && wanted->interaction; }
    bool activations() const { return out && wanted->activations; }
};

class CpuModel final : public DeviceModel {
public:
    CpuModel(ModelWeights weights, int threads, Precision precision) : m_spec(*weights.spec), m_tables(weights.tables), m_precision(precision), m_arena(threads) {
        const WeightStorage storage = precision == Precision::Bf16 ? WeightStorage::Bfloat16 : WeightStorage::Float32;
        const auto pack = [&](const DenseWeights& w, std::int64_t structuralInputs, bool relu) { return packDense(w, structuralInputs, relu, storage); };
        for (std::size_t i = 0; i < weights.bottom.size(); ++i)
            m_bottom.push_back(pack(weights.bottom[i], weights.bottom[i].inputs, m_spec.bottomMlp[i].relu));
        for (std::size_t i = 0; i < weights.top.size(); ++i)
            m_top.push_back(pack(weights.top[i], i == 0 ? m_spec.interactionWidth() : weights.top[i].inputs, m_spec.topMlp[i].relu));
        m_inputStride = roundUp(m_bottom.front().inputs, kPanelWidth);
        m_topInputStride = roundUp(m_top.front().inputs, kPanelWidth);
        for (const std::vector<DenseLayer>* mlp : {&m_bottom, &m_top})
            for (const DenseLayer& layer : *mlp) {
                m_activationStride = std::max(m_activationStride, layer.paddedOutputs);
                m_widestInput = std::max(m_widestInput, layer.inputs);
            }
        m_scratch.resize(static_cast<std::size_t>(m_arena.max_concurrency()));
    }

    Result<void> forward(const BatchView& batch, std::span<float> logits, const Wanted& wanted, Intermediates* intermediates,
                         std::stop_token stop) override {
        if (Result<void> fits = checkBatch(batch, logits.size()); !fits) return fits;
        try {
            const Sink sink{&wanted, intermediates};
            reserve(sink, batch.rows);
            return compute(batch, logits.data(), sink, stop);
        } catch (const std::bad_alloc&) {
            return fail(Error("E-CPU-004", "Not enough memory for the prediction's intermediate values.").withRemedy("Predict fewer rows at once, or close other programs."));
        }
    }

    std::int64_t preferredBatch() const override { return kChunkRows * 8 * m_arena.max_concurrency(); }

private:
    // A thread's buffers. Rows are kChunkRows at most.
    struct Scratch {
        Gather gather;
        AlignedArray<float> input, topInput, even, odd;
        AlignedArray<std::int32_t> nonZero;
        std::vector<const float*> vectors;
        std::int64_t rows = 0;
    };

    Result<void> checkBatch(const BatchView& batch, std::size_t logits) const {
        const auto tables = static_cast<std::int64_t>(m_spec.tables.size());
        if (batch.tables == tables && batch.numericals >= 0 && batch.numericals <= m_bottom.front().inputs &&
            static_cast<std::int64_t>(logits) == batch.rows && static_cast<std::int64_t>(batch.numerical.size()) >= batch.rows * batch.numericals &&
            (batch.rows == 0 || static_cast<std::int64_t>(batch.ids.size()) >= (tables - 1) * batch.idStride + batch.rows))
            return {};
        return fail(Error("E-CPU-003", "The rows do not have the shape this model takes.")
                        .butExpected(fmt::format("{} tables and at most {} numerical features", tables, m_bottom.front().inputs))
                        .butFound(fmt::format("{} tables, {} numerical features, {} rows for {} logits", batch.tables, batch.numericals, batch.rows, logits))
                        .withRemedy("Use a dataset whose features match the model."));
    }

    void reserve(const Sink& sink, std::int64_t rows) const {
        if (!sink.out) return;
        const auto size = [&](std::int64_t perRow) { return static_cast<std::size_t>(rows * perRow); };
        Intermediates& out = *sink.out;
        out.vectors.resize(sink.vectors() ? size(m_spec.vectors() * m_spec.embeddingDim) : 0);
        out.interaction.resize(sink.interaction() ? size(m_spec.vectors() * m_spec.vectors()) : 0);
        out.topInput.resize(sink.activations() ? size(m_top.front().inputs) : 0);
        const auto resizeLayers = [&](std::vector<std::vector<float>>& activations, const std::vector<DenseLayer>& mlp) {
            activations.resize(sink.activations() ? mlp.size() : 0);
            for (std::size_t i = 0; i < activations.size(); ++i) activations[i].resize(size(mlp[i].outputs));
        };
        resizeLayers(out.bottomActivations, m_bottom);
        resizeLayers(out.topActivations, m_top);
    }

    Result<void> compute(const BatchView& batch, float* logits, const Sink& sink, const std::stop_token& stop) {
        if (stop.stop_requested()) return cancelled();
        const int threads = m_arena.max_concurrency();
        if (batch.rows <= kInlineRows || threads == 1) {
            for (std::int64_t first = 0; first < batch.rows; first += kChunkRows) {
                if (stop.stop_requested()) return cancelled();
                computeChunk(batch, first, std::min(kChunkRows, batch.rows - first), logits, sink, scratch(0));
            }
            return {};
        }
        // Small batches are cut so that every thread gets a part.
        const std::int64_t rowsPerChunk = std::clamp(roundUp((batch.rows + threads - 1) / threads, 6), std::int64_t{6}, kChunkRows);
        const std::int64_t chunks = (batch.rows + rowsPerChunk - 1) / rowsPerChunk;
        std::atomic<bool> stopped = false;
        m_arena.execute([&] {
            tbb::parallel_for(
                tbb::blocked_range<std::int64_t>(0, chunks, 1),
                [&](const tbb::blocked_range<std::int64_t>& range) {
                    for (std::int64_t c = range.begin(); c != range.end(); ++c) {
                        if (stopped || stop.stop_requested()) {
                            stopped = true;
                            return;
                        }
                        const std::int64_t first = c * rowsPerChunk;
                        computeChunk(batch, first, std::min(rowsPerChunk, batch.rows - first), logits, sink,
                                     scratch(tbb::this_task_arena::current_thread_index()));
                    }
                },
                tbb::simple_partitioner());
        });
        if (stopped) return cancelled();
        return {};
    }

    Scratch& scratch(int thread) {
        std::unique_ptr<Scratch>& s = m_scratch[static_cast<std::size_t>(thread)];
        if (!s)
            s = std::make_unique<Scratch>(Scratch{Gather(m_tables, m_spec.interactionTableOrder, m_spec.embeddingDim),
                                                  AlignedArray<float>(kChunkRows * m_inputStride), AlignedArray<float>(kChunkRows * m_topInputStride),
                                                  AlignedArray<float>(kChunkRows * m_activationStride), AlignedArray<float>(kChunkRows * m_activationStride),
                                                  AlignedArray<std::int32_t>(m_widestInput + kListPadding),
                                                  std::vector<const float*>(static_cast<std::size_t>(m_spec.vectors()))});
        return *s;
    }

    // All layers of an MLP; returns where the last one's output stands, in rows of m_activationStride. The input may be overwritten.
    const float* computeMlp(const std::vector<DenseLayer>& mlp, float* input, std::int64_t inputStride, std::int64_t rows, Scratch& s,
                            std::vector<std::vector<float>>* activations, std::int64_t first) const {
        float* x = input;
        std::int64_t stride = inputStride;
        for (std::size_t i = 0; i < mlp.size(); ++i) {
            const DenseLayer& layer = mlp[i];
            if (m_precision == Precision::Bf16)
                for (std::int64_t r = 0; r < rows; ++r) roundToBfloat16(x + r * stride, layer.inputs);
            float* y = x == s.even.data() ? s.odd.data() : s.even.data();
            denseForward(layer, x, stride, rows, y, m_activationStride, s.nonZero.data());
            if (activations) copyRows(y, m_activationStride, rows, layer.outputs, (*activations)[i].data() + first * layer.outputs);
            x = y;
            stride = m_activationStride;
        }
        return x;
    }

    static void copyRows(const float* from, std::int64_t stride, std::int64_t rows, std::int64_t width, float* to) {
        for (std::int64_t r = 0; r < rows; ++r) std::memcpy(to + r * width, from + r * stride, static_cast<std::size_t>(width) * sizeof(float));
    }

    // Rows [first, first + rows) of the batch.
    void computeChunk(const BatchView& batch, std::int64_t first, std::int64_t rows, float* logits, const Sink& sink, Scratch& s) const {
        for (std::int64_t r = 0; r < rows; ++r) {
            float* row = s.input.data() + r * m_inputStride;
            std::memcpy(row, batch.numerical.data() + (first + r) * batch.numericals, static_cast<std::size_t>(batch.numericals) * sizeof(float));
            std::fill(row + batch.numericals, row + m_bottom.front().inputs, 0.0f);
        }
        for (std::int64_t r = 0; r < std::min(rows, kPrefetchRows); ++r) s.gather.prefetch(batch, first + r);
        const float* bottom = computeMlp(m_bottom, s.input.data(), m_inputStride, rows, s, sink.activations() ? &sink.out->bottomActivations : nullptr, first);
        const bool bottomFirst = m_spec.interactionOrder == InteractionOrder::CustomCuda;
        const std::int64_t dim = m_spec.embeddingDim;
        for (std::int64_t r = 0; r < rows; ++r) {
            s.gather.prefetch(batch, first + r + kPrefetchRows);
            s.gather.lookUp(batch, first + r, s.vectors);
            s.vectors[0] = bottom + r * m_activationStride;
            float* row = s.topInput.data() + r * m_topInputStride;
            dotInteraction(s.vectors, dim, bottomFirst ? row + dim : row);
            std::memcpy(bottomFirst ? row : row + m_spec.pairs(), s.vectors[0], static_cast<std::size_t>(dim) * sizeof(float));
            std::fill(row + m_spec.interactionWidth(), row + m_top.front().inputs, 0.0f);
            if (sink.vectors() || sink.interaction()) keepInteraction(s.vectors, bottomFirst ? row + dim : row, first + r, sink);
        }
        if (sink.activations())
            copyRows(s.topInput.data(), m_topInputStride, rows, m_top.front().inputs, sink.out->topInput.data() + first * m_top.front().inputs);
        const float* top = computeMlp(m_top, s.topInput.data(), m_topInputStride, rows, s, sink.activations() ? &sink.out->topActivations : nullptr, first);
        for (std::int64_t r = 0; r < rows; ++r) logits[first + r] = top[r * m_activationStride];
    }

    void keepInteraction(std::span<const float* const> vectors, const float* dots, std::int64_t row, const Sink& sink) const {
        const auto count = static_cast<std::int64_t>(vectors.size());
        const std::int64_t dim = m_spec.embeddingDim;
        if (sink.vectors())
            for (std::int64_t v = 0; v < count; ++v)
                std::memcpy(sink.out->vectors.data() + (row * count + v) * dim, vectors[static_cast<std::size_t>(v)], static_cast<std::size_t>(dim) * sizeof(float));
        if (!sink.interaction()) return;
        float* matrix = sink.out->interaction.data() + row * count * count;
        for (std::int64_t i = 0; i < count; ++i) {
            const float* vector = vectors[static_cast<std::size_t>(i)];
            matrix[i * count + i] = dotProduct(vector, vector, dim);
            for (std::int64_t j = 0; j < i; ++j) matrix[i * count + j] = matrix[j * count + i] = dots[i * (i - 1) / 2 + j];
        }
    }

    const ModelSpec& m_spec;
    std::span<const TableView> m_tables;
    Precision m_precision;
    tbb::task_arena m_arena;
    std::vector<DenseLayer> m_bottom, m_top;
    std::int64_t m_inputStride = 0, m_topInputStride = 0, m_activationStride = 0, m_widestInput = 0;
    std::vector<std::unique_ptr<Scratch>> m_scratch;  // per thread of the arena, made on first use
};

Failure misfit(std::string what) {
    return fail(Error("E-CPU-002", "The model's weights do not fit together: " + std::move(what) + ".")
                    .withRemedy("Check that all files of the checkpoint belong to the same model."));
}

Result<void> checkMlp(std::string_view mlp, const std::vector<LayerSpec>& spec, const std::vector<DenseWeights>& weights) {
    if (spec.empty() || spec.size() != weights.size())
        return misfit(fmt::format("{} has {} layers and weights for {}", mlp, spec.size(), weights.size()));
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const DenseWeights& w = weights[i];
        if (w.inputs != spec[i].inputs || w.outputs != spec[i].outputs || w.inputs < 1 || w.outputs < 1 ||
            static_cast<std::int64_t>(w.bias.size()) != w.outputs ||
            static_cast<std::int64_t>(w.kernel.size()) / w.outputs != w.inputs || static_cast<std::int64_t>(w.kernel.size()) % w.outputs != 0)
            return misfit(fmt::format("layer {} of {} should be {} × {} and has {} × {}", i, mlp, spec[i].inputs, spec[i].outputs, w.inputs, w.outputs));
        if (i > 0 && w.inputs != weights[i - 1].outputs)
            return misfit(fmt::format("layer {} of {} takes {} inputs and the one before gives {}", i, mlp, w.inputs, weights[i - 1].outputs));
    }
    return {};
}

Result<void> checkWeights(const ModelWeights& weights) {
    if (!weights.spec) return misfit("there is no spec");
    const ModelSpec& spec = *weights.spec;
    if (Result<void> r = checkMlp("bottom_mlp", spec.bottomMlp, weights.bottom); !r) return r;
    if (Result<void> r = checkMlp("top_mlp", spec.topMlp, weights.top); !r) return r;
    if (spec.tables.empty() || weights.tables.size() != spec.tables.size())
        return misfit(fmt::format("{} tables are described and {} are there", spec.tables.size(), weights.tables.size()));
    for (std::size_t t = 0; t < weights.tables.size(); ++t)
        if (weights.tables[t].dim() != spec.embeddingDim)
            return misfit(fmt::format("table {} has {} columns, not {}", t, weights.tables[t].dim(), spec.embeddingDim));
    std::vector<int> order = spec.interactionTableOrder;
    std::sort(order.begin(), order.end());
    bool permutation = order.size() == spec.tables.size();
    for (std::size_t t = 0; permutation && t < order.size(); ++t) permutation = order[t] == static_cast<int>(t);
    if (!permutation) return misfit("the interaction's table order is not a permutation of the tables");
    if (weights.bottom.back().outputs != spec.embeddingDim)
        return misfit(fmt::format("bottom_mlp gives {} values and the tables have {} columns", weights.bottom.back().outputs, spec.embeddingDim));
    if (weights.top.front().inputs < spec.interactionWidth())
        return misfit(fmt::format("top_mlp takes {} inputs and the interaction gives {}", weights.top.front().inputs, spec.interactionWidth()));
    if (weights.top.back().outputs != 1) return misfit(fmt::format("top_mlp gives {} values, not 1", weights.top.back().outputs));
    return {};
}

}  // namespace

Result<std::unique_ptr<DeviceModel>> loadModel(ModelWeights weights, int threads, Precision precision, const ProgressFn&, std::stop_token stop) {
    if (Result<void> fits = checkWeights(weights); !fits) return fail(std::move(fits.error()));
    if (stop.stop_requested()) return cancelled();
    try {
        return std::make_unique<CpuModel>(std::move(weights), threads, precision);
    } catch (const std::bad_alloc&) {
        return fail(Error("E-CPU-004", "Not enough memory to load the model's weights.").withRemedy("Close other programs and try again."));
    }
}

}  // namespace dlrm::cpu
