// SPDX-License-Identifier: Apache-2.0
// The Overview page with its cards, for the tests that press their buttons.
#pragma once

#include <QAbstractButton>
#include <QLabel>

#include "tests/ui/pages/page_fixture.h"
#include "ui/pages/overview/integrity_card.h"
#include "ui/pages/overview/page.h"
#include "ui/pages/overview/reading_card.h"

namespace dlrm::ui::test_overview {

inline constexpr int kWaitMs = 120'000;  // a busy machine

inline QString textOf(const QWidget& widget) {
    QString text;
    for (const QLabel* label : widget.findChildren<QLabel*>())
        if (label->isVisibleTo(&widget)) text += label->text() + QLatin1Char('\n');
    return text;
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
