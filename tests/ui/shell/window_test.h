// SPDX-License-Identifier: Apache-2.0
// A test with a window and a session of its own for each function, and a home that no other test knows.
#pragma once

#include <QObject>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

#include "ui/session/session.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/recent_files.h"

namespace dlrm::test {

class WindowTest : public QObject {
protected:
    static constexpr int kWaitMs = 60'000;

    QTemporaryDir m_home;
    std::unique_ptr<ui::Session> m_session;
    std::unique_ptr<ui::MainWindow> m_window;

    void useHome() const {
        for (const char* name : {"CONFIG", "STATE", "CACHE"})
            qputenv((QByteArray("XDG_") + name + "_HOME").constData(), m_home.filePath(QLatin1String(name)).toUtf8());
    }
    void showWindow() {
        m_session = std::make_unique<ui::Session>();
        m_window = std::make_unique<ui::MainWindow>(*m_session);
        m_window->show();
    }
    void closeWindow() {
        m_window.reset();
        m_session.reset();
        ui::RecentFiles::instance().clear();
    }
    bool settles() {
        return QTest::qWaitFor([this] { return !m_session->isAnyRunning(); }, kWaitMs);
    }
};

}  // namespace dlrm::test
