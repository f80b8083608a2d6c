// SPDX-License-Identifier: GPL-3.0-or-later
// What the Layers page asks for: statistics of the layers, their kernels, and which units are active over the dataset.
#pragma once

#include <memory>

#include "core/analysis/layers/kernel_pyramid.h"
#include "core/analysis/layers/unit_atlas.h"
#include "core/engine/results.h"
#include "ui/session/desks/desk.h"

namespace dlrm::ui {

using ModelLayersPtr = std::shared_ptr<const ModelLayers>;
using KernelViewPtr = std::shared_ptr<const KernelView>;
using UnitAtlasPtr = std::shared_ptr<const UnitAtlas>;

class LayerDesk : public Desk {
    Q_OBJECT
public:
    using Desk::Desk;

    // Null: not known (yet).
    struct Results {
        ModelLayersPtr layers;
        KernelViewPtr kernel;  // the one that was read last
        UnitAtlasPtr atlas;    // the newest counts, interim ones of a run that was stopped too
    };
    const Results& results() const { return m_results; }

    // Statistics of every layer; answered by layersReady.
    void requestLayers();
    // One kernel ready to draw; answered by kernelReady.
    void requestKernel(bool top, int layer);
    // Counts active units over the first `rows` rows of the dataset; answered by unitAtlasUpdated.
    void startUnitAtlas(qint64 rows);

    void forget() override { m_results = {}; }

Q_SIGNALS:
    void layersReady(dlrm::ui::ModelLayersPtr layers);
    void kernelReady(dlrm::ui::KernelViewPtr kernel);
    void unitAtlasUpdated(dlrm::ui::UnitAtlasPtr atlas);  // interim figures while it runs, then final = true

private:
    void takeAtlas(const UnitAtlasPtr& atlas);

    Results m_results;
};

}  // namespace dlrm::ui
