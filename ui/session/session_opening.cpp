// SPDX-License-Identifier: GPL-3.0-or-later
// Session: opening, re-opening and closing of models and datasets. What was open stays open until its successor is there.
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "app/common/backends.h"
#include "core/dataset/reading.h"
#include "ui/session/demo_location.h"
#include "ui/session/desks/desk.h"
#include "ui/session/session_state.h"

namespace dlrm::ui {
namespace {

struct Opened {
    std::shared_ptr<Engine> engine;  // null: no model is open
    std::shared_ptr<const Dataset> data, stored;
    std::shared_ptr<const Dictionary> dictionary;
    QString notice;
    MissingDictionary missing = MissingDictionary::Refuse;
    TextNumbers numbers = TextNumbers::Strict;
    bool putAside = false;  // nothing changes but that the notice is shown
};

QString shortName(const QString& path) {
    const QString name = QFileInfo(QFileInfo(path).absoluteFilePath()).fileName();
    return name.isEmpty() ? path : name;
}

Result<std::shared_ptr<Engine>> openEngine(const QString& path, const ModelSettings& settings, std::shared_ptr<const Dataset> data, const ProgressFn& progress,
                                           std::stop_token stop) {
    BackendRequest request{local(settings.backend), settings.precision, settings.threads};
    request.gpuMemoryBytes = settings.gpuMemoryBytes;
    request.tableStorage = tableStorageFromName(local(settings.tablePrecision)).value_or(TableStorage::AsStored);
    auto backend = chooseBackend(request);
    if (!backend) return fail(std::move(backend.error()));
    EngineOptions options;
    options.interactionOrder = settings.applied ? settings.applied->interactionOrder : settings.interactionOrder;
    options.orderDetected = settings.applied && settings.applied->interactionOrder != settings.interactionOrder;
    if (settings.applied) options.interactionTables = settings.applied->tables;
    options.cardinalities = settings.cardinalities;
    options.combiner = settings.combiner;
    options.backend = std::move(*backend);
    options.dataset = std::move(data);
    auto engine = Engine::open(local(path), options, progress, stop);
    if (!engine || !options.dataset) return engine;
    if (auto fits = (*engine)->checkFits(*options.dataset); !fits) return fail(std::move(fits.error()));
    return engine;
}

// What holds when `path` is opened. Choices end with the model they were made for; before the first one they were made for that.
ModelSettings settingsFor(const Session::State& state, const QString& path) {
    ModelSettings settings = state.settings;
    if (state.model && text(state.model->path) == path) return settings;
    settings.applied.reset();
    settings.cardinalities.clear();
    if (!state.model) return settings;
    settings.interactionOrder.reset();
    settings.combiner.reset();
    return settings;
}

std::vector<std::int64_t> tableRows(const Engine* engine) {
    std::vector<std::int64_t> rows;
    if (engine && engine->spec().tableOrderKnown)
        for (const TableSpec& table : engine->spec().tables) rows.push_back(table.rows);
    return rows;
}

std::shared_ptr<const Dataset> asRead(std::shared_ptr<const Dataset> stored, const ModelSettings& settings) {
    return stored && settings.applied ? readAs(std::move(stored), settings.applied->reading) : stored;
}

// A dataset of the whole model beside a part of it: the part stays open as it is.
Opened putAside() {
    Opened out;
    out.putAside = true;
    out.notice = Session::tr(
        "The dataset was put aside: this is a part of a model, and the dataset does not fit it. Open the whole model "
        "with it.");
    return out;
}

// The dataset, and the model again with the dataset's names and order.
Result<Opened> openData(const DatasetRequest& request, const std::shared_ptr<Engine>& engine, const ModelSettings& settings, const ProgressFn& progress,
                        std::stop_token stop) {
    DatasetOptions options;
    options.split = local(request.split);
    options.dictionary = local(request.dictionary);
    options.missingDictionary = request.missing;
    options.textNumbers = request.numbers;
    options.numericals = engine ? engine->spec().numericalFeatures : 0;
    options.tableRows = tableRows(engine.get());
    Opened out;
    out.missing = request.missing;
    out.numbers = request.numbers;
    const bool isPart = engine && !engine->spec().missing.empty();
    auto data = dlrm::openDataset(local(request.path), options, progress, stop);
    // Without the part's tables it may be read: then it is right, and of another model.
    if (!data && isPart && !data.error().isCancelled()) {
        options.numericals = 0;
        options.tableRows.clear();
        if (dlrm::openDataset(local(request.path), options, progress, stop)) return putAside();
    }
    if (!data && data.error().code == "E-DICT-006" && engine) {
        // The dictionary is to blame only where the dataset fits the model without it.
        DatasetRequest alone = request;
        alone.dictionary.clear();
        alone.missing = MissingDictionary::Row0;
        if (auto read = openData(alone, engine, settings, progress, stop); !read || read->putAside) return read;
    }
    if (!data) return fail(std::move(data.error()));
    if (isPart && engine->spec().tables.empty()) return putAside();  // layers alone: nothing of the dataset is theirs
    out.stored = *data;
    out.data = asRead(out.stored, settings);
    out.dictionary = out.data->dictionary();
    auto again = engine ? openEngine(text(engine->info().path), settings, out.data, progress, stop) : Result<std::shared_ptr<Engine>>(engine);
    if (!again) {
        // The model was open before: what does not fit is the dataset, unless the model does not open without it either.
        Error error = std::move(again.error());
        if (isPart && !error.isCancelled() && !error.code.starts_with("E-FILE-")) return putAside();
        const std::string& model = engine->info().path;
        if (error.file.starts_with(model) && !error.code.starts_with("E-FILE-") && !error.isCancelled()) {
            const auto alone = openEngine(text(model), settings, nullptr, progress, stop);
            if (alone || alone.error().code != error.code) error.file = local(request.path);
        }
        return fail(std::move(error));
    }
    out.engine = *again;
    if (out.dictionary || request.dictionary.isEmpty()) return out;
    auto dictionary = Dictionary::open(local(request.dictionary), out.data->schema().cardinalities, progress, stop);
    if (!dictionary) return fail(std::move(dictionary.error()));
    out.dictionary = *dictionary;
    return out;
}

DatasetInfoPtr describe(const Dataset& data, const Dictionary* dictionary, MissingDictionary missing, TextNumbers numbers) {
    auto info = std::make_shared<DatasetInfo>();
    info->path = text(data.path());
    info->format = text(data.format());
    info->split = text(data.split());
    info->profile = text(data.profile());
    info->missingDictionary = missing;
    info->textNumbers = numbers;
    if (dictionary) info->dictionary = text(dictionary->path());
    for (const std::string& split : data.splits()) info->splits << text(split);
    for (const std::string& note : data.notes()) info->notes << text(note);
    info->schema = data.schema();
    info->rows = data.rows();
    info->hasLabels = data.hasLabels();
    info->hasDictionary = dictionary != nullptr;
    return info;
}

// Whether pages would show the same for both.
bool sameModel(const ModelInfo& a, const ModelInfo& b) {
    const auto sameTable = [](const TableSpec& x, const TableSpec& y) { return x.name == y.name && x.rows == y.rows && x.file == y.file; };
    return a.path == b.path && a.notes == b.notes && a.spec.tableOrderKnown == b.spec.tableOrderKnown && a.spec.numericalFeatures == b.spec.numericalFeatures &&
           a.spec.interactionOrder == b.spec.interactionOrder && a.spec.orderSource == b.spec.orderSource && a.spec.combiner == b.spec.combiner &&
           a.spec.interactionTableOrder == b.spec.interactionTableOrder && a.backend.name == b.backend.name && a.backend.precision == b.backend.precision &&
           std::equal(a.spec.tables.begin(), a.spec.tables.end(), b.spec.tables.begin(), b.spec.tables.end(), sameTable);
}

}  // namespace

// The parts of opening that touch Session's state; a friend so that session.h stays free of core's classes.
struct SessionOpening {
    static bool busy(const Session& s) { return s.isRunning(JobKind::OpenModel) || s.isRunning(JobKind::OpenDataset); }

