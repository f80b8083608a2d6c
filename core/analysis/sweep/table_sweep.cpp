// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/sweep/table_sweep.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "core/analysis/layers/inputs.h"
#include "core/linear/dense.h"
#include "core/linear/dot.h"

namespace dlrm {
namespace {

// Ids at a time: activations of two layers of 1,024 stay in a level-2 cache of 2 MiB. A multiple of the dense kernel's
// 6 rows.
constexpr std::int64_t kSweptRows = 144;

}  // namespace

// The top MLP from the first of its inputs that differs from id to id. A layer's sums begin with the bias and take one
// input after the other, so that those over the inputs before it are a bias for the rest, to the bit.
class SweptModel {
public:
    SweptModel(const ModelWeights& weights, TableId table, const Intermediates& row)
        : m_table(weights.tables[static_cast<std::size_t>(value(table))]), m_dim(weights.spec->embeddingDim) {
        const ModelSpec& spec = *weights.spec;
        const auto& order = spec.interactionTableOrder;
        const std::int64_t place = 1 + (std::find(order.begin(), order.end(), value(table)) - order.begin());
        const DenseWeights& first = weights.top.front();
        const std::int64_t firstDot = interactionRows(spec).firstDot;
        // The only layer of a top MLP sums in lanes: it has no beginning that could be kept.
        const std::int64_t kept = first.outputs == 1 ? 0 : firstDot + pairIndex(place, 0);
        for (std::int64_t v = 0; v < spec.vectors(); ++v) {
            if (v == place) continue;
            m_others.push_back(row.vectors.data() + v * m_dim);
            m_places.push_back(firstDot + pairIndex(std::max(v, place), std::min(v, place)) - kept);
        }
        m_input.assign(row.topInput.begin() + kept, row.topInput.end());
        m_layers.push_back(cpu::packDense(rest(first, kept, sumsOver(first, kept, row.topInput)),
                                          spec.interactionWidth() - kept, spec.topMlp.front().relu,
                                          cpu::WeightStorage::Float32));
        for (std::size_t l = 1; l < weights.top.size(); ++l)
            m_layers.push_back(cpu::packDense(weights.top[l], weights.top[l].inputs, spec.topMlp[l].relu,
                                              cpu::WeightStorage::Float32));
        std::int64_t width = 0;
        for (const cpu::DenseLayer& layer : m_layers) width = std::max({width, layer.inputs, layer.paddedOutputs});
        m_stride = cpu::activationStride(width);
    }

    // A thread's part.
    class Worker {
    public:
        explicit Worker(const SweptModel& model)
            : m_model(model),
              m_reader(model.m_table),
              m_input(kSweptRows * model.m_stride),
              m_even(kSweptRows * model.m_stride),
              m_odd(kSweptRows * model.m_stride),
              m_nonZero(model.m_stride + cpu::kListPadding) {
            for (std::int64_t r = 0; r < kSweptRows; ++r)
                std::copy(model.m_input.begin(), model.m_input.end(), m_input.data() + r * model.m_stride);
        }

        // The logits of ids first .. first + count - 1. Ends early on stop.
        void run(std::int64_t first, std::int64_t count, float* logits, const std::stop_token& stop) {
            for (std::int64_t done = 0; done < count && !stop.stop_requested();) {
                const FloatRows rows = m_reader.read(first + done, std::min(kSweptRows, count - done));
                for (std::int64_t r = 0; r < rows.count; ++r) {
                    float* const input = m_input.data() + r * m_model.m_stride;
                    for (std::size_t v = 0; v < m_model.m_others.size(); ++v)
                        input[m_model.m_places[v]] =
                            cpu::dotProduct(rows.data + r * rows.stride, m_model.m_others[v], m_model.m_dim);
                }
                const float* in = m_input.data();
                float *out = m_even.data(), *next = m_odd.data();
                for (const cpu::DenseLayer& layer : m_model.m_layers) {
                    if (stop.stop_requested()) return;
                    cpu::denseForward(layer, in, m_model.m_stride, rows.count, out, m_model.m_stride, m_nonZero.data());
                    in = std::exchange(out, std::exchange(next, out));
                }
                for (std::int64_t r = 0; r < rows.count; ++r) logits[done + r] = in[r * m_model.m_stride];
                done += rows.count;
            }
        }

