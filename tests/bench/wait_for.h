// SPDX-License-Identifier: Apache-2.0
// Waits in the event loop until something is so; opens what a benchmark of a page looks at.
#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>

#include <functional>

#include "ui/session/session.h"

// False: it was not within `seconds`. Looks after every event, so something must send some: a timer.
inline bool waitFor(const std::function<bool()>& done, int seconds) {
    QElapsedTimer time;
    time.start();
    while (!done() && time.elapsed() < 1000 * seconds)
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
    return done();
}

// Model and test split; false: they were not there within two minutes.
inline bool openBoth(dlrm::ui::Session& session, const char* model, const char* dataset) {
    session.openModel(QString::fromLocal8Bit(model));
    if (!waitFor([&] { return session.model() && !session.isAnyRunning(); }, 60)) return false;
    session.openDataset(QString::fromLocal8Bit(dataset), QStringLiteral("test"));
    return waitFor([&] { return session.dataset() && !session.isAnyRunning(); }, 60);
}