    static QString datasetPath(const Session::State& state) { return state.dataset ? state.dataset->path : QString(); }

    // Jobs in flight belong to what was open before.
    static void endJobs(Session& s, JobEnd end) {
        for (const JobEntry& job : jobTable())
            if (job.end == end) s.cancel(job.kind);
    }

    static void take(Session& s, const Opened& opened) {
        Session::State& state = *s.m_state;
        endJobs(s, JobEnd::Replaced);
        const ModelInfoPtr before = state.model;
        const bool hadData = state.data != nullptr;
        state.engine = opened.engine;
        state.data = opened.data;
        state.storedData = opened.stored;
        state.dictionary = opened.dictionary;
        state.model = opened.engine ? std::make_shared<const ModelInfo>(opened.engine->info()) : nullptr;
        state.dataset = opened.data ? describe(*opened.data, opened.dictionary.get(), opened.missing, opened.numbers) : nullptr;
        for (Desk* desk : state.desks) desk->forget();
        Q_EMIT s.engineReplaced();
        const bool otherModel = !before || !state.model || before->path != state.model->path;
        if (otherModel) {
            state.history.clear();
            if (state.selection.kind != Selection::Kind::None) {
                state.selection = {};
                Q_EMIT s.selectionChanged(state.selection);
            }
        }
        const bool anew = std::exchange(state.reopening, false);
        if (state.model && (anew || !before || !sameModel(*before, *state.model))) Q_EMIT s.modelOpened(state.model);
        if (state.dataset) Q_EMIT s.datasetOpened(state.dataset);
        else if (hadData) Q_EMIT s.datasetClosed();
        if (!opened.notice.isEmpty()) Q_EMIT s.noticed(opened.notice);
    }

