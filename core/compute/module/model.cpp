// SPDX-License-Identifier: Apache-2.0
#include "core/compute/module/model.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/compute/module/control.h"

namespace dlrm {
namespace {

// Of the memory for tables, tried one after the other while the device says that it does not suffice.
constexpr std::array kShares{1.0, 0.75, 0.5, 0.25, 0.0};

// Why the GPU does not compute. Messages of errors end with a period.
std::string continued(const ModuleDevice& device, std::string message) {
    const std::string lost = device.lost();
    if (!lost.empty()) message = lost;
    while (message.ends_with('.')) message.pop_back();
    return lost.empty() ? fmt::format("the GPU cannot hold this model ({})", message)
                        : fmt::format("the GPU was lost ({})", message);
}

// Why the CPU computes multi-hot rows: the modules' interface has one id per feature and row.
std::string severalIds() {
    return std::string("E-MODULE-012") + ": the GPU module takes one id per feature and row, these rows have several";
}

float* part(std::vector<float>& values, std::int64_t first, std::int64_t perRow) {
    return values.empty() ? nullptr : values.data() + first * perRow;
}

}  // namespace

ModuleModel::ModuleModel(std::shared_ptr<ModuleDevice> device, ModelWeights weights)
    : m_device(std::move(device)), m_weights(std::move(weights)) {}

Result<std::unique_ptr<DeviceModel>> ModuleModel::load(std::shared_ptr<ModuleDevice> device, ModelWeights weights,
                                                       const Job& job) {
    std::unique_ptr<ModuleModel> model(new ModuleModel(std::move(device), std::move(weights)));
    {
        const ExclusiveLock lock(model->m_swap);
        DLRM_TRY(model->loadModule(job));
    }
    return std::unique_ptr<DeviceModel>(std::move(model));
}

ModuleModel::~ModuleModel() {
    const ExclusiveLock lock(m_swap);
    unload();
}

void ModuleModel::unload() {
    if (m_waiting.joinable()) {
        m_waiting.request_stop();
        m_waiting.join();
    }
    if (m_model) m_device->table().free_model(m_model);
    m_model = nullptr;
    m_description.reset();
}

Result<void> ModuleModel::loadModule(const Job& job) {
    unload();
    Error error;
    for (const double share : kShares) {
        if (share > m_share) continue;
        if (m_device->isLost()) break;
        if (job.stopped()) return cancelled();
        auto planned = m_device->plan(m_weights, share);
        if (!planned) {
            error = planned.error();
            if (m_device->isLost()) break;
            return fail(std::move(error));
        }
        m_share = share;
        m_planned = *std::move(planned);
        m_description = std::make_unique<ModuleDescription>(m_weights, m_planned);
        const ModuleControl control(job.stop, job.progress, "loading weights");
        dlrm_error why{};
        switch (
            m_device->table().load_model(m_device->handle(), &m_description->value, control.get(), &m_model, &why)) {
            case DLRM_OK:
                m_waiting =
                    std::jthread([this, model = m_model](std::stop_token s) { waitForTables(model, std::move(s)); });
                return {};
            case DLRM_CANCELLED:
                return cancelled();
            default:
                error = m_device->failed(why);
        }
        m_model = nullptr;
        if (!why.out_of_memory && !why.fatal) return fail(std::move(error));
    }
    return loadInstead(continued(*m_device, error.message), job);
}

Result<void> ModuleModel::loadInstead(const std::string& why, const Job& job) {
    DLRM_TRY(auto backend, m_device->instead(why));
    DLRM_TRY(auto model, backend->load(m_weights, job));
    m_planned.clear();
    m_instead = std::move(model);
    return {};
}

void ModuleModel::waitForTables(dlrm_model* model, std::stop_token stop) {
    const ProgressFn none;
    const ModuleControl control(stop, none, "loading tables");
    dlrm_error error{};
    if (m_device->table().wait_loaded(model, control.get(), &error) != DLRM_FAILED) return;
    m_device->note(fmt::format("not every table is where it was planned: {}", m_device->failed(error).message));
}

Result<void> ModuleModel::checkBatch(const BatchView& batch, std::size_t logits) const {
    const auto tables = static_cast<std::int64_t>(m_weights.tables.size());
    const std::int64_t inputs = m_weights.bottom.front().inputs;
    if (batch.tables == tables && batch.numericals >= 0 && batch.numericals <= inputs &&
        static_cast<std::int64_t>(logits) == batch.rows &&
        static_cast<std::int64_t>(batch.numerical.size()) >= batch.rows * batch.numericals &&
        (batch.rows == 0 || batch.multiHot() ||
         static_cast<std::int64_t>(batch.ids.size()) >= (tables - 1) * batch.idStride + batch.rows))
        return {};
    return fail(Error("E-MODULE-011", "The rows do not have the shape this model takes.")
                    .butExpected(fmt::format("{} tables and at most {} numerical features", tables, inputs))
                    .butFound(fmt::format("{} tables, {} numerical features, {} rows for {} logits", batch.tables,
                                          batch.numericals, batch.rows, logits))
                    .withRemedy("Use a dataset whose features match the model."));
}

Result<void> ModuleModel::forward(const BatchView& batch, std::span<float> logits, const Wanted& wanted,
                                  Intermediates* intermediates, std::stop_token stop) {
    DLRM_TRY(checkBatch(batch, logits.size()));
    DeviceModel* instead = nullptr;  // once set, it stays
    while (true) {
        std::string why;
        {
            const SharedLock lock(m_swap);
            instead = m_instead.get();
            if (instead) break;
            if (stop.stop_requested()) return cancelled();
            if (batch.multiHot()) {
                why = severalIds();
            } else if (!m_device->isLost()) {
                dlrm_error error{};
                const std::int32_t answer = forwardInModule(batch, logits.data(), wanted, intermediates, stop, error);
                if (answer == DLRM_OK) return {};
                if (answer == DLRM_CANCELLED) return cancelled();
                Error failure = m_device->failed(error);
                if (!error.fatal && !error.out_of_memory) return fail(std::move(failure));
                why = std::move(failure.message);
            }
        }
        // The request goes on: with less memory for tables, or on the backend that takes over, as a whole.
        const ExclusiveLock lock(m_swap);
        const auto smaller = std::find_if(kShares.begin(), kShares.end(),
                                          [this](double share) DLRM_REQUIRES(m_swap) { return share < m_share; });
        if (m_device->isLost() || batch.multiHot() || smaller == kShares.end()) {
            unload();
            DLRM_TRY(loadInstead(batch.multiHot() ? why : continued(*m_device, why), {.stop = stop}));
        } else {
            m_share = *smaller;
            DLRM_TRY(loadModule({.stop = stop}));
        }
    }
    return instead->forward(batch, logits, wanted, intermediates, std::move(stop));
}

std::int32_t ModuleModel::forwardInModule(const BatchView& batch, float* logits, const Wanted& wanted,
                                          Intermediates* out, const std::stop_token& stop, dlrm_error& error) const {
    const ModelSpec& spec = *m_weights.spec;
    const bool cross = spec.interaction == InteractionKind::Cross;
    const std::int64_t vectorWidth = cross ? spec.interactionWidth() : spec.vectors() * spec.embeddingDim,
                       matrixWidth = spec.vectors() * spec.vectors();
    const std::int64_t topInputs = m_weights.top.front().inputs;
    const auto bottomWidth = [&](std::size_t i) { return m_weights.bottom[i].outputs; };
    const auto topWidth = [&](std::size_t i) { return m_weights.top[i].outputs; };
    const auto crossWidth = [&](std::size_t i) { return m_weights.cross[i].width; };
    if (out) out->resize(spec, wanted, batch.rows);
    const ProgressFn none;
    const ModuleControl control(stop, none, "predicting");
    const std::int64_t most = std::max<std::int64_t>(1, m_device->table().preferred_batch(m_model));
    std::vector<float*> bottom, top, crossed;
    for (std::int64_t first = 0; first < batch.rows; first += most) {
        const std::int64_t rows = std::min(most, batch.rows - first);
        const dlrm_batch rowsOfIt{rows, batch.numericals, batch.idStride,
                                  batch.numerical.data() + first * batch.numericals, batch.ids.data() + first};
        dlrm_outputs outputs{};
        if (out) {
            const auto pointers = [&](std::vector<float*>& to, std::vector<std::vector<float>>& activations,
                                      auto width) -> float* const* {
                to.clear();
                for (std::size_t i = 0; i < activations.size(); ++i)
                    to.push_back(activations[i].data() + first * width(i));
                return to.empty() ? nullptr : to.data();
            };
            outputs = {
                part(out->vectors, first, vectorWidth),       part(out->interaction, first, matrixWidth),
                part(out->topInput, first, topInputs),        pointers(bottom, out->bottomActivations, bottomWidth),
                pointers(top, out->topActivations, topWidth), pointers(crossed, out->crossActivations, crossWidth)};
        }
        const std::int32_t answer = m_device->table().forward(m_model, &rowsOfIt, logits + first,
                                                              out ? &outputs : nullptr, control.get(), &error);
        if (answer != DLRM_OK) return answer;
    }
    return DLRM_OK;
}

std::int64_t ModuleModel::preferredBatch() const {
    const SharedLock lock(m_swap);
    return m_instead ? m_instead->preferredBatch()
                     : std::max<std::int64_t>(1, m_device->table().preferred_batch(m_model));
}

std::int64_t ModuleModel::rowsBeside() const {
    const SharedLock lock(m_swap);
    return m_instead ? m_instead->rowsBeside() : 0;
}

std::vector<TablePlacement> ModuleModel::placement() const {
    const SharedLock lock(m_swap);
    std::vector<TablePlacement> out = m_planned;
    for (std::size_t t = 0; m_model && t < out.size(); ++t) {
        dlrm_placement now{};
        if (m_device->table().placement(m_model, static_cast<std::int64_t>(t), &now) != DLRM_OK) continue;
        out[t].gpuRows = now.gpu_rows;
        out[t].pinnedRows = now.pinned_rows;
        out[t].gpuBytes = now.gpu_bytes;
        out[t].pinnedBytes = now.pinned_bytes;
    }
    return out;
}

}  // namespace dlrm
