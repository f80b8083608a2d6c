// SPDX-License-Identifier: Apache-2.0
// Waits in the event loop until something is so.
#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>

#include <functional>

// False: it was not within `seconds`. Looks after every event, so something must send some: a timer.
inline bool waitFor(const std::function<bool()>& done, int seconds) {
    QElapsedTimer time;
    time.start();
    while (!done() && time.elapsed() < 1000 * seconds)
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
    return done();
}
