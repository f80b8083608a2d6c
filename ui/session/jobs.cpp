// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/jobs.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>

#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

constexpr int kRowRequests = 8;                        // a grid and an inspector ask side by side, and all are answered
constexpr int kOrigins = 16;                           // files whose origin is still to be written
constexpr int kAll = std::numeric_limits<int>::max();  // one after the other; none takes the place of another

constexpr auto Replaced = JobEnd::Replaced, Closed = JobEnd::Closed, Nothing = JobEnd::Nothing;
constexpr auto Never = JobLoss::Never, WhenReplaced = JobLoss::WhenReplaced, Always = JobLoss::Always;
using Kind = JobKind;

// clang-format off
constexpr JobEntry kJobs[] = {
    // kind                 title                                                              end   rank shown alive
    //                      keeps  loss          running
    {Kind::OpenModel,        QT_TRANSLATE_NOOP("Jobs", "Opening a checkpoint"),     Closed,   15, true,  1,            true,  Never,        nullptr},
    {Kind::OpenDataset,      QT_TRANSLATE_NOOP("Jobs", "Opening a dataset"),        Closed,   16, true,  1,            true,  Never,        nullptr},
    {Kind::TableRows,        QT_TRANSLATE_NOOP("Jobs", "Reading rows"),             Replaced, 20, true,  kRowRequests, false, Never,        nullptr},
    {Kind::SampleRows,       QT_TRANSLATE_NOOP("Jobs", "Predicting rows"),          Replaced, 17, true,  kRowRequests, false, Never,        nullptr},
    {Kind::Explain,          QT_TRANSLATE_NOOP("Jobs", "Explaining a row"),         Replaced, 18, true,  1,            false, Never,        nullptr},
    {Kind::ExplainPinned,    QT_TRANSLATE_NOOP("Jobs", "Explaining a row"),         Replaced, 19, true,  1,            false, Never,        nullptr},
    {Kind::Attribute,        QT_TRANSLATE_NOOP("Jobs", "Attributing a prediction"), Replaced, 32, true,  1,            false, Never,        nullptr},
    {Kind::AttributePinned,  QT_TRANSLATE_NOOP("Jobs", "Attributing a prediction"), Replaced, 33, true,  1,            false, Never,        nullptr},
    {Kind::Sweep,            QT_TRANSLATE_NOOP("Jobs", "Sweeping a field"),         Replaced, 38, true,  1,            true,  Never,        nullptr},
    {Kind::FindChanges,      QT_TRANSLATE_NOOP("Jobs", "Searching for changes"),    Replaced, 39, true,  1,            true,  Never,        nullptr},
    {Kind::Evaluate,         QT_TRANSLATE_NOOP("Jobs", "Evaluate"),                 Replaced, 1,  true,  1,            true,  Always,
     QT_TRANSLATE_NOOP("Jobs", "An evaluation is running.")},
    {Kind::SliceCurves,      QT_TRANSLATE_NOOP("Jobs", "Evaluate a slice"),         Replaced, 36, true,  1,            true,  Never,        nullptr},
    {Kind::Interactions,     QT_TRANSLATE_NOOP("Jobs", "Count interactions"),       Replaced, 2,  true,  1,            true,  Always,
     QT_TRANSLATE_NOOP("Jobs", "Interactions are being counted.")},
    {Kind::InteractionRow,   QT_TRANSLATE_NOOP("Jobs", "Multiplying a row"),        Replaced, 37, false, 1,            false, Never,        nullptr},
    {Kind::TableStatistics,  QT_TRANSLATE_NOOP("Jobs", "Statistics of a table"),    Replaced, 6,  true,  1,            true,  Never,        nullptr},
    {Kind::TableCosines,     QT_TRANSLATE_NOOP("Jobs", "Cosines to the mean"),      Replaced, 11, true,  1,            true,  Never,        nullptr},
    {Kind::Traffic,          QT_TRANSLATE_NOOP("Jobs", "Counting lookups"),         Replaced, 10, true,  1,            true,  Never,        nullptr},
    {Kind::TrafficSpectrum,  QT_TRANSLATE_NOOP("Jobs", "Spectrum by traffic"),      Replaced, 13, true,  1,            true,  Never,        nullptr},
    {Kind::TablePictures,    QT_TRANSLATE_NOOP("Jobs", "Drawing statistics"),       Replaced, 23, false, 1,            false, Never,        nullptr},
    {Kind::RowOrder,         QT_TRANSLATE_NOOP("Jobs", "Ordering rows"),            Replaced, 4,  true,  1,            false, Never,        nullptr},
    {Kind::Neighbors,        QT_TRANSLATE_NOOP("Jobs", "Nearest rows"),             Replaced, 5,  true,  1,            false, Never,        nullptr},
    {Kind::TableMap,         QT_TRANSLATE_NOOP("Jobs", "Drawing a map"),            Replaced, 3,  true,  1,            false, Never,        nullptr},
    {Kind::MapColours,       QT_TRANSLATE_NOOP("Jobs", "Colouring the map"),        Replaced, 12, true,  1,            false, Never,        nullptr},
    {Kind::MapLoop,          QT_TRANSLATE_NOOP("Jobs", "Selecting points"),         Replaced, 24, false, 1,            false, Never,        nullptr},
    {Kind::Density,          QT_TRANSLATE_NOOP("Jobs", "Drawing points"),           Replaced, 25, false, 1,            false, Never,        nullptr},
    {Kind::Layers,           QT_TRANSLATE_NOOP("Jobs", "Reading layers"),           Replaced, 26, false, 1,            true,  Never,        nullptr},
    {Kind::Kernel,           QT_TRANSLATE_NOOP("Jobs", "Reading a kernel"),         Replaced, 27, false, 1,            true,  Never,        nullptr},
    {Kind::UnitAtlas,        QT_TRANSLATE_NOOP("Jobs", "Count active units"),       Replaced, 21, true,  1,            true,  WhenReplaced,
     QT_TRANSLATE_NOOP("Jobs", "Active units are being counted.")},
    {Kind::Doctor,           QT_TRANSLATE_NOOP("Jobs", "Check the reading"),        Replaced, 7,  true,  1,            true,  WhenReplaced,
     QT_TRANSLATE_NOOP("Jobs", "The reading is being checked.")},
    {Kind::Files,            QT_TRANSLATE_NOOP("Jobs", "Look at the files"),        Replaced, 28, false, 1,            true,  Never,        nullptr},
    {Kind::Values,           QT_TRANSLATE_NOOP("Jobs", "Check values"),             Replaced, 8,  true,  1,            true,  WhenReplaced,
     QT_TRANSLATE_NOOP("Jobs", "The values are being checked.")},
    {Kind::Verify,           QT_TRANSLATE_NOOP("Jobs", "Verify"),                   Replaced, 9,  true,  1,            true,  WhenReplaced,
     QT_TRANSLATE_NOOP("Jobs", "The files are being verified.")},
    {Kind::Export,           QT_TRANSLATE_NOOP("Jobs", "Exporting"),                Nothing,  14, true,  kAll,         false, Always,
     QT_TRANSLATE_NOOP("Jobs", "An export is running.")},
    {Kind::ExportOrigin,     QT_TRANSLATE_NOOP("Jobs", "Exporting"),                Nothing,  29, false, kOrigins,     false, Never,        nullptr},
    {Kind::ExportCheckpoint, QT_TRANSLATE_NOOP("Jobs", "Exporting the checkpoint"), Nothing,  22, true,  kAll,         false, Always,
     QT_TRANSLATE_NOOP("Jobs", "The checkpoint is being exported.")},
    {Kind::FindBackends,     QT_TRANSLATE_NOOP("Jobs", "Looking for a GPU"),        Nothing,  30, false, 1,            true,  Never,        nullptr},
    {Kind::TellPaths,        QT_TRANSLATE_NOOP("Jobs", "Looking at files"),         Nothing,  31, true,  1,            false, Never,        nullptr},
    {Kind::Workspace,        QT_TRANSLATE_NOOP("Jobs", "Looking at a workspace"),   Nothing,  34, false, kAll,         false, Never,        nullptr},
    {Kind::PredictScenario,  QT_TRANSLATE_NOOP("Jobs", "Predicting a scenario"),    Replaced, 35, true,  1,            false, Never,        nullptr},
};
// clang-format on

