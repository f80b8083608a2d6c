// SPDX-License-Identifier: Apache-2.0
// The Evaluate page with the bundled demo, for tests that click through it.
#pragma once

#include <QPushButton>

#include "tests/ui/pages/page_fixture.h"
#include "ui/pages/evaluate/page.h"
#include "ui/session/desks/evaluation_desk.h"

namespace dlrm::ui {

class EvaluateFixture : public QObject {
protected:
    static constexpr int kWait = 60000;

    Session* m_session = nullptr;
    EvaluatePage* m_page = nullptr;
    EvaluationPtr m_newest;

    template <class T>
    T* find(const char* name) const {
        return m_page->findChild<T*>(QString::fromLatin1(name));
    }
    bool runToTheEnd() {
        m_newest = nullptr;
        find<QPushButton>("runEvaluation")->click();
        return QTest::qWaitFor(
            [this] { return m_newest && m_newest->final && !m_session->isRunning(JobKind::Evaluate); }, kWait);
    }

    void openPage() {
        test::failOnAnyWarning();
        m_session = new Session;
        m_newest = nullptr;
        connect(&m_session->evaluation(), &EvaluationDesk::updated, this,
                [this](const EvaluationPtr& e) { m_newest = e; });
        QVERIFY(test::openModel(*m_session));
        QVERIFY(test::openDataset(*m_session));
        m_page = new EvaluatePage(*m_session);
        m_page->resize(1200, 860);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page));
    }

    void closePage() {
        delete m_page;
        delete m_session;
    }
};

}  // namespace dlrm::ui