    static JobRunner::Delivery deliver(Session* s, JobKind kind, Result<Opened> result, std::function<void()> before = {}) {
        if (!result)
            return [s, kind, error = std::move(result.error())] {
                // What waits was asked for together with a model that is not there: its own failure would hide this one.
                if (kind == JobKind::OpenModel) s->m_state->waiting.clear();
                if (!error.isCancelled()) Q_EMIT s->jobFailed(kind, error);
            };
        return [s, opened = std::move(*result), before = std::move(before)] {
            if (opened.putAside) {
                Q_EMIT s->noticed(opened.notice);
                return;
            }
            if (before) before();
            take(*s, opened);
        };
    }

    // keepData: try with the open dataset first, and close it when it does not fit. It is of a whole model: no part that is opened takes it over.
    // beside: opened once the model is, or before where its rows are needed to open the model.
    static void openModel(Session* s, const QString& path, const ModelSettings& settings, bool keepData, const std::optional<DatasetRequest>& beside = {}) {
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
        auto stored = keepData ? state.storedData : nullptr;
        auto data = asRead(stored, settings);
        const bool another = !state.model || text(state.model->path) != path;
        auto dictionary = keepData ? state.dictionary : nullptr;
        const MissingDictionary missing = keepData && state.dataset ? state.dataset->missingDictionary : MissingDictionary::Refuse;
        const TextNumbers numbers = keepData && state.dataset ? state.dataset->textNumbers : TextNumbers::Strict;
        state.start(JobKind::OpenModel, Session::tr("Opening %1").arg(shortName(path)), [=](const JobRunner::Running& job) -> JobRunner::Delivery {
            Opened opened{nullptr, data, stored, dictionary, {}, missing, numbers};
            auto engine = openEngine(path, settings, data, job.progress, job.stop);
            const auto isPart = [&engine] { return engine && !(*engine)->spec().missing.empty(); };
            const bool fits = engine && (!isPart() || (!another && !(*engine)->spec().tables.empty()));
            if (data && !fits && (engine || !engine.error().isCancelled())) {
                const QString why = engine ? QString() : text(engine.error().message);
                engine = openEngine(path, settings, nullptr, job.progress, job.stop);
                opened.data = opened.stored = nullptr;
                opened.dictionary = nullptr;
                opened.notice = isPart() ? putAside().notice : Session::tr("The dataset was closed, it does not fit this checkpoint: %1").arg(why);
            }
            bool open = false;  // the dataset beside it
            if (!engine && engine.error().code == "E-FUSED-001" && beside) {
                if (auto read = openData(*beside, nullptr, settings, job.progress, job.stop)) {
                    if (auto with = openEngine(path, settings, read->data, job.progress, job.stop)) {
                        opened = *std::move(read);
                        engine = std::move(with);
                        open = true;
                    }
                }
            }
            if (!engine) return deliver(s, JobKind::OpenModel, fail(std::move(engine.error())));
            opened.engine = *engine;
            auto show = deliver(s, JobKind::OpenModel, std::move(opened), [s, settings] {
                s->m_state->settings = settings;
                Q_EMIT s->settingsChanged();
            });
            return [s, show = std::move(show), next = open ? std::nullopt : beside] {
                show();
                if (next) openDataset(s, *next);
            };
        });
    }

