// SPDX-License-Identifier: GPL-3.0-or-later
// THE TABLE OF JOBS: what the window knows of each kind of work that runs off the GUI thread. What ends with a model,
// what the status bar shows first and what is asked before work is lost all follow from it: a new kind of job is a name
// in JobKind, one line in jobs.cpp and one driver in tests/ui/session/job_drivers.h.
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

#include <span>
#include <vector>

namespace dlrm::ui {
Q_NAMESPACE

// One kind of job has one lane of the runner; a new request of a kind takes the place of the oldest one beyond `alive`.
enum class JobKind {
    OpenModel,
    OpenDataset,
    TableRows,
    SampleRows,
    Explain,
    ExplainPinned,
    Attribute,
    AttributePinned,
    Sweep,
    FindChanges,
    Evaluate,
    SliceCurves,
    Interactions,
    InteractionRow,
    TableStatistics,
    TableCosines,
    Traffic,
    TrafficSpectrum,
    TablePictures,
    RowOrder,
    Neighbors,
    TableMap,
    MapColours,
    MapLoop,
    Density,
    Layers,
    Kernel,
    UnitAtlas,
    Doctor,
    Files,
    Values,
    Verify,
    Export,
    ExportOrigin,
    ExportCheckpoint,
    FindBackends,
    TellPaths,
    Workspace,
    PredictScenario
};
Q_ENUM_NS(JobKind)

// What ends a job before it is done, beside a request to cancel it.
enum class JobEnd {
    Replaced,  // it reads what is open: another model or dataset, the same ones read otherwise, or none
    Closed,    // it opens something: the model is closed
    Nothing    // it holds what it needs
};

// When somebody is asked before a job ends early, since what it has done would be lost.
enum class JobLoss {
    Never,         // it is done again at once, or what it has done is kept
    WhenReplaced,  // something else is opened, or read otherwise, or by Esc
    Always         // that, and quitting
};

struct JobEntry {
    JobKind kind;
    const char* title;  // translated by jobTitle(); who starts a job may say more
    JobEnd end;
    int rank;          // of the jobs that run, the status bar names that of the lowest rank; no two have the same
    bool shown;        // in the status bar at all: not what is done in passing
    int alive;         // requests that live at once, the one that runs included
    bool keepsResult;  // the session or a desk keeps it; else only who asked has it
    JobLoss loss;
    const char* running;  // a sentence for who is asked, translated by jobRunning(); null: nobody ever is
};

// In the order of JobKind.
std::span<const JobEntry> jobTable();
const JobEntry& jobEntry(JobKind kind);
// It goes on whatever is opened or closed meanwhile; what it has done is lost when it is cancelled.
bool isExport(JobKind kind);
QString jobTitle(JobKind kind);
QString jobRunning(JobKind kind);
// "2 exports were cancelled: a.csv, b.h5"; of many the first few are named.
QString cancelledExports(const QStringList& names);
// All kinds, lowest rank first.
const std::vector<JobKind>& jobsByRank();

}  // namespace dlrm::ui
