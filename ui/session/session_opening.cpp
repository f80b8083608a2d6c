// SPDX-License-Identifier: GPL-3.0-or-later
// Session: opening, re-opening and closing of models and datasets. What was open stays open until its successor is
// there.
#include <QFileInfo>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/analysis/reading/hypotheses.h"
#include "core/base/random_access_file.h"
#include "core/dataset/readers/reading.h"
#include "core/engine/backends.h"
#include "core/engine/open_options.h"
#include "core/engine/workspace.h"
#include "ui/session/demo_location.h"
#include "ui/session/desks/desk.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/desks/interaction_desk.h"
#include "ui/session/desks/scenario_desk.h"
#include "ui/session/plain_words.h"
#include "ui/session/session_state.h"
#include "ui/widgets/recent_files.h"

namespace dlrm::ui {
namespace {

struct Opened {
    Workspace workspace;
    DataChoices asked;  // of the dataset, without an applied reading
    QString notice;
    bool putAside = false;  // nothing changes but that the notice is shown
    // Model and dataset are of the files that are open, which did not change since.
    bool sameModelFiles = false, sameDataFiles = false;
    bool sameFiles() const { return sameModelFiles && sameDataFiles; }
};

// An applied reading is part of how both are opened.
OpenRequest requestOf(const std::string& path, const ModelSettings& settings, const DataChoices& data) {
    OpenRequest out{path, settings, data, false};
    if (!settings.applied) return out;
    const AppliedReading& applied = *settings.applied;
    out.model.orderDetected = applied.interactionOrder != settings.interactionOrder;
    out.model.interactionOrder = applied.interactionOrder;
    out.model.interactionTables = applied.tables;
    if (data.path.empty()) return out;
    out.data.numerical = applied.reading.numerical;
    out.data.idShift = applied.reading.idShift;
    return out;
}

bool isPart(const Engine* engine) { return engine && !engine->spec().missing.empty(); }

// A dataset of the whole model beside a part of it: the part stays open as it is.
Opened putAside() {
    Opened out;
    out.putAside = true;
    out.notice = Session::tr(
        "The dataset was put aside: this is a part of a model, and the dataset does not fit it. Open the whole model "
        "with it.");
    return out;
}

// The dataset, and the model again with the dataset's names and order. `engine`: the model as it is open, or null.
Result<Opened> openData(const OpenRequest& request, const std::shared_ptr<Engine>& engine, const Job& job) {
    auto opened = openWorkspace(request, {engine, nullptr, nullptr}, job);
    if (opened) {
        if (isPart(engine.get()) && engine->spec().tables.empty())
            return putAside();  // layers alone: nothing of the dataset is theirs
        Opened out;
        out.workspace = *std::move(opened);
        return out;
    }
    Error error = std::move(opened).error();
    if (error.isCancelled() || !engine) return fail(std::move(error));
    const std::string& model = engine->info().path;
    const bool ofModel = error.file.starts_with(model) && !error.file.starts_with(request.data.path);
    const bool unreadable = ofModel && error.code.starts_with("E-FILE-");
    if (isPart(engine.get()) && !unreadable) {
        // Without the part's tables it may be read: then it is right, and of another model.
        OpenRequest alone = request;
        alone.checkpoint.clear();
        if (openWorkspace(alone, {}, job)) return putAside();
    }
    if (error.code == "E-DICT-006" && !request.data.dictionary.empty()) {
        // The dictionary is to blame only where the dataset fits the model without it.
        OpenRequest without = request;
        without.data.dictionary.clear();
        without.data.missingDictionary = MissingDictionary::Row0;
        if (auto read = openData(without, engine, job); !read || read->putAside) return read;
    }
    if (ofModel && !unreadable) {
        // The model was open before: what does not fit is the dataset, unless the model does not open without it
        // either.
        OpenRequest alone = request;
        alone.data = {};
        const auto again = openWorkspace(alone, {}, job);
        if (again || again.error().code != error.code) error.file = request.data.path;
    }
    return fail(std::move(error));
}

DatasetInfoPtr describe(const Workspace& opened, const DataChoices& asked) {
    const Dataset& data = *opened.dataset;
    const Dictionary* dictionary = opened.dictionary.get();
    auto info = std::make_shared<DatasetInfo>();
    info->path = text(data.path());
    info->format = text(data.format());
    info->split = text(data.split());
    info->profile = text(data.profile());
    info->multiHot = data.multiHot();
    info->rawCategories = data.holdsRawCategories();
    if (info->multiHot && opened.engine && opened.engine->spec().combiner)
        info->profile +=
            QStringLiteral(", ids combined by ") + text(std::string(name(*opened.engine->spec().combiner)));
    info->asked = asked;
    info->reading = opened.reading;
    if (dictionary) info->dictionary = text(dictionary->path());
    for (const std::string& split : data.splits()) info->splits << text(split);
    for (const std::string& note : data.notes()) info->notes << text(note);
    info->schema = data.schema();
    info->rows = data.rows();
    info->hasLabels = data.hasLabels();
    info->hasDictionary = dictionary != nullptr;
    if (const auto unknown = data.unknownValues()) {
        info->unknownValues = text(unknown->sentence());
        info->foreignDictionary = unknown->most();
    }
    return info;
}

// `error`: nothing says the tables' rows; with: why the dataset that was named does not say them either.
Error withDataset(Error error, const Error& with) {
    const bool silent = with.code == error.code;
    error.message += local(silent ? Session::tr(" The dataset does not say it either.")
                                  : Session::tr(" The dataset was refused: %1").arg(text(with.message)));
    if (!silent) error.found += local(Session::tr("; of the dataset %1: %2").arg(text(with.code), text(with.found)));
    return error;
}

bool isUnchanged(const Engine& engine) {
    const std::vector<FileState> files = engine.fileStates();
    return std::all_of(files.begin(), files.end(), [](const FileState& file) { return file.problem.empty(); });
}

// Whether the rows hold the same ids and numbers in both, which say the same files: all but the values that ids stand
// for.
bool sameIds(const DatasetInfo& a, const DatasetInfo& b) {
    return !a.rawCategories && !b.rawCategories && a.path == b.path && a.split == b.split && a.rows == b.rows &&
           a.profile == b.profile && a.reading == b.reading && a.schema.numericalNames == b.schema.numericalNames &&
           a.schema.categoricalNames == b.schema.categoricalNames;
}

// Whether pages would show the same for both.
bool sameModel(const ModelInfo& a, const ModelInfo& b) {
    const auto sameTable = [](const TableSpec& x, const TableSpec& y) {
        return x.name == y.name && x.rows == y.rows && x.file == y.file;
    };
    return a.path == b.path && a.notes == b.notes && a.spec.tableOrderKnown == b.spec.tableOrderKnown &&
           a.spec.numericalFeatures == b.spec.numericalFeatures && a.spec.interactionOrder == b.spec.interactionOrder &&
           a.spec.orderSource == b.spec.orderSource && a.spec.combiner == b.spec.combiner &&
           a.spec.interactionTableOrder == b.spec.interactionTableOrder && a.backend.name == b.backend.name &&
           a.backend.precision == b.backend.precision &&
           std::equal(a.spec.tables.begin(), a.spec.tables.end(), b.spec.tables.begin(), b.spec.tables.end(),
                      sameTable);
}

}  // namespace

// The parts of opening that touch Session's state; a friend so that session.h stays free of core's classes.
struct SessionOpening {
    static QString datasetPath(const Session::State& state) { return state.dataset ? state.dataset->path : QString(); }

