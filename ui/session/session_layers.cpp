// SPDX-License-Identifier: GPL-3.0-or-later
// Session: what the Layers page asks for.
#include <algorithm>

#include "ui/session/session_state.h"

namespace dlrm::ui {

void Session::requestLayers() {
    if (!m_state->engine) return;
    m_state->start(JobKind::Layers, [this, engine = m_state->engine](const JobRunner::Running& job) {
        return delivered(*this, JobKind::Layers, shared(engine->layers(job.progress, job.stop)),
                         [this](const ModelLayersPtr& l) { Q_EMIT layersReady(l); });
    });
}

void Session::requestKernel(bool top, int layer) {
    if (!m_state->engine) return;
    m_state->start(JobKind::Kernel, [this, engine = m_state->engine, top, layer](const JobRunner::Running& job) -> JobRunner::Delivery {
        auto weights = engine->layerWeights(top, layer);
        if (!weights) return failed(*this, JobKind::Kernel, std::move(weights).error());
        DenseWeights next;
        if (static_cast<std::size_t>(layer) + 1 < (top ? engine->spec().topMlp : engine->spec().bottomMlp).size()) {
            auto read = engine->layerWeights(top, layer + 1);
            if (!read) return failed(*this, JobKind::Kernel, std::move(read).error());
            next = *std::move(read);
        }
        const LayerSpec& spec = (top ? engine->spec().topMlp : engine->spec().bottomMlp)[static_cast<std::size_t>(layer)];
        auto view = kernelView(*std::move(weights), spec.inputs - spec.paddingInputs, job.stop);
        if (view) {
            view->top = top;
            view->layer = layer;
            view->next = std::move(next);
        }
        return delivered(*this, JobKind::Kernel, shared(std::move(view)), [this](const KernelViewPtr& v) { Q_EMIT kernelReady(v); });
    });
}

void Session::startUnitAtlas(qint64 rows) {
    if (!m_state->engine || !m_state->data) return;
    m_state->start(JobKind::UnitAtlas, [this, engine = m_state->engine, data = m_state->data, rows](const JobRunner::Running& job) {
        const auto partial = [this, &job](const UnitAtlas& interim) {
            job.interim([this, copy = std::make_shared<const UnitAtlas>(interim)] { Q_EMIT unitAtlasUpdated(copy); });
        };
        const RowRange range{0, std::min<std::int64_t>(rows, data->rows()) - 1};
        return delivered(*this, JobKind::UnitAtlas, shared(engine->unitAtlas(*data, range, partial, job.progress, job.stop)),
                         [this](const UnitAtlasPtr& a) { Q_EMIT unitAtlasUpdated(a); });
    });
}

}  // namespace dlrm::ui
