// SPDX-License-Identifier: Apache-2.0
// A model on the device: predictions in chunks over several streams, from CUDA graphs once a number of rows has come
// twice.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "gpu/kernels/kernels.h"
#include "gpu/network.h"
#include "gpu/table_store.h"

namespace dlrm::cuda {

class Model {
public:
    Model(Device& device, const dlrm_model_description& description, const dlrm_control* control);
    ~Model();

    // logits: (batch.rows). Takes no memory for a number of rows it has met twice. Throws Failure, Cancelled.
    void forward(const dlrm_batch& batch, float* logits, const dlrm_outputs* outputs, const dlrm_control* control);
    std::int64_t preferredBatch() const;

    Device& device() { return m_device; }
    TableStore& tables() { return m_tables; }

private:
    // Everything one chunk under way uses.
    struct Slot {
        Stream stream;
        Event done;
        PinnedBuffer<char> input;  // numericals (rows, numericals) float32, then ids (tables, rows) int32
        PinnedBuffer<float> stagedHost, logitsHost;
        DeviceBuffer<char> inputDevice, workspace;
        DeviceBuffer<float> staged, logits;
        DeviceBuffer<char> ping, pong, vectors, topInput, crossed, projected;
        std::map<std::int64_t, GraphExec> graphs;  // by padded rows; empty owner: met once
        float* target = nullptr;                   // where the logits under way belong; null: nothing under way
        std::int64_t rows = 0;
    };
    class Taps;

    Slot makeSlot();
    void stage(Slot& slot, const dlrm_batch& batch, std::int64_t first, std::int64_t rows, std::int64_t padded,
               const dlrm_control* control);
    void stageMissing(Slot& slot, const dlrm_batch& batch, std::int64_t first, std::int64_t rows, std::int64_t padded,
                      const dlrm_control* control);
    void enqueue(Slot& slot, std::int64_t padded, Taps* taps);
    const void* runLayers(Slot& slot, const void* x, const std::vector<Layer>& layers,
                          const std::vector<Product>& products, float* const* activations, Taps* taps);
    void interact(Slot& slot, std::int64_t rows, const void* bottom, std::int64_t bottomStride, Taps* taps);
    void runCross(Slot& slot, std::int64_t rows, const NetworkProducts& products, Taps* taps);
    void start(Slot& slot, std::int64_t padded, Taps* taps);
    void finish(Slot& slot);
    void abandon() noexcept;
    const NetworkProducts& products(std::int64_t rows);

    Device& m_device;
    NetworkShape m_shape;
    std::vector<std::int64_t> m_order;  // interaction order: table of place k
    LtHandle m_handle;
    InteractionPlan m_interaction;
    TableStore m_tables;
    std::array<Slot, kSlots> m_slots;
    std::unique_ptr<Network> m_network;
    std::map<std::int64_t, std::unique_ptr<NetworkProducts>> m_products;  // by padded rows
    std::int64_t m_numericalsMax, m_topKernelRows;
    std::vector<std::pair<std::int64_t, std::int64_t>> m_missing;  // (table, row) to bring from the host, reused
    DeviceBuffer<float> m_tapVectors, m_tapTop, m_tapOther;
    Workers m_workers;
};

// Sizes graphs and products are made for: up to 8 every one, then four per power of two.
std::int64_t bucketOf(std::int64_t rows, std::int64_t most);

}  // namespace dlrm::cuda
