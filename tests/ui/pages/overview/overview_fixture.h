// SPDX-License-Identifier: Apache-2.0
// The Overview page with its cards, for the tests that press their buttons.
#pragma once

#include <QAbstractButton>

#include "tests/ui/pages/page_fixture.h"
#include "ui/pages/overview/integrity_card.h"
#include "ui/pages/overview/page.h"
#include "ui/pages/overview/reading_card.h"

namespace dlrm::ui::test_overview {

inline constexpr int kWaitMs = 120'000;  // a busy machine

using test::textOf;

inline ModelSpec modelWith(int tables) {
    ModelSpec spec;
    spec.layout = "C";
    spec.embeddingDim = 128;
    spec.numericalFeatures = 13;
    for (int i = 0; i < tables; ++i) {
        TableSpec t;
        t.name = "cat_" + std::to_string(i);
        t.rows = i % 7 == 0 ? 8'165'896 : 3 + i;
        t.dim = 128;
        t.bytes = t.rows * t.dim * 4;
        spec.tables.push_back(t);
    }
    const auto layer = [](std::int64_t inputs, std::int64_t outputs, std::int64_t padding, bool relu) {
        LayerSpec l;
        l.inputs = inputs;
        l.outputs = outputs;
        l.paddingInputs = padding;
        l.relu = relu;
        return l;
    };
    spec.bottomMlp = {layer(16, 512, 3, true), layer(512, 256, 0, true), layer(256, 128, 0, true)};
    spec.topMlp = {layer(spec.interactionWidth() + 1, 1024, 1, true), layer(1024, 256, 0, true),
                   layer(256, 1, 0, false)};
    return spec;
}

struct Opened {
    Session session;
    OverviewPage page{session};
    Opened() {
        page.resize(1200, 900);
        page.show();
    }
    ReadingCard& reading() { return *page.findChild<ReadingCard*>(); }
    IntegrityCard& integrity() { return *page.findChild<IntegrityCard*>(); }
    QAbstractButton* button(const char* name) { return page.findChild<QAbstractButton*>(QLatin1String(name)); }
    bool idle() const { return !session.isAnyRunning(); }
};

}  // namespace dlrm::ui::test_overview
