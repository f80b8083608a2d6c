// SPDX-License-Identifier: Apache-2.0
// The stop token and progress of one call, as a module asks for them.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string_view>

#include "core/base/progress.h"
#include "core/compute/backend_abi.h"

namespace dlrm {

class ModuleControl {
public:
    ModuleControl(const std::stop_token& stop, const ProgressFn& progress, std::string_view stage)
        : m_stop(stop), m_progress(progress), m_stage(stage) {}
    ModuleControl(const ModuleControl&) = delete;
    ModuleControl& operator=(const ModuleControl&) = delete;
    const dlrm_control* get() const { return &m_control; }

private:
    const std::stop_token& m_stop;
    const ProgressFn& m_progress;
    std::string_view m_stage;  // static lifetime
    dlrm_control m_control{
        this, [](void* self) -> std::int32_t { return static_cast<ModuleControl*>(self)->m_stop.stop_requested(); },
        [](void* self, std::int64_t done, std::int64_t total) {
            auto& c = *static_cast<ModuleControl*>(self);
            report(c.m_progress, {c.m_stage, done, total, "bytes"});
        }};
};

}  // namespace dlrm
