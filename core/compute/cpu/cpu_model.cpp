// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/cpu_model.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "core/compute/cpu/check_weights.h"
#include "core/compute/cpu/cross.h"
#include "core/compute/cpu/gather.h"
#include "core/linear/dot.h"

namespace dlrm::cpu {
namespace {

// Rows per chunk: activations of two layers of 1,024 stay in a level-2 cache of 2 MiB. A multiple of both kinds of
// kernelRows().
constexpr std::int64_t kChunkRows = 144;
constexpr std::int64_t kDenseRows = 6;  // that the dense kernel has in registers
static_assert(kChunkRows % kDenseRows == 0 && kChunkRows % kBlockRows == 0);
// Batches up to this many rows are computed by the calling thread, beside whatever the pool computes: waking another
// one takes longer.
constexpr std::int64_t kInlineRows = 8;
constexpr std::int64_t kPrefetchRows = 2;
constexpr std::int64_t kRowsPerStopCheck = 8;

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
    CpuModel(const ModelWeights& weights, int threads, Arithmetic arithmetic)
        : m_spec(*weights.spec),
          m_tables(weights.tables),
          m_arithmetic(arithmetic),
          m_arena(threads),
          m_bottom(weights.bottom, m_spec.bottomMlp, weights.bottom.front().inputs, arithmetic),
          m_cross(weights.cross, arithmetic),
          m_top(weights.top, m_spec.topMlp, m_spec.interactionWidth(), arithmetic),
          m_scratch(static_cast<std::size_t>(m_arena.max_concurrency())) {}

    Result<void> forward(const BatchView& batch, std::span<float> logits, const Wanted& wanted,
                         Intermediates* intermediates, std::stop_token stop) override {
        DLRM_TRY(checkBatch(batch, logits.size()));
        try {
            const Sink sink{&wanted, intermediates};
            if (intermediates) intermediates->resize(m_spec, wanted, batch.rows);
            return compute(batch, logits.data(), sink, stop);
        } catch (const std::exception& e) {
            return fail(Error("E-CPU-004", "The prediction did not get the memory it needs.")
                            .butFound(e.what())
                            .withRemedy("Predict fewer rows at once, or close other programs."));
        }
    }

    // More threads than the processor has take no more rows: they are never all at work.
    std::int64_t preferredBatch() const override {
        return kChunkRows * 8 * std::min(m_arena.max_concurrency(), tbb::info::default_concurrency());
    }
    std::int64_t rowsBeside() const override { return kInlineRows; }

private:
    // A thread's buffers, for chunks of up to `rows` rows.
    struct Scratch {
        Scratch(const CpuModel& m, std::int64_t rows)
            : gather(m.m_tables, m.m_spec.interactionTableOrder, m.m_spec.combiner),
              input(rows * m.m_inputStride),
              topInput(rows * m.m_topInputStride),
              mlp(rows, std::max({m.m_bottom.width(), m.m_cross.width(), m.m_top.width()}), m.m_arithmetic),
              vectors(static_cast<std::size_t>(m.m_spec.vectors())) {
            if (m.m_spec.interaction != InteractionKind::Cross) return;
            crossInput = AlignedArray<float>(rows * m.m_topInputStride);
            if (m.m_arithmetic != Arithmetic::Float32) rounded = AlignedArray<float>(rows * m.m_topInputStride);
        }
        Gather gather;
        AlignedArray<float> input, topInput;
        AlignedArray<float> crossInput, rounded;  // InteractionKind::Cross: x0, and scratch of the bfloat16 arithmetics
        MlpBuffers mlp;
        std::vector<const float*> vectors;
    };

    Result<void> checkBatch(const BatchView& batch, std::size_t logits) const {
        const auto tables = static_cast<std::int64_t>(m_spec.tables.size());
        if (batch.tables == tables && batch.numericals >= 0 && batch.numericals <= m_bottom.inputs() &&
            static_cast<std::int64_t>(logits) == batch.rows &&
            static_cast<std::int64_t>(batch.numerical.size()) >= batch.rows * batch.numericals &&
            (batch.rows == 0 || hasIds(batch, tables)))
            return {};
        return fail(
            Error("E-CPU-003", "The rows do not have the shape this model takes.")
                .butExpected(fmt::format("{} tables and at most {} numerical features", tables, m_bottom.inputs()))
                .butFound(fmt::format("{} tables, {} numerical features, {} rows for {} logits", batch.tables,
                                      batch.numericals, batch.rows, logits))
                .withRemedy("Use a dataset whose features match the model."));
    }

