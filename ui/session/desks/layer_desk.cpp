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
    state().startAsking(
        JobKind::Layers, [](Engine& engine, const Job& job) { return shared(engine.layers(job)); },
        [this](const ModelLayersPtr& layers) {
            m_results.layers = layers;
            Q_EMIT layersReady(layers);
        });
}

void LayerDesk::requestKernel(bool top, int layer) {
    state().startAsking(
        JobKind::Kernel,
        [top, layer](Engine& engine, const Job& job) { return shared(readKernel(engine, top, layer, job.stop)); },
        [this](const KernelViewPtr& kernel) {
            m_results.kernel = kernel;
            Q_EMIT kernelReady(kernel);
        });
}

void LayerDesk::takeAtlas(const UnitAtlasPtr& atlas) {
    m_results.atlas = atlas;
    Q_EMIT unitAtlasUpdated(atlas);
}

void LayerDesk::startUnitAtlas(qint64 rows) {
    if (!state().data) return;
    const auto use = [this](const UnitAtlasPtr& atlas) { takeAtlas(atlas); };
    state().startAsking(
        JobKind::UnitAtlas,
        [use, data = state().data, rows](Engine& engine, const JobRunner::Running& job) {
            const RowRange range{0, std::min<std::int64_t>(rows, data->rows()) - 1};
            return shared(engine.unitAtlas(*data, range, interimTo<UnitAtlas>(job, use), job));
        },
        use);
}

}  // namespace dlrm::ui