    private:
        const SweptModel& m_model;
        RowBlockReader m_reader;
        cpu::AlignedArray<float> m_input, m_even, m_odd;  // (kSweptRows, stride)
        cpu::AlignedArray<std::int32_t> m_nonZero;
    };

private:
    // What the layer's sums hold after the first `count` inputs of `x`.
    static std::vector<float> sumsOver(const DenseWeights& layer, std::int64_t count, std::span<const float> x) {
        std::vector<float> sums = layer.bias;
        if (count == 0) return sums;
        DenseWeights part{.inputs = count, .outputs = layer.outputs, .kernel = {}, .bias = layer.bias};
        part.kernel.assign(layer.kernel.begin(), layer.kernel.begin() + count * layer.outputs);
        const cpu::DenseLayer packed = cpu::packDense(part, count, false, cpu::WeightStorage::Float32);
        cpu::AlignedArray<float> y(packed.paddedOutputs);
        cpu::AlignedArray<std::int32_t> nonZero(count + cpu::kListPadding);
        cpu::denseForward(packed, x.data(), count, 1, y.data(), packed.paddedOutputs, nonZero.data());
        std::copy_n(y.data(), sums.size(), sums.begin());
        return sums;
    }
    // The layer without its first `kept` inputs.
    static DenseWeights rest(const DenseWeights& layer, std::int64_t kept, std::vector<float> bias) {
        return {.inputs = layer.inputs - kept,
                .outputs = layer.outputs,
                .kernel = {layer.kernel.begin() + kept * layer.outputs, layer.kernel.end()},
                .bias = std::move(bias)};
    }

    const TableView& m_table;
    std::int64_t m_dim;
    std::vector<const float*> m_others;  // the row's vectors but that of the table
    std::vector<std::int64_t> m_places;  // of each one's product with it in m_input
    std::vector<float> m_input;          // of the first layer, as the row has it
    std::vector<cpu::DenseLayer> m_layers;
    std::int64_t m_stride = 0;
};

struct TableSweep::State {
    SweptModel model;
    std::int64_t rows;
    mutable tbb::task_arena arena;
};

TableSweep::TableSweep(const ModelWeights& weights, TableId table, const Intermediates& row, int threads)
    : m_state(new State{SweptModel(weights, table, row), weights.tables[static_cast<std::size_t>(value(table))].rows(),
                        tbb::task_arena(threads > 0 ? threads : tbb::task_arena::automatic)}) {}

TableSweep::~TableSweep() = default;

Result<void> TableSweep::run(std::int64_t first, std::span<float> logits, const Job& job,
                             const ReleaseRows& release) const {
    const auto told = [&](const Progress& p) { job.report({p.stage, first + p.done, m_state->rows, p.unit}); };
    const auto behind = [&](std::int64_t begin, std::int64_t count) { release(first + begin, count); };
    return m_state->arena.execute([&]() -> Result<void> {
        std::vector<std::unique_ptr<SweptModel::Worker>> workers(static_cast<std::size_t>(rowWorkers()));
        const auto sweep = [&](int worker, std::int64_t begin, std::int64_t count) {
            auto& own = workers[static_cast<std::size_t>(worker)];
            if (!own) own = std::make_unique<SweptModel::Worker>(m_state->model);
            own->run(first + begin, count, logits.data() + begin, job.stop);
        };
        return forEachRowChunk(std::ssize(logits), kSweptRows, "sweeping ids", Job{told, job.stop}, sweep,
                               release ? ReleaseRows(behind) : ReleaseRows());
    });
}

}  // namespace dlrm