    bool hasIds(const BatchView& batch, std::int64_t tables) const {
        if (!batch.multiHot())
            return static_cast<std::int64_t>(batch.ids.size()) >= (tables - 1) * batch.idStride + batch.rows;
        return m_spec.combiner && static_cast<std::int64_t>(batch.bags.size()) == tables &&
               std::all_of(batch.bags.begin(), batch.bags.end(), [&](const Bags& b) {
                   return static_cast<std::int64_t>(b.starts.size()) > batch.firstBag + batch.rows;
               });
    }

    Result<void> compute(const BatchView& batch, float* logits, const Sink& sink, const std::stop_token& stop) {
        if (stop.stop_requested()) return cancelled();
        if (batch.rows == 0) return {};
        const int threads = m_arena.max_concurrency();
        if (batch.rows <= kInlineRows) {
            if (!m_inlineScratch) m_inlineScratch = std::make_unique<Scratch>(*this, roundUp(kInlineRows, kBlockRows));
            if (!computeChunk(batch, 0, batch.rows, logits, sink, *m_inlineScratch, stop)) return cancelled();
            return {};
        }
        if (threads == 1) {
            for (std::int64_t first = 0; first < batch.rows; first += kChunkRows) {
                if (stop.stop_requested()) return cancelled();
                if (!computeChunk(batch, first, std::min(kChunkRows, batch.rows - first), logits, sink, scratch(0),
                                  stop))
                    return cancelled();
            }
            return {};
        }
        // Small batches are cut so that every thread gets a part.
        const std::int64_t rowsPerChunk =
            std::min(roundUp((batch.rows + threads - 1) / threads, kernelRows()), kChunkRows);
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
                        if (!computeChunk(batch, first, std::min(rowsPerChunk, batch.rows - first), logits, sink,
                                          scratch(tbb::this_task_arena::current_thread_index()), stop))
                            stopped = true;
                    }
                },
                tbb::simple_partitioner());
        });
        if (stopped) return cancelled();
        return {};
    }

    Scratch& scratch(int thread) {
        std::unique_ptr<Scratch>& s = m_scratch[static_cast<std::size_t>(thread)];
        if (!s) s = std::make_unique<Scratch>(*this, kChunkRows);
        return *s;
    }

    // Rows that a kernel computes in no more time than one.
    std::int64_t kernelRows() const { return m_arithmetic == Arithmetic::OneDnnBfloat16 ? kBlockRows : kDenseRows; }

    // Rows [first, first + rows) of the batch. False when stopped: the row loop looks every few rows, because rows of a
    // table that is not in the page cache come at the disk's speed.
    bool computeChunk(const BatchView& batch, std::int64_t first, std::int64_t rows, float* logits, const Sink& sink,
                      Scratch& s, const std::stop_token& stop) const {
        for (std::int64_t r = 0; r < rows; ++r) {
            float* row = s.input.data() + r * m_inputStride;
            std::memcpy(row, batch.numerical.data() + (first + r) * batch.numericals,
                        static_cast<std::size_t>(batch.numericals) * sizeof(float));
            std::fill(row + batch.numericals, row + m_bottom.inputs(), 0.0f);
        }
        for (std::int64_t r = 0; r < std::min(rows, kPrefetchRows); ++r) s.gather.prefetch(batch, first + r);
        const float* bottom = m_bottom.forward(s.input.data(), m_inputStride, rows, s.mlp,
                                               {sink.activations() ? &sink.out->bottomActivations : nullptr, first});
        const bool cross = m_spec.interaction == InteractionKind::Cross;
        for (std::int64_t r = 0; r < rows; ++r) {
            if (r % kRowsPerStopCheck == 0 && stop.stop_requested()) return false;
            s.gather.prefetch(batch, first + r + kPrefetchRows);
            s.gather.lookUp(batch, first + r, s.vectors);
            s.vectors[0] = bottom + r * s.mlp.stride;
            float* row = s.topInput.data() + r * m_topInputStride;
            if (cross) joinVectors(s.vectors, s.crossInput.data() + r * m_topInputStride, row, first + r, sink);
            else interact(s.vectors, row, first + r, sink);
            std::fill(row + m_spec.interactionWidth(), row + m_top.inputs(), 0.0f);
        }
        if (cross)
            m_cross.forward(s.crossInput.data(), s.topInput.data(), m_topInputStride, m_spec.interactionWidth(), rows,
                            s.rounded.data(), s.mlp,
                            {sink.activations() ? &sink.out->crossActivations : nullptr, first});
        if (sink.activations())
            for (std::int64_t r = 0; r < rows; ++r)
                std::copy_n(s.topInput.data() + r * m_topInputStride, m_top.inputs(),
                            sink.out->topInput.data() + (first + r) * m_top.inputs());
        const float* top = m_top.forward(s.topInput.data(), m_topInputStride, rows, s.mlp,
                                         {sink.activations() ? &sink.out->topActivations : nullptr, first});
        for (std::int64_t r = 0; r < rows; ++r) logits[first + r] = top[r * s.mlp.stride];
        return true;
    }

    // One row of the top MLP's input from the vectors' dot products, without padding.
    void interact(std::span<const float* const> vectors, float* to, std::int64_t row, const Sink& sink) const {
        const bool bottomFirst = m_spec.interactionOrder == InteractionOrder::CustomCuda;
        const std::int64_t dim = m_spec.embeddingDim;
        float* dots = bottomFirst ? to + dim : to;
        dotInteraction(vectors, dim, dots);
        std::memcpy(bottomFirst ? to : to + m_spec.pairs(), vectors[0], static_cast<std::size_t>(dim) * sizeof(float));
        if (sink.vectors() || sink.interaction()) keepInteraction(vectors, dots, row, sink);
    }

    // x0 of one row, twice: [bottom | table | table …].
    void joinVectors(std::span<const float* const> vectors, float* x0, float* x, std::int64_t row,
                     const Sink& sink) const {
        std::int64_t at = 0;
        for (std::size_t v = 0; v < vectors.size(); ++v) {
            const std::int64_t dim =
                v == 0 ? m_spec.embeddingDim
                       : m_tables[static_cast<std::size_t>(m_spec.interactionTableOrder[v - 1])].dim();
            std::memcpy(x0 + at, vectors[v], static_cast<std::size_t>(dim) * sizeof(float));
            at += dim;
        }
        const std::size_t bytes = static_cast<std::size_t>(at) * sizeof(float);
        std::memcpy(x, x0, bytes);
        if (sink.vectors()) std::memcpy(sink.out->vectors.data() + row * at, x0, bytes);
    }

    void keepInteraction(std::span<const float* const> vectors, const float* dots, std::int64_t row,
                         const Sink& sink) const {
        const auto count = static_cast<std::int64_t>(vectors.size());
        const std::int64_t dim = m_spec.embeddingDim;
        if (sink.vectors())
            for (std::int64_t v = 0; v < count; ++v)
                std::memcpy(sink.out->vectors.data() + (row * count + v) * dim, vectors[static_cast<std::size_t>(v)],
                            static_cast<std::size_t>(dim) * sizeof(float));
        if (!sink.interaction()) return;
        float* matrix = sink.out->interaction.data() + row * count * count;
        for (std::int64_t i = 0; i < count; ++i) {
            const float* vector = vectors[static_cast<std::size_t>(i)];
            matrix[i * count + i] = dotProduct(vector, vector, dim);
            for (std::int64_t j = 0; j < i; ++j)
                matrix[i * count + j] = matrix[j * count + i] = dots[i * (i - 1) / 2 + j];
        }
    }

    const ModelSpec& m_spec;
    std::span<const TableView> m_tables;
    Arithmetic m_arithmetic;
    tbb::task_arena m_arena;
    Mlp m_bottom;
    CrossNetwork m_cross;
    Mlp m_top;
    std::int64_t m_inputStride = activationStride(m_bottom.inputs()),
                 m_topInputStride = activationStride(m_top.inputs());
    std::vector<std::unique_ptr<Scratch>> m_scratch;  // per thread of the arena, made on first use
    std::unique_ptr<Scratch> m_inlineScratch;         // of batches up to kInlineRows, made on first use
};

}  // namespace

Result<std::unique_ptr<DeviceModel>> loadModel(ModelWeights weights, int threads, Arithmetic arithmetic,
                                               std::stop_token stop) {
    DLRM_TRY(checkWeights(weights));
    if (stop.stop_requested()) return cancelled();
    try {
        return std::make_unique<CpuModel>(weights, threads, arithmetic);
    } catch (const std::exception& e) {
        return fail(Error("E-CPU-004", "The model did not get the memory it needs.")
                        .butFound(e.what())
                        .withRemedy("Close other programs and try again."));
    }
}

}  // namespace dlrm::cpu
