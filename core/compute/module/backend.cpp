// SPDX-License-Identifier: Apache-2.0
#include "core/compute/module/backend.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/compute/cpu/check_weights.h"
#include "core/compute/module/model.h"
#include "core/compute/placement.h"

namespace dlrm {
namespace {

constexpr std::int64_t kPinnedShare = 4;  // of the available host memory, one part may be pinned

dlrm_options moduleOptions(const ModuleOptions& options) {
    return {options.device, static_cast<std::int32_t>(options.precision), static_cast<std::int32_t>(options.storage),
            options.memoryBytes};
}

class ModuleBackend final : public Backend {
public:
    explicit ModuleBackend(std::shared_ptr<ModuleDevice> device) : m_device(std::move(device)) {}
    BackendInfo info() const override { return m_device->info(); }
    Result<std::vector<TablePlacement>> plan(const ModelWeights& weights) override {
        DLRM_TRY(cpu::checkWeights(weights));
        return m_device->plan(weights, 1);
    }
    Result<std::unique_ptr<DeviceModel>> load(ModelWeights weights, const Job& job) override {
        DLRM_TRY(cpu::checkWeights(weights));
        return ModuleModel::load(m_device, std::move(weights), job);
    }

private:
    std::shared_ptr<ModuleDevice> m_device;
};

}  // namespace

Result<std::shared_ptr<ModuleDevice>> ModuleDevice::open(const LoadedModule& module, const ModuleOptions& options,
                                                         BackendFactory instead) {
    if (const std::string why = module.health->lost(); !why.empty())
        return fail(Error("E-MODULE-008", "The GPU was lost.")
                        .butFound(why)
                        .withRemedy("Start the program again to use the GPU, or use --backend cpu."));
    const dlrm_options asked = moduleOptions(options);
    dlrm_device* device = nullptr;
    dlrm_error error{};
    if (module.table->open_device(&asked, &device, &error) == DLRM_OK)
        return std::shared_ptr<ModuleDevice>(new ModuleDevice(module, options, std::move(instead), device));
    Error why = moduleError(error);
    if (error.fatal) module.health->markLost(why.message);
    return fail(std::move(why));
}

Result<std::vector<TablePlacement>> ModuleDevice::plan(const ModelWeights& weights, double share) const {
    std::vector<PlacementTable> tables;
    for (const TableView& view : weights.tables)
        tables.push_back({view.rows(), storedRowBytes(view, m_options.storage)});
    const std::vector<TablePlacement> nowhere = planPlacement(tables, {});
    const ModuleDescription description(weights, nowhere);
    const dlrm_options asked = moduleOptions(m_options);
    dlrm_device_info now{};
    std::int64_t working = 0;
    dlrm_error error{};
    if (table().probe(&asked, &now, &error) != DLRM_OK ||
        table().working_memory(m_device, &description.value, &working, &error) != DLRM_OK)
        return fail(failed(error));
    // Budget before allocating: what is free, less a tenth for what others do meanwhile.
    const std::int64_t free = now.memory_free_bytes - now.memory_free_bytes / 10;
    const std::int64_t most = m_options.memoryBytes > 0 ? std::min(m_options.memoryBytes, free) : free;
    const std::int64_t pinned = m_options.pinnedBytes >= 0 ? m_options.pinnedBytes : availableMemory() / kPinnedShare;
    const auto part = [share](std::int64_t bytes) {
        return static_cast<std::int64_t>(static_cast<double>(std::max<std::int64_t>(bytes, 0)) * share);
    };
    return planPlacement(tables, {part(most - working), part(pinned)});
}

Error ModuleDevice::failed(const dlrm_error& error) const {
    Error out = moduleError(error);
    if (error.fatal) m_module.health->markLost(out.message);
    return out;
}

Result<Backend*> ModuleDevice::instead(const std::string& why) {
    const MutexLock lock(m_mutex);
    if (!m_instead) {
        if (!m_makeInstead)
            return fail(Error("E-MODULE-013", "The GPU was asked for and cannot compute this.")
                            .butFound(why)
                            .withRemedy("Choose the backend auto, which goes on with the CPU, or cpu."));
        DLRM_TRY(m_instead, m_makeInstead());
        m_why = why + (lost().empty() ? ": computed on the CPU instead"
                                      : ": computed on the CPU until the program is started again");
    }
    return m_instead.get();
}

BackendInfo ModuleDevice::info() const {
    const MutexLock lock(m_mutex);
    BackendInfo info = m_instead ? m_instead->info() : describeModule(m_module, m_options);
    if (m_instead) info.reason = m_why;
    else if (!m_note.empty()) info.reason = m_note;
    return info;
}

void ModuleDevice::note(std::string text) {
    const MutexLock lock(m_mutex);
    m_note = std::move(text);
}

Result<std::unique_ptr<Backend>> makeModuleBackend(const LoadedModule& module, const ModuleOptions& options,
                                                   BackendFactory instead) {
    DLRM_TRY(auto device, ModuleDevice::open(module, options, std::move(instead)));
    return std::make_unique<ModuleBackend>(std::move(device));
}

BackendInfo describeModule(const LoadedModule& module, const ModuleOptions& options) {
    const dlrm_device_info& d = module.device;
    BackendInfo info;
    info.name = "cuda";
    info.device = fmt::format("{}, {:.1f} GiB, compute capability {}.{}", d.name,
                              static_cast<double>(d.memory_total_bytes) / (1 << 30), d.compute_major, d.compute_minor);
    if (options.storage != TableStorage::AsStored)
        info.device += options.storage == TableStorage::Fp16 ? ", tables in fp16" : ", tables in int8";
    info.precision = options.precision;
    return info;
}

}  // namespace dlrm
