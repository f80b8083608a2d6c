// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/layer_desk.h"

#include <algorithm>

#include "ui/session/session_state.h"

namespace dlrm::ui {
namespace {

Result<KernelView> readKernel(const Engine& engine, bool top, int layer, const std::stop_token& stop) {
    const std::vector<LayerSpec>& mlp = top ? engine.spec().topMlp : engine.spec().bottomMlp;
    DLRM_TRY(auto weights, engine.layerWeights(top, layer));
    DenseWeights next;
    if (static_cast<std::size_t>(layer) + 1 < mlp.size()) {
        DLRM_TRY(auto read, engine.layerWeights(top, layer + 1));
        next = std::move(read);
    }
    const LayerSpec& spec = mlp[static_cast<std::size_t>(layer)];
    auto view = kernelView(std::move(weights), spec.inputs - spec.paddingInputs, stop);
    if (!view) return view;
    view->top = top;
    view->layer = layer;
    view->next = std::move(next);
    return view;
}

}  // namespace

void LayerDesk::requestLayers() {
    if (!state().engine) return;
    state().start(JobKind::Layers, [this, engine = state().engine](const JobRunner::Running& job) {
        return delivered(session(), JobKind::Layers, shared(engine->layers({job.progress, job.stop})),
                         [this](const ModelLayersPtr& layers) {
                             m_results.layers = layers;
                             Q_EMIT layersReady(layers);
                         });
    });
}

void LayerDesk::requestKernel(bool top, int layer) {
    if (!state().engine) return;
    state().start(JobKind::Kernel, [this, engine = state().engine, top, layer](const JobRunner::Running& job) {
        return delivered(session(), JobKind::Kernel, shared(readKernel(*engine, top, layer, job.stop)),
                         [this](const KernelViewPtr& kernel) {
                             m_results.kernel = kernel;
                             Q_EMIT kernelReady(kernel);
                         });
    });
}

void LayerDesk::takeAtlas(const UnitAtlasPtr& atlas) {
    m_results.atlas = atlas;
    Q_EMIT unitAtlasUpdated(atlas);
}

void LayerDesk::startUnitAtlas(qint64 rows) {
    if (!state().engine || !state().data) return;
    state().start(JobKind::UnitAtlas,
                  [this, engine = state().engine, data = state().data, rows](const JobRunner::Running& job) {
                      const auto partial = [this, &job](const UnitAtlas& interim) {
                          job.interim([this, copy = std::make_shared<const UnitAtlas>(interim)] { takeAtlas(copy); });
                      };
                      const RowRange range{0, std::min<std::int64_t>(rows, data->rows()) - 1};
                      return delivered(session(), JobKind::UnitAtlas,
                                       shared(engine->unitAtlas(*data, range, partial, {job.progress, job.stop})),
                                       [this](const UnitAtlasPtr& atlas) { takeAtlas(atlas); });
                  });
}

}  // namespace dlrm::ui
