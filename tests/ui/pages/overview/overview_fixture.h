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
