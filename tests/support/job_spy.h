// SPDX-License-Identifier: Apache-2.0
// Waits for what a job of the session delivers, and no longer than until a job fails.
#pragma once

#include <QSignalSpy>
#include <QTest>

#include <concepts>

#include "ui/session/desks/desk.h"

namespace dlrm::test {

class JobSpy : public QSignalSpy {
public:
    template <class Signal>
    JobSpy(ui::Session* session, Signal delivers)
        : QSignalSpy(session, delivers), m_failures(session, &ui::Session::jobFailed) {}
    template <std::derived_from<ui::Desk> D, class Signal>
    JobSpy(D* desk, Signal delivers)
        : QSignalSpy(desk, delivers), m_failures(&desk->session(), &ui::Session::jobFailed) {}

    // True once the signal has come again; false after `ms`, or at once, with the error printed, where a job failed
    // since the last wait().
    bool wait(int ms) {
        const qsizetype before = size();
        const bool ended = QTest::qWaitFor([&] { return size() > before || m_failures.size() > m_seen; }, ms);
        const bool came = size() > before;
        if (ended && !came) qWarning("a job failed: %s", m_failures.last().at(1).value<Error>().text().c_str());
        m_seen = m_failures.size();
        return came;
    }

private:
    QSignalSpy m_failures;
    qsizetype m_seen = 0;
};

}  // namespace dlrm::test
