// SPDX-License-Identifier: GPL-3.0-or-later
// Session: what the Layers page asks for.
#include <algorithm>

#include "ui/session/session_state.h"

namespace dlrm::ui {

void Session::requestLayers() {
    if (!m_state->engine) return;
    m_state->runner.start(lane(JobKind::Layers), tr("Reading layers"), [this, engine = m_state->engine](const ProgressFn& progress, std::stop_token stop) {
        return delivery(this, JobKind::Layers, engine->layers(progress, stop), [this](const ModelLayersPtr& l) { Q_EMIT layersReady(l); });
    });
}

void Session::requestKernel(bool top, int layer) {
    if (!m_state->engine) return;
    m_state->runner.start(lane(JobKind::Kernel), tr("Reading a kernel"), [this, engine = m_state->engine, top, layer](const ProgressFn&, std::stop_token stop) -> JobRunner::Delivery {
        auto weights = engine->layerWeights(top, layer);
        if (!weights) return delivery(this, JobKind::Kernel, Result<KernelView>(fail(std::move(weights).error())), [](const KernelViewPtr&) {});
        DenseWeights next;
        if (static_cast<std::size_t>(layer) + 1 < (top ? engine->spec().topMlp : engine->spec().bottomMlp).size()) {
            auto read = engine->layerWeights(top, layer + 1);
            if (!read) return delivery(this, JobKind::Kernel, Result<KernelView>(fail(std::move(read).error())), [](const KernelViewPtr&) {});
            next = *std::move(read);
        }
        const LayerSpec& spec = (top ? engine->spec().topMlp : engine->spec().bottomMlp)[static_cast<std::size_t>(layer)];
        auto view = kernelView(*std::move(weights), spec.inputs - spec.paddingInputs, stop);
        if (view) {
            view->top = top;
            view->layer = layer;
            view->next = std::move(next);
        }
        return delivery(this, JobKind::Kernel, std::move(view), [this](const KernelViewPtr& v) { Q_EMIT kernelReady(v); });
    });
}

void Session::startUnitAtlas(qint64 rows) {
    if (!m_state->engine || !m_state->data) return;
    m_state->runner.start(lane(JobKind::UnitAtlas), tr("Count active units"), [this, engine = m_state->engine, data = m_state->data, rows](const ProgressFn& progress, std::stop_token stop) {
        const auto partial = [this](const UnitAtlas& interim) {
            JobRunner::deliverInterim([this, copy = std::make_shared<const UnitAtlas>(interim)] { Q_EMIT unitAtlasUpdated(copy); });
        };
        const RowRange range{0, std::min<std::int64_t>(rows, data->rows()) - 1};
        return delivery(this, JobKind::UnitAtlas, engine->unitAtlas(*data, range, partial, progress, stop), [this](const UnitAtlasPtr& a) { Q_EMIT unitAtlasUpdated(a); });
    });
}

}  // namespace dlrm::ui