    // Jobs in flight belong to what was open before.
    static void endJobs(Session& s, JobEnd end) {
        for (const JobEntry& job : jobTable())
            if (job.end == end) s.cancel(job.kind);
    }

    // What the options of the start read otherwise than the files mean it becomes an applied reading of the model that
    // is open, which is told and can be taken back like one that was found. Without a model it waits in `asked`.
    static bool becomesApplied(Session::State& state, const Workspace& now, DataChoices& asked) {
        if (!now.engine || !now.stored || (!asked.numerical && asked.idShift == 0)) return false;
        asked.numerical.reset();
        asked.idShift = 0;
        if (state.settings.applied || now.reading == ownReading(*now.stored)) return false;
        // As they are in force: the layout's own order is the one or the other.
        const ModelSpec& spec = now.engine->spec();
        const bool sorted = spec.interactionTableOrder == interactionTables(spec, TableOrder::ByCardinality);
        state.settings.applied = AppliedReading{state.settings.interactionOrder,
                                                sorted ? TableOrder::ByCardinality : TableOrder::AsIs, now.reading};
        return true;
    }

    static void take(Session& s, const Opened& opened) {
        Session::State& state = *s.m_state;
        endJobs(s, JobEnd::Replaced);
        const ModelInfoPtr before = state.model;
        const DatasetInfoPtr dataBefore = state.dataset;
        const bool hadData = state.data != nullptr;
        const Workspace& now = opened.workspace;
        state.engine = now.engine;
        state.data = now.dataset;
        state.storedData = now.stored;
        state.dictionary = now.dictionary;
        state.reading = now.reading;
        state.model = now.engine ? std::make_shared<const ModelInfo>(now.engine->info()) : nullptr;
        DataChoices asked = opened.asked;
        const bool asApplied = becomesApplied(state, now, asked);
        state.dataset = now.dataset ? describe(now, asked) : nullptr;
        const bool otherDictionary = opened.sameFiles() && !state.reopening && before && state.model && dataBefore &&
                                     state.dataset && sameModel(*before, *state.model) &&
                                     sameIds(*dataBefore, *state.dataset) &&
                                     dataBefore->dictionary != state.dataset->dictionary;
        for (Desk* desk : state.desks) {
            if (otherDictionary && !desk->readsDictionary()) continue;
            if (opened.sameModelFiles && !state.reopening) desk->forgetReading();
            else desk->forget();
        }
        Q_EMIT s.engineReplaced();
        if (!before || !state.model || before->path != state.model->path) s.setSelection({});
        if (asApplied) Q_EMIT s.settingsChanged();
        if (asApplied && before)
            Q_EMIT s.noticed(Session::tr("The dataset is read as before: %1.").arg(state.settings.applied->sentence()));
        const bool anew = std::exchange(state.reopening, false);
        if (state.model && (anew || !before || !sameModel(*before, *state.model))) Q_EMIT s.modelOpened(state.model);
        if (state.dataset) Q_EMIT s.datasetOpened(state.dataset);
        else if (hadData) Q_EMIT s.datasetClosed();
        if (!opened.notice.isEmpty()) Q_EMIT s.noticed(opened.notice);
        const bool said = dataBefore && state.dataset && dataBefore->unknownValues == state.dataset->unknownValues;
        if (state.dataset && state.dataset->foreignDictionary && !said) Q_EMIT s.noticed(state.dataset->unknownValues);
    }

