// SPDX-License-Identifier: GPL-3.0-or-later
// The only caller of core in the window: takes value-type requests from pages on the GUI thread, runs them on workers
// (newest wins per kind of job), and answers with immutable results through queued signals.
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/engine/open_request.h"
#include "core/engine/path_kind.h"
#include "core/engine/results.h"
#include "ui/session/jobs.h"

namespace dlrm::ui {

using ModelInfoPtr = std::shared_ptr<const ModelInfo>;

// What is selected, shared by all pages; the inspector shows it.
struct Selection {
    enum class Kind { None, Table, TableRow, Sample, Layer };
    Kind kind = Kind::None;
    int table = -1;  // Table, TableRow
    std::int64_t row =
        -1;  // TableRow: row id; Sample: row of the dataset, -1, -2 … a pasted one; Layer: unit, -1: none
    bool topMlp = false;  // Layer
    int layer = -1;
    friend bool operator==(const Selection&, const Selection&) = default;
};

// The loaded dataset as the pages may see it.
struct DatasetInfo {
    QString path, format, split, dictionary;
    QString profile;    // of the preprocessing, and how the open model combines several ids of a feature
    DataChoices asked;  // as it was opened
    Reading reading;    // in force
    QStringList splits, notes;
    DatasetSchema schema;
    qint64 rows = 0;
    bool hasLabels = false;
    bool hasDictionary = false;
    bool multiHot = false;           // rows may have several ids of a feature
    bool rawCategories = false;      // rows hold values, and the dictionary says which ids they are
    QString unknownValues;           // a sentence on values that the dictionary does not hold; empty: it holds all
    bool foreignDictionary = false;  // it holds so few that it is another data set's, or another table's
};
using DatasetInfoPtr = std::shared_ptr<const DatasetInfo>;

// How model and data are read instead of how their files mean it: what the doctor found and a person applied.
struct AppliedReading {
    std::optional<InteractionOrder> interactionOrder;
    TableOrder tables = TableOrder::AsIs;
    Reading reading;
    QString sentence() const;  // "NVIDIA order (bottom first), numbers raw, ids plus 1, tables in file order"
    friend bool operator==(const AppliedReading&, const AppliedReading&) = default;
};

// All but the backend and the cache end with the model they were chosen for.
struct ModelSettings : ModelChoices {
    // Ends with another checkpoint or dataset: it was found for these.
    std::optional<AppliedReading> applied;
    // A person's choice, also over an applied reading. Nothing: as found.
    void chooseOrder(std::optional<InteractionOrder> order) {
        interactionOrder = order;
        if (applied) applied->interactionOrder = order;
    }
    friend bool operator==(const ModelSettings&, const ModelSettings&) = default;
};

// A backend as a menu offers it.
struct BackendState {
    QString name;         // "cuda"
    QString unavailable;  // why it cannot be used here, one sentence; empty: it can
    std::vector<Precision> precisions;
};

// The program that exported files name as where they come from.
struct Program {
    QString name, version, commit;
};

class CheckDesk;
class Desk;
class EvaluationDesk;
class InteractionDesk;
class LayerDesk;
class SampleDesk;
class ScenarioDesk;
class SweepDesk;
class TableAnalysis;

class Session : public QObject {
    Q_OBJECT
public:
    explicit Session(QObject* parent = nullptr);
    ~Session() override;

    // State, GUI thread. Null when nothing is open.
    ModelInfoPtr model() const;
    DatasetInfoPtr dataset() const;
    // Files the open model stands in; several tensors may share one.
    int fileCount() const;
    Selection selection() const;
    ModelSettings settings() const;
    // What holds when somebody opens `path`: choices end with the model they were made for; before the first one they
    // were made for that. Of the model that is open, its reading stays, and what is asked for is asked anew.
    ModelSettings settingsFor(const QString& path) const;
    // What computes now and why; a GPU may be lost while a model is open. Of an open model.
    BackendInfo backend() const;
    // Where the open model's tables are on the GPU, feature order; empty: in the mapped files, or nothing was predicted
    // yet.
    std::vector<TablePlacement> placement() const;
    // Best first; empty until somebody asked: findBackends() looks on a worker and answers with backendsFound.
    std::vector<BackendState> backends() const;
    void findBackends();
    bool isRunning(JobKind kind) const;
    bool isOpening() const;  // a model or a dataset
    bool isAnyRunning() const;
    // Kinds that run, lowest rank first.
    std::vector<JobKind> running() const;
    // Until it is told, exported files say nothing of where they come from.
    void setProgram(const Program& program);
    // Who is asked before something is done that ends an evaluation or drops its figures: calls `act`, or declined().
    // Nobody: it is done at once.
    void setAsk(std::function<void(const std::function<void()>& act)> ask);
    void afterAsking(const std::function<void()>& act);
    // What the pages ask for, and what was found (ui/session/desks, ui/session/table_analysis.h).
    TableAnalysis& tables() const;
    InteractionDesk& interactions() const;
    LayerDesk& layers() const;
    EvaluationDesk& evaluation() const;
    SampleDesk& samples() const;
    ScenarioDesk& scenarios() const;
    SweepDesk& sweeps() const;
    CheckDesk& checks() const;

