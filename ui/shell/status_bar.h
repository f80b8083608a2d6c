// SPDX-License-Identifier: GPL-3.0-or-later
// The line at the bottom: backend with its reason, the model's memory, and the job that runs with a way to cancel it.
#pragma once

#include <QHash>
#include <QStatusBar>
#include <QStringList>

#include <vector>

class QLabel;
class QMenu;
class QProgressBar;
class QTimer;
class QToolButton;

namespace dlrm::ui {

enum class JobKind;
class Session;

class StatusBar : public QStatusBar {
    Q_OBJECT
public:
    explicit StatusBar(Session& session, QWidget* parent = nullptr);
    QString jobText() const;
    // Of the jobs that have run long enough to be worth a look, most important first.
    QStringList runningTitles() const;

private:
    struct Running {
        QString title, text;
        qint64 done = 0, total = 0;
        bool shown = false;  // only once it has lasted long enough to be worth a look
    };
    void showBackend();
    void showMemory();
    void showJob();
    std::vector<JobKind> shownJobs() const;
    void fillBackendMenu();

    Session& m_session;
    QToolButton* m_backend = nullptr;
    QMenu* m_menu = nullptr;
    QLabel* m_memory = nullptr;
    QLabel* m_dataset = nullptr;
    QLabel* m_job = nullptr;
    QProgressBar* m_progress = nullptr;
    QToolButton* m_cancel = nullptr;
    QTimer* m_memoryTimer = nullptr;
    QHash<int, Running> m_jobs;  // by JobKind
};

// Bytes of this process in memory, mapped files included; 0 when it cannot be read.
qint64 residentBytes();

}  // namespace dlrm::ui
