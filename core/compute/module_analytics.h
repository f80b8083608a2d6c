// SPDX-License-Identifier: Apache-2.0
// DeviceAnalytics over the module interface.
#pragma once

#include <functional>

#include "core/compute/analytics.h"
#include "core/compute/backend.h"
#include "core/compute/module_loader.h"

namespace dlrm {

// The stop token and progress of one call, as the module asks for them.
class ModuleControl {
public:
    ModuleControl(const std::stop_token& stop, const ProgressFn& progress, std::string_view stage) : m_stop(stop), m_progress(progress), m_stage(stage) {}
    ModuleControl(const ModuleControl&) = delete;
    ModuleControl& operator=(const ModuleControl&) = delete;
    const dlrm_control* get() const { return &m_control; }

private:
    const std::stop_token& m_stop;
    const ProgressFn& m_progress;
    std::string_view m_stage;  // static lifetime
    dlrm_control m_control{this,
                           [](void* self) -> std::int32_t { return static_cast<ModuleControl*>(self)->m_stop.stop_requested(); },
                           [](void* self, std::int64_t done, std::int64_t total) {
                               auto& c = *static_cast<ModuleControl*>(self);
                               report(c.m_progress, {c.m_stage, done, total, "bytes"});
                           }};
};

// Where the tables of a model are, and what to do with a failure of a call: `failed` marks a lost device and makes the Error.
class ModuleAnalytics final : public DeviceAnalytics {
public:
    struct Device {
        const dlrm_backend_table* table = nullptr;
        dlrm_device* device = nullptr;
        dlrm_model* model = nullptr;
    };
    // device(): the handles now; model null: the device is lost and every call fails with E-MODULE-008.
    ModuleAnalytics(std::span<const TableView> tables, std::function<Device()> device, std::function<Error(const dlrm_error&)> failed)
        : m_tables(tables), m_device(std::move(device)), m_failed(std::move(failed)) {}

    // Error E-MODULE-010 for a table that does not exist, a query of another length, labels of another count, no bins.
    Result<TableScan> scan(TableId table, const ScanRequest& request, const ProgressFn& progress, std::stop_token stop) override;
    Result<Gram> gram(TableId table, const ProgressFn& progress, std::stop_token stop) override;
    Result<std::vector<Neighbor>> nearest(TableId table, std::span<const float> query, Similarity similarity, int k, std::stop_token stop) override;
    Result<RankSums> rank(std::span<const float> logits, std::span<const std::uint8_t> labels, std::stop_token stop) override;

private:
    Result<Device> usable() const;
    Result<const TableView*> view(TableId table) const;
    Result<void> finished(std::int32_t answer, const dlrm_error& error) const;

    std::span<const TableView> m_tables;
    std::function<Device()> m_device;
    std::function<Error(const dlrm_error&)> m_failed;
};

}  // namespace dlrm
