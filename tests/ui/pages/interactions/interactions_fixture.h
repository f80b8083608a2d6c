// SPDX-License-Identifier: Apache-2.0
// The Interactions page with the bundled demo, and the same opened without a window, for tests that click through it.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QPushButton>

#include "core/engine/workspace.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_view.h"
#include "ui/pages/interactions/page.h"

namespace dlrm::ui {

class InteractionsFixture : public QObject {
protected:
    static constexpr int kWait = 60000;

    Session* m_session = nullptr;
    InteractionsPage* m_page = nullptr;
    InteractionFiguresPtr m_newest;

    template <class T>
    T* find(const char* name) const {
        return m_page->findChild<T*>(QString::fromLatin1(name));
    }
    QString status() const { return find<QLabel>("interactionsStatus")->text(); }
    HeatmapView* map() const { return m_page->findChild<HeatmapView*>(); }
    QString readout() const { return find<QLabel>("heatmapReadout")->text(); }
    bool runToTheEnd() {
        m_newest = nullptr;
        find<QPushButton>("runInteractions")->click();
        return QTest::qWaitFor(
            [this] { return m_newest && m_newest->found.final && !m_session->isRunning(JobKind::Interactions); },
            kWait);
    }
    void choose(const char* box, const char* text) { find<QComboBox>(box)->setCurrentText(QString::fromUtf8(text)); }
    // What the map holds at two vectors as they stand in it.
    double mapped(std::size_t row, std::size_t column) const { return map()->chart()->table().rows[row][column]; }

    static Workspace opened() {
        OpenRequest request;
        request.checkpoint = test::demoPath("checkpoint").toStdString();
        request.data.path = test::demoPath("dataset").toStdString();
        auto opened = openWorkspace(request);
        if (!opened) qFatal("%s", opened.error().text().c_str());
        return *std::move(opened);
    }
    void openPage() {
        test::failOnAnyWarning();
        m_session = new Session;
        m_newest = nullptr;
        connect(&m_session->interactions(), &InteractionDesk::updated, this,
                [this](const InteractionFiguresPtr& figures) { m_newest = figures; });
        QVERIFY(test::openModel(*m_session));
        QVERIFY(test::openDataset(*m_session));
        m_page = new InteractionsPage(*m_session);
        m_page->resize(1200, 800);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page));
    }
    void closePage() {
        delete m_page;
        delete m_session;
    }
};

}  // namespace dlrm::ui