constexpr bool standsInOrder() {
    for (std::size_t i = 0; i < std::size(kJobs); ++i)
        if (static_cast<std::size_t>(kJobs[i].kind) != i) return false;
    return true;
}
static_assert(standsInOrder(), "the table of jobs stands in the order of JobKind");

}  // namespace

std::span<const JobEntry> jobTable() { return kJobs; }
const JobEntry& jobEntry(JobKind kind) { return kJobs[static_cast<std::size_t>(kind)]; }
bool isExport(JobKind kind) { return jobEntry(kind).loss == JobLoss::Always && jobEntry(kind).end == JobEnd::Nothing; }
QString jobTitle(JobKind kind) { return QCoreApplication::translate("Jobs", jobEntry(kind).title); }
QString jobRunning(JobKind kind) { return QCoreApplication::translate("Jobs", jobEntry(kind).running); }

QString cancelledExports(const QStringList& names) {
    constexpr qsizetype kNamed = 5;
    QString said = names.mid(0, kNamed).join(QStringLiteral(", "));
    if (names.size() > kNamed)
        said = QCoreApplication::translate("Jobs", "%1 and %2 more").arg(said, formatCount(names.size() - kNamed));
    return QCoreApplication::translate("Jobs", "%1 cancelled: %2")
        .arg(countedText(names.size(), "export", "was", "were"), said);
}

const std::vector<JobKind>& jobsByRank() {
    static const std::vector<JobKind> sorted = [] {
        std::vector<JobKind> kinds;
        for (const JobEntry& job : kJobs) kinds.push_back(job.kind);
        std::sort(kinds.begin(), kinds.end(), [](JobKind a, JobKind b) { return jobEntry(a).rank < jobEntry(b).rank; });
        return kinds;
    }();
    return sorted;
}

}  // namespace dlrm::ui