    static void refuse(Session& s, JobKind kind, const Error& error) {
        // What waits was asked for together with a model that is not there: its own failure would hide this one.
        if (kind == JobKind::OpenModel) s.m_state->waiting.clear();
        if (!error.isCancelled()) Q_EMIT s.jobFailed(kind, error);
    }

    // taken: called before what was opened is taken in place of what was open, where it is.
    static JobRunner::Delivery deliver(Session* s, JobKind kind, Result<Opened> result,
                                       std::function<void()> taken = {}) {
        if (!result) return [s, kind, error = std::move(result.error())] { refuse(*s, kind, error); };
        return [s, kind, opened = std::move(*result), taken = std::move(taken)] {
            if (opened.putAside) {
                Q_EMIT s->noticed(opened.notice);
                return;
            }
            if (auto free = s->m_state->exports.checkOpening(opened.workspace); !free)
                return refuse(*s, kind, free.error());
            if (taken) taken();
            take(*s, opened);
        };
    }

    // keepData: try with the open dataset first, and close it when it does not fit. It is of a whole model: no part
    // that is opened takes it over.
    // beside: opened once the model is, or before where its rows are needed to open the model.
    static void openModel(Session* s, const QString& path, const ModelSettings& settings, bool keepData,
                          const DataChoices& beside = {}) {
        Session::State& state = *s->m_state;
        if (s->isRunning(JobKind::OpenDataset)) {
            // An applied reading was found for the dataset of now, and ends when another one takes its place meanwhile.
            state.waiting.push_back([=, dataset = datasetPath(state)] {
                ModelSettings then = settings;
                if (datasetPath(*s->m_state) != dataset) then.applied.reset();
                openModel(s, path, then, keepData, beside);
            });
            return;
        }
        const bool withData = keepData && state.storedData;
        const OpenAlready already{nullptr, withData ? state.storedData : nullptr,
                                  withData ? state.dictionary : nullptr};
        const bool another = !state.model || text(state.model->path) != path;
        DataChoices asked = withData ? state.dataset->asked : DataChoices();
        if (withData && another && state.settings.applied) {
            // Its order was of that model; how its rows are read is of the dataset.
            asked.numerical = state.settings.applied->reading.numerical;
            asked.idShift = state.settings.applied->reading.idShift;
        }
        const OpenRequest request = requestOf(local(path), settings, asked);
        state.start(
            JobKind::OpenModel, Session::tr("Opening %1").arg(checkpointName(QFileInfo(path).absoluteFilePath())),
            [=, engine = state.engine](const JobRunner::Running& job) -> JobRunner::Delivery {
                Opened opened;
                opened.asked = asked;
                auto workspace = openWorkspace(request, already, job);
                const auto part = [&workspace] { return workspace && isPart(workspace->engine.get()); };
                const bool fits = workspace && (!part() || (!another && !workspace->engine->spec().tables.empty()));
                if (withData && !fits && (workspace || !workspace.error().isCancelled())) {
                    const QString why = workspace ? QString() : text(workspace.error().message);
                    workspace = openWorkspace(requestOf(local(path), settings, {}), {}, job);
                    if (part()) opened.notice = putAside().notice;
                    else if (beside.path.empty())  // else another was asked for in its place
                        opened.notice =
                            Session::tr("The dataset was closed, it does not fit this checkpoint: %1").arg(why);
                }
                bool open = false;  // the dataset beside it
                if (!workspace && workspace.error().code == "E-FUSED-001" && !beside.path.empty()) {
                    auto with = openWorkspace(requestOf(local(path), settings, beside), {}, job);
                    if (with || with.error().isCancelled()) {
                        workspace = std::move(with);
                        opened.asked = beside;
                        open = true;
                    } else {
                        workspace = fail(withDataset(std::move(workspace).error(), with.error()));
                    }
                }
                if (!workspace) return deliver(s, JobKind::OpenModel, fail(std::move(workspace).error()));
                opened.workspace = *std::move(workspace);
                opened.sameModelFiles = !another && isUnchanged(*engine);
                return deliver(
                    s, JobKind::OpenModel, std::move(opened), [s, settings, next = open ? DataChoices() : beside] {
                        s->m_state->settings = settings;
                        Q_EMIT s->settingsChanged();
                        auto& waiting = s->m_state->waiting;  // for the end of this job; before what came later
                        if (!next.path.empty()) waiting.insert(waiting.begin(), [s, next] { openDataset(s, next); });
                    });
            });
    }

