// SPDX-License-Identifier: Apache-2.0
// The contract between the engine and whatever computes a forward pass (CPU here, CUDA as a module). Headers only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/dataset/batch.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm {

// Rows of one table by where they live, hottest first: [0, gpuRows) in GPU memory, the next pinnedRows in pinned host
// memory, the rest is read from the file. Rows still on their way to the GPU are counted as `planned` only.
struct TablePlacement {
    std::int64_t gpuRows = 0, gpuRowsPlanned = 0, pinnedRows = 0, pinnedRowsPlanned = 0, fileRows = 0;
    std::int64_t gpuBytes = 0, pinnedBytes = 0;  // allocated
    std::int64_t rowBytes = 0;                   // of one row in GPU or pinned memory
};

enum class Precision : std::uint8_t { Fp32, Tf32, Bf16, Fp16, Int8 };
std::string_view name(Precision);  // "fp32"
std::optional<Precision> precisionFromName(std::string_view);

struct BackendInfo {
    std::string name;    // "cpu", "cuda"
    std::string device;  // "Intel(R) Xeon(R) …, 2 threads, AVX-512"
    std::string reason;  // why this backend: "no NVIDIA driver (libcuda.so.1 not found)" or "chosen with --backend cpu"
    Precision precision = Precision::Fp32;
};

// Everything a forward pass needs. Views stay valid as long as the checkpoint they come from.
struct ModelWeights {
    const ModelSpec* spec = nullptr;
    std::span<const TableView> tables;  // feature order
    std::vector<DenseWeights> bottom, top;
    std::vector<CrossWeights> cross;  // InteractionKind::Cross only
};

// What to compute besides the logits.
struct Wanted {
    bool vectors = false;      // the interaction's input vectors
    bool interaction = false;  // V Vᵀ; nothing for InteractionKind::Cross
    bool activations = false;  // every layer's output (cross layers too), and the top MLP's input
};

// Intermediates of all rows of one call. V = vectors per row (27), D = embedding dim; vectors in interaction order, 0 =
// bottom output.
struct Intermediates {
    std::vector<float> vectors;      // (rows, V, D); InteractionKind::Cross: x0, (rows, interactionWidth)
    std::vector<float> interaction;  // (rows, V, V) symmetric, V Vᵀ
    std::vector<float> topInput;     // (rows, kernel rows of top layer 0), padding included
    std::vector<std::vector<float>> bottomActivations;  // per layer (rows, outputs), after ReLU
    std::vector<std::vector<float>> topActivations;     // per layer (rows, outputs); the last is the logit
    std::vector<std::vector<float>> crossActivations;   // InteractionKind::Cross: per cross layer (rows, width)

    // Room for what is wanted of so many rows, none for anything else.
    void resize(const ModelSpec& spec, const Wanted& wanted, std::int64_t rows);
};

// A model loaded on a device.
class DeviceModel {
public:
    virtual ~DeviceModel() = default;
    // logits: (batch.rows), float32, no sigmoid. Ids must have been checked against the tables. One call at a time per
    // object, and beside it one of at most rowsBeside() rows.
    // `intermediates` may be null when nothing is wanted. Returns E-CANCELLED within 100 ms of a stop request.
    virtual Result<void> forward(const BatchView& batch, std::span<float> logits, const Wanted& wanted,
                                 Intermediates* intermediates, std::stop_token stop) = 0;
    // Rows a caller should hand over per call for full speed. Any thread, also during a call.
    virtual std::int64_t preferredBatch() const = 0;
    // The largest batch that may be computed while another call is running, so that a person waits for a row and not
    // for a batch.
    // 0: none. Any thread, also during a call.
    virtual std::int64_t rowsBeside() const { return 0; }
    // Where every table's rows are now, feature order; empty: all in the mapped files. Any thread, also while tables
    // are still loading.
    virtual std::vector<TablePlacement> placement() const { return {}; }
};

class Backend {
public:
    virtual ~Backend() = default;
    // May change where a device is lost and its work continues elsewhere. Any thread.
    virtual BackendInfo info() const = 0;
    // Where load() would put every table's rows, feature order; empty: they stay in the mapped files. Cheap: nothing is
    // loaded.
    virtual Result<std::vector<TablePlacement>> plan(const ModelWeights&) { return std::vector<TablePlacement>{}; }
    // Weights are copied (packed) as needed; tables are not.
    virtual Result<std::unique_ptr<DeviceModel>> load(ModelWeights weights, const Job& job) = 0;
};

}  // namespace dlrm