    static void openDataset(Session* s, const DatasetRequest& request) {
        Session::State& state = *s->m_state;
        if (s->isRunning(JobKind::OpenModel)) {
            state.waiting.push_back([=] { openDataset(s, request); });
            return;
        }
        ModelSettings settings = state.settings;
        if (!state.dataset || state.dataset->path != request.path) settings.applied.reset();
        state.start(JobKind::OpenDataset, Session::tr("Opening %1").arg(shortName(request.path)),
                    [s, request, engine = state.engine, settings](const JobRunner::Running& job) {
                        return deliver(s, JobKind::OpenDataset, openData(request, engine, settings, job.progress, job.stop), [s, settings] {
                            if (!s->m_state->settings.applied || settings.applied) return;
                            s->m_state->settings.applied.reset();
                            Q_EMIT s->settingsChanged();
                        });
                    });
    }
};

void Session::openModel(const QString& path) { openWithCardinalities(path, {}); }

void Session::openWithCardinalities(const QString& path, std::vector<std::int64_t> cardinalities) {
    ModelSettings settings = settingsFor(*m_state, path);
    if (!cardinalities.empty()) settings.cardinalities = std::move(cardinalities);
    SessionOpening::openModel(this, path, settings, true);
}

void Session::openTogether(const QString& path, std::vector<std::int64_t> cardinalities, const DatasetRequest& dataset) {
    ModelSettings settings = settingsFor(*m_state, path);
    if (!cardinalities.empty()) settings.cardinalities = std::move(cardinalities);
    SessionOpening::openModel(this, path, settings, true, dataset);
}

void Session::openDataset(const QString& path, const QString& split, const QString& dictionary, MissingDictionary missing, TextNumbers numbers) {
    SessionOpening::openDataset(this, {path, split, dictionary, missing, numbers});
}

void Session::reopen() {
    const State& s = *m_state;
    if (!s.model) return;
    m_state->reopening = true;
    const DatasetInfoPtr data = s.dataset;
    // With its dataset, which is read once more too: opening it opens the model again.
    if (data) openDataset(data->path, data->split, data->dictionary, data->missingDictionary, data->textNumbers);
    else SessionOpening::openModel(this, text(s.model->path), s.settings, false);
}

void Session::chooseSplit(const QString& split) {
    const DatasetInfoPtr data = m_state->dataset;
    if (data && split != data->split) openDataset(data->path, split, data->dictionary, data->missingDictionary, data->textNumbers);
}

void Session::openDemo() {
    const QString directory = demoDirectory();
    if (directory.isEmpty()) {
        Q_EMIT jobFailed(JobKind::OpenModel, Error("E-SESSION-001", "The bundled demo was not found.")
                                                 .butExpected("a directory with checkpoint/, dataset/ and dictionary/")
                                                 .withRemedy("set DLRM_DEMO_DIR to the demo's directory, or reinstall"));
        return;
    }
    const QString checkpoint = directory + QStringLiteral("/checkpoint");
    ModelSettings settings = settingsFor(*m_state, checkpoint);
    settings.applied.reset();
    SessionOpening::openModel(this, checkpoint, settings, false);
    SessionOpening::openDataset(this, {directory + QStringLiteral("/dataset"), QStringLiteral("test"), directory + QStringLiteral("/dictionary"), MissingDictionary::Refuse, TextNumbers::Strict});
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

void Session::setSettings(const ModelSettings& settings) {
    if (m_state->model) {
        SessionOpening::openModel(this, text(m_state->model->path), settings, true);
        return;
    }
    m_state->settings = settings;
    Q_EMIT settingsChanged();
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
    s.settings = settingsFor(s, QString());
    s.dictionary.reset();
    s.model.reset();
    s.dataset.reset();
    for (Desk* desk : s.desks) desk->forget();
    s.history.clear();
    if (s.selection.kind != Selection::Kind::None) {
        s.selection = {};
        Q_EMIT selectionChanged(s.selection);
    }
    if (hadData) Q_EMIT datasetClosed();
    if (hadModel) Q_EMIT modelClosed();
}

}  // namespace dlrm::ui