    static void openDataset(Session* s, const DataChoices& data) {
        Session::State& state = *s->m_state;
        if (s->isRunning(JobKind::OpenModel)) {
            state.waiting.push_back([=] { openDataset(s, data); });
            return;
        }
        ModelSettings settings = state.settings;
        if (!state.dataset || (state.dataset->asked.path != data.path && state.dataset->path != text(data.path)))
            settings.applied.reset();
        const OpenRequest request = requestOf(state.engine ? state.engine->info().path : std::string(), settings, data);
        // Nobody was asked: figures do not depend on the dictionary. Of files that changed meanwhile they go.
        const bool unasked = s->keepsFigures(data);
        state.start(JobKind::OpenDataset,
                    Session::tr("Opening %1").arg(datasetName(text(data.path), datasetPath(state))),
                    [s, data, request, engine = state.engine, stored = state.storedData, settings,
                     unasked](const JobRunner::Running& job) -> JobRunner::Delivery {
                        auto opened = openData(request, engine, job);
                        if (opened) {
                            opened->asked = data;
                            opened->sameModelFiles = engine && isUnchanged(*engine);
                            opened->sameDataFiles = stored && stored->checkUnchanged();
                        }
                        const bool asks = unasked && opened && !opened->sameFiles();
                        auto show = deliver(s, JobKind::OpenDataset, std::move(opened), [s, settings] {
                            std::optional<AppliedReading>& applied = s->m_state->settings.applied;
                            if (!applied || settings.applied) return;
                            Q_EMIT s->noticed(Session::tr("The reading that was applied ended with its dataset: %1.")
                                                  .arg(applied->sentence()));
                            applied.reset();
                            Q_EMIT s->settingsChanged();
                        });
                        if (!asks) return show;
                        return [s, show = std::move(show)] { s->afterAsking(show); };
                    });
    }
};

ModelSettings Session::settingsFor(const QString& path) const {
    ModelSettings settings = m_state->settings;
    if (m_state->model && text(m_state->model->path) == path) {
        settings.cardinalities.clear();
        settings.tableOrder.clear();
        settings.numericals = 0;
        settings.combiner.reset();
        return settings;
    }
    settings.applied.reset();
    if (!m_state->model) return settings;
    ModelSettings other;
    other.backend = settings.backend;
    other.statisticsOnDisk = settings.statisticsOnDisk;
    return other;
}

OpenRequest Session::State::request() const {
    return requestOf(engine ? engine->info().path : std::string(), settings, dataset ? dataset->asked : DataChoices());
}

void Session::followLinks() { RandomAccessFile::followLinks(); }

Result<void> Session::choose(OpenRequest& request, const char* option, const QString& value) {
    return applyOption(request, option, local(value));
}

void Session::openModel(const QString& path) { SessionOpening::openModel(this, path, settingsFor(path), true); }

void Session::openModel(const QString& path, const ModelChoices& choices, const DataChoices& beside) {
    ModelSettings settings = settingsFor(path);
    static_cast<ModelChoices&>(settings) = choices;
    SessionOpening::openModel(this, path, settings, true, beside);
}

void Session::openAnew(const OpenRequest& request) {
    ModelSettings settings;
    static_cast<ModelChoices&>(settings) = request.model;
    SessionOpening::openModel(this, text(request.checkpoint), settings, false, request.data);
}

void Session::openDataset(const DataChoices& data) { SessionOpening::openDataset(this, data); }

void Session::openDataset(const QString& path, const QString& split, const QString& dictionary) {
    DataChoices data;
    data.path = local(path);
    data.split = local(split);
    data.dictionary = local(dictionary);
    openDataset(data);
}

bool Session::keepsFigures(const DataChoices& asked) const {
    const DatasetInfoPtr open = m_state->dataset;
    if (!open || open->rawCategories || asked.dictionary == open->asked.dictionary) return false;
    if (evaluation().readsDictionary() || interactions().readsDictionary()) return false;
    DataChoices other = open->asked;
    other.dictionary = asked.dictionary;
    other.missingDictionary = asked.missingDictionary;
    return other == asked;
}

void Session::reopen() {
    const State& s = *m_state;
    if (!s.model) return;
    m_state->reopening = true;
    const DatasetInfoPtr data = s.dataset;
    // With its dataset, which is read once more too: opening it opens the model again.
    if (data) openDataset(data->asked);
    else SessionOpening::openModel(this, text(s.model->path), s.settings, false);
}

void Session::chooseSplit(const QString& split) {
    const DatasetInfoPtr data = m_state->dataset;
    if (!data || split == data->split) return;
    DataChoices other = data->asked;
    other.split = local(split);
    openDataset(other);
}

void Session::openDemo() {
    const QString directory = demoDirectory();
    if (directory.isEmpty()) {
        Q_EMIT jobFailed(JobKind::OpenModel,
                         Error("E-SESSION-001", "The bundled demo was not found.")
                             .butExpected("a directory with checkpoint/, dataset/ and dictionary/")
                             .withRemedy("Set DLRM_DEMO_DIR to the demo's directory, or reinstall."));
        return;
    }
    const QString checkpoint = directory + QStringLiteral("/checkpoint");
    ModelSettings settings = settingsFor(checkpoint);
    settings.applied.reset();
    SessionOpening::openModel(this, checkpoint, settings, false);
    openDataset(directory + QStringLiteral("/dataset"), QStringLiteral("test"),
                directory + QStringLiteral("/dictionary"));
    if (const QString kept = directory + QStringLiteral("/demo.dlrmx"); QFileInfo::exists(kept))
        scenarios().takeFrom(kept);
}

void Session::findBackends() {
    if (isRunning(JobKind::FindBackends)) return;
    m_state->start(JobKind::FindBackends, [this](const JobRunner::Running&) -> JobRunner::Delivery {
        std::vector<BackendState> found;
        for (BackendOption& option : backendOptions())
            found.push_back({text(option.name), text(option.unavailable), std::move(option.precisions)});
        return [this, found = std::move(found)] {
            m_state->backends = found;
            Q_EMIT backendsFound();
        };
    });
}

void Session::tellPaths(const QStringList& paths) {
    m_state->start(JobKind::TellPaths, [this, paths](const JobRunner::Running& job) -> JobRunner::Delivery {
        std::vector<ToldPath> told;
        for (const QString& path : paths) {
            if (job.stop.stop_requested()) return {};
            told.push_back(whatIs(local(path), job.stop));
        }
        return [this, told = std::move(told)] { Q_EMIT pathsTold(told); };
    });
}

std::optional<PathKind> Session::kindOfFolder(const QString& path) { return dlrm::kindOfFolder(local(path)); }

void Session::setSettings(const ModelSettings& settings) {
    if (m_state->model) {
        SessionOpening::openModel(this, text(m_state->model->path), settings, true);
        return;
    }
    m_state->settings = settings;
    Q_EMIT settingsChanged();
}

void Session::chooseSettings(const std::function<void(ModelSettings&)>& change) {
    ModelSettings chosen = settings();
    change(chosen);
    if (chosen == settings() && !isOpening()) return;  // what is being opened may be with others
    afterAsking([this, change] {
        ModelSettings now = settings();
        change(now);
        setSettings(now);
    });
}

// Exports go on, as when something else is opened: they hold what they write.
void Session::closeModel() {
    State& s = *m_state;
    s.waiting.clear();
    for (const JobEnd end : {JobEnd::Closed, JobEnd::Replaced}) SessionOpening::endJobs(*this, end);
    const bool hadModel = s.model != nullptr, hadData = s.dataset != nullptr;
    s.engine.reset();
    s.data.reset();
    s.storedData.reset();
    s.reading = {};
    s.settings = settingsFor(QString());
    s.dictionary.reset();
    s.model.reset();
    s.dataset.reset();
    for (Desk* desk : s.desks) desk->forget();
    setSelection({});
    if (hadData) Q_EMIT datasetClosed();
    if (hadModel) Q_EMIT modelClosed();
}

}  // namespace dlrm::ui
