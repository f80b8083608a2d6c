// SPDX-License-Identifier: Apache-2.0
// A model loaded by a module, and the model of another backend that takes its place when the device fails.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "core/base/thread_safety.h"
#include "core/compute/module/backend.h"
#include "core/compute/module/description.h"

namespace dlrm {

// The opened device and what happened to it, shared by a backend and its models. Any thread.
class ModuleDevice {
public:
    static Result<std::shared_ptr<ModuleDevice>> open(const LoadedModule& module, const ModuleOptions& options,
                                                      BackendFactory instead);
    ~ModuleDevice() { m_module.table->close_device(m_device); }
    ModuleDevice(const ModuleDevice&) = delete;
    ModuleDevice& operator=(const ModuleDevice&) = delete;

    const dlrm_backend_table& table() const { return *m_module.table; }
    dlrm_device* handle() const { return m_device; }
    const ModuleOptions& options() const { return m_options; }
    std::string lost() const { return m_module.health->lost(); }  // why; empty: it is not lost
    bool isLost() const { return !lost().empty(); }

    // Rows per table for a model of these weights. `share` of the budgets is used: 1 at first, less after memory did
    // not suffice.
    Result<std::vector<TablePlacement>> plan(const ModelWeights& weights, double share) const;
    // The failure of a call as an Error; marks a lost device.
    Error failed(const dlrm_error& error) const;
    // The backend that takes over, made once, with the sentence why.
    Result<Backend*> instead(const std::string& why);
    BackendInfo info() const;
    void note(std::string text);  // appended to info().reason

private:
    ModuleDevice(const LoadedModule& module, const ModuleOptions& options, BackendFactory instead, dlrm_device* device)
        : m_module(module), m_options(options), m_makeInstead(std::move(instead)), m_device(device) {}

    LoadedModule m_module;
    ModuleOptions m_options;
    BackendFactory m_makeInstead;
    dlrm_device* m_device = nullptr;
    mutable Mutex m_mutex;
    std::unique_ptr<Backend> m_instead DLRM_GUARDED_BY(m_mutex);
    std::string m_why DLRM_GUARDED_BY(m_mutex), m_note DLRM_GUARDED_BY(m_mutex);
};

class ModuleModel final : public DeviceModel {
public:
    static Result<std::unique_ptr<DeviceModel>> load(std::shared_ptr<ModuleDevice> device, ModelWeights weights,
                                                     const Job& job);
    ~ModuleModel() override;

    Result<void> forward(const BatchView& batch, std::span<float> logits, const Wanted& wanted,
                         Intermediates* intermediates, std::stop_token stop) override;
    std::int64_t preferredBatch() const override;
    std::int64_t rowsBeside() const override;
    std::vector<TablePlacement> placement() const override;

private:
    ModuleModel(std::shared_ptr<ModuleDevice> device, ModelWeights weights);
    // Loads with less and less memory for tables, then with none; what else fails is returned.
    Result<void> loadModule(const Job& job) DLRM_REQUIRES(m_swap);
    Result<void> loadInstead(const std::string& why, const Job& job) DLRM_REQUIRES(m_swap);
    void unload() DLRM_REQUIRES(m_swap);
    Result<void> checkBatch(const BatchView& batch, std::size_t logits) const;
    // One pass over the batch in the module, in parts it takes. The module's answer; `error` where it failed.
    std::int32_t forwardInModule(const BatchView& batch, float* logits, const Wanted& wanted, Intermediates* out,
                                 const std::stop_token& stop, dlrm_error& error) const DLRM_REQUIRES_SHARED(m_swap);
    void waitForTables(dlrm_model* model, std::stop_token stop);

    std::shared_ptr<ModuleDevice> m_device;
    ModelWeights m_weights;                      // kept for the model that may take over
    mutable SharedMutex m_swap;                  // held alone while a model takes another's place
    double m_share DLRM_GUARDED_BY(m_swap) = 1;  // of the memory for tables
    std::vector<TablePlacement> m_planned DLRM_GUARDED_BY(m_swap);
    std::unique_ptr<ModuleDescription> m_description DLRM_GUARDED_BY(m_swap);  // lives as long as m_model
    dlrm_model* m_model DLRM_GUARDED_BY(m_swap) = nullptr;
    std::unique_ptr<DeviceModel> m_instead DLRM_GUARDED_BY(m_swap);  // once set, it stays
    std::jthread m_waiting;                                          // reports what goes wrong while tables load
};

}  // namespace dlrm
