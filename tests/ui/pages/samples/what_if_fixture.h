// SPDX-License-Identifier: Apache-2.0
// Panels of what if on the Samples page, for tests that ask for them.
#pragma once

#include <QTableView>

#include <cmath>
#include <memory>

#include "tests/support/larger_demo.h"
#include "tests/ui/pages/samples/samples_fixture.h"
#include "ui/pages/samples/sweep_chart.h"
#include "ui/pages/samples/what_if_panel.h"

namespace dlrm::ui {

inline double probabilityOf(float logit) { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

class WhatIfFixture : public SamplesFixture {
protected:
    QTableView* list() const { return find<QTableView>("whatIfList"); }
    SweepChart* chart() const { return find<SweepChart>("sweepChart"); }
    QString facts() const { return find<QLabel>("whatIfFacts") ? labelText("whatIfFacts") : QString(); }
    bool isOpen() const { return m_page->findChild<WhatIfPanel*>() != nullptr; }
    bool settles() const {
        return QTest::qWaitFor([this] { return m_page->isSettled() && !m_session->isAnyRunning(); }, kWait);
    }
    void sweep(const char* field) {
        find<QToolButton>(qPrintable(QStringLiteral("sweep_") + QLatin1String(field)))->click();
        QVERIFY(settles());
        QVERIFY(isOpen());
    }
};

// The page with a demo whose cat_19 has more ids than a chart draws as dots.
struct LargerSamples {
    QTemporaryDir home;
    Session session;
    std::unique_ptr<SamplesPage> page;

    void open() {
        test::writeLargerDemo(home.path());
        test::JobSpy model(&session, &Session::modelOpened), dataset(&session, &Session::datasetOpened);
        session.openModel(home.filePath(QStringLiteral("checkpoint")));
        QVERIFY(model.wait(kWait));
        session.openDataset(home.filePath(QStringLiteral("dataset")), QStringLiteral("test"));
        QVERIFY(dataset.wait(kWait));
        page = std::make_unique<SamplesPage>(session);
        page->resize(1400, 900);
        page->show();
        QTRY_VERIFY_WITH_TIMEOUT(page->isSettled(), kWait);
    }
};

}  // namespace dlrm::ui