    // --- requests (GUI thread, return at once) ---
    void openModel(const QString& path);  // with settingsFor(path); what was open stays open when this fails
    // beside: a dataset that is opened once the model is, or before where the model is saved as one table and needs its
    // cardinalities. When the model does not open, its failure is the only one and the dataset is not opened; it says
    // as well why the dataset did not give the cardinalities. An empty path: none.
    void openModel(const QString& path, const ModelChoices& choices, const DataChoices& beside = {});
    // Model and, where it names some, data exactly so: no reading and no data of what is open are taken over.
    void openAnew(const OpenRequest& request);
    void openDataset(const DataChoices& data);
    void openDataset(const QString& path, const QString& split = QStringLiteral("test"),
                     const QString& dictionary = {});
    // Whether `asked` is the open dataset with another dictionary, and its rows hold ids: the figures of an evaluation
    // stay, where no slice was typed, so that nobody needs to be asked. Where its files changed meanwhile,
    // openDataset() asks.
    bool keepsFigures(const DataChoices& asked) const;
    // Model and dataset once more from their files, which may be others than those that were opened. Selection and
    // settings stay; modelOpened says that everything shown is to be asked for again.
    void reopen();
    // What paths are that somebody named without saying so; answered by pathsTold.
    void tellPaths(const QStringList& paths);
    // Another split of the open dataset.
    void chooseSplit(const QString& split);
    void openDemo();                                  // the bundled checkpoint, dataset and dictionary
    void setSettings(const ModelSettings& settings);  // re-opens the model in place
    // The same after asking, for a choice that a person makes: one that is in force already ends and drops nothing.
    void chooseSettings(const std::function<void(ModelSettings&)>& change);
    void setSelection(const Selection& selection);
    // The same for a way that one wants back from: a link, a search, a point of a chart; setSelection() also moves
    // within a list.
    void jumpTo(const Selection& selection);
    bool isJumping() const;  // while selectionChanged tells of a jump
    // Reads model and data as the doctor found them, or again as their files mean it, whatever was chosen before;
    // re-opens the model in place.
    void applyReading(const Hypothesis& hypothesis);
    void resetReading();
    // Whether model and data are read as their files mean it, or by default where those do not say. REQUIRES: a model.
    bool readsAsFilesMean() const;
    void closeModel();  // and the dataset with it

    // Where a table that was written as text comes from: the program, model and data as they are open now, into path +
    // ".json", with what the file holds ("rows of cat_3"). Nothing without a program or a model; a notice where it
    // cannot be written.
    void writeOrigin(const QString& path, const QString& holds);
    // Writes the open model as one HDF5 file (.h5) or as a directory in NVIDIA's layout (else), as `dlrm-cli convert`.
    // Goes on while another model is opened. Answered by noticed or, for JobKind::ExportCheckpoint, jobFailed.
    void exportCheckpoint(const QString& path);
    void cancel(JobKind kind);  // all of the kind
    void cancelAll();
    // Names of the files that exports of the kind write, the one that runs first; the others wait.
    QStringList exporting(JobKind kind) const;
    // The export that runs, which a notice names; those that wait go on.
    void cancelExport(JobKind kind);

    // Why a result may not be written to `path`: it is a file of what is open, or an export that runs or waits writes
    // it. Nothing: it may.
    std::optional<Error> refusesAsOutput(const QString& path) const;

    // Of a folder, by the names in it: waits for the disk, but opens no file. Nothing: none of the three.
    static std::optional<PathKind> kindOfFolder(const QString& path);

    // --- pure helpers, GUI thread, microseconds ---
    // Links that lead out of a directory are followed from now on, in the whole program.
    static void followLinks();
    // `request` with an option of opening ("table-order"), as both programs' command lines take it. Errors: those of
    // applyOption() (core/engine/open_options.h); then it is as before.
    static Result<void> choose(OpenRequest& request, const char* option, const QString& value);
    // "a73ee510" of an id when a dictionary is loaded, else empty.
    QString hexOf(int table, std::int64_t id) const;
    // The row that a raw value ("a73ee510") is fed as; nothing: no dictionary, no such value in it, or a text that is
    // none.
    std::optional<qint64> rowOfValue(int table, const QString& hex) const;

Q_SIGNALS:
    void modelOpened(dlrm::ui::ModelInfoPtr model);  // also after settings changed
    // The model was opened anew, also where modelOpened has nothing to say: its files may be others than those that
    // were checked.
    void engineReplaced();
    void modelClosed();
    void datasetOpened(dlrm::ui::DatasetInfoPtr dataset);
    void datasetClosed();
    void selectionChanged(dlrm::ui::Selection selection);
    void settingsChanged();
    void declined();  // what was asked for is not done: what is chosen is as before
    void backendsFound();
    void pathsTold(std::vector<dlrm::ToldPath> paths);  // in the order they were named
    // One line worth a moment's attention ("The dataset does not fit this model and was closed.").
    void noticed(QString text);
    void exported(QString path);  // JobKind::Export
    void checkpointExported(QString path);
    void jobStarted(dlrm::ui::JobKind kind, QString title);
    void jobsWaiting(dlrm::ui::JobKind kind, int waiting);  // how many wait for the one of their kind that runs
    void jobProgressed(dlrm::ui::JobKind kind, qint64 done, qint64 total,
                       QString text);                           // text: "38 % · 612 k rows/s · 4 s left"
    void jobFinished(dlrm::ui::JobKind kind);                   // ended, cancelled or failed
    void jobFailed(dlrm::ui::JobKind kind, dlrm::Error error);  // never for a cancelled or superseded job

public:
    struct State;

private:
    friend struct SessionOpening;
    struct Desks;
    std::unique_ptr<State> m_state;
    std::unique_ptr<Desks> m_desks;
};

}  // namespace dlrm::ui
