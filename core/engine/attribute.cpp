// SPDX-License-Identifier: Apache-2.0
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"

namespace dlrm {

Result<std::shared_ptr<const ModelWeights>> Engine::State::keptWeights(const std::stop_token& stop) const {
    const MutexLock lock(keptMutex);
    if (!kept) {
        DLRM_TRY(auto read, readWeights(stop));
        kept = std::make_shared<const ModelWeights>(std::move(read));
    }
    return kept;
}

Result<Attribution> Engine::attribute(const Explanation& explained, std::stop_token stop) const {
    return guarded([&]() -> Result<Attribution> {
        DLRM_TRY(m_state->checkRow(explained.input));
        DLRM_TRY(const auto weights, m_state->keptWeights(stop));
        DLRM_TRY(auto attribution, dlrm::attribute(*weights, explained.input.numerical, explained.input.ids,
                                                   static_cast<double>(explained.logit), stop));
        DLRM_TRY(m_state->checkpoint->checkUnchanged());
        return attribution;
    });
}

}  // namespace dlrm
