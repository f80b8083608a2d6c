// SPDX-License-Identifier: GPL-3.0-or-later
// The line at the bottom: backend with its reason, the model's memory, and the job that runs with a way to cancel it.
#pragma once

#include <QElapsedTimer>
#include <QHash>
#include <QStatusBar>
#include <QStringList>

#include <vector>

#include "ui/session/jobs.h"

class QLabel;
class QMenu;
class QProgressBar;
class QTimer;
class QToolButton;

namespace dlrm::ui {

class Session;

class StatusBar : public QStatusBar {
    Q_OBJECT
public:
    explicit StatusBar(Session& session, QWidget* parent = nullptr);
    QString jobText() const;
    // The menu of backends, precisions and the order of the interaction.
    void showBackends();
    // Of the jobs that have run long enough to be worth a look, most important first; exports have names instead
    // (Session::exporting()).
    QStringList runningTitles() const;
    // How long a job whose work is lost when it ends early must have run before its × asks instead of ending it.
    void setWorthAsking(int ms) { m_worthAskingMs = ms; }

Q_SIGNALS:
    // The × of a job that ran so long; of exports that wait for each other, the one that runs.
    void endingAsked(dlrm::ui::JobKind kind);

private:
    struct Running {
        QString title, text;
        QElapsedTimer since;
        qint64 done = 0, total = 0;
        int waiting = 0;     // exports that come after it
        bool shown = false;  // only once it has lasted long enough to be worth a look
    };
    void showBackend();
    void showMemory();
    void showJob();
    void endShownJob();
    std::vector<JobKind> shownJobs() const;
    QString titleOf(JobKind kind) const;
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
    int m_worthAskingMs = 3000;
};

// Bytes of this process in memory, without mapped files; 0 when it cannot be read.
qint64 ownBytes();

}  // namespace dlrm::ui
