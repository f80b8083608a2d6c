// SPDX-License-Identifier: Apache-2.0
#include "core/engine/engine.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/guarded.h"
#include "core/checkpoint/verify/own_checksums.h"
#include "core/engine/engine_state.h"

namespace dlrm {
namespace {

CheckpointOptions checkpointOptions(const EngineOptions& options) {
    CheckpointOptions out;
    out.interactionOrder = options.interactionOrder;
    out.tableOrder = options.tableOrder;
    out.cardinalities = options.cardinalities;
    out.numericalFeatures = options.numericalFeatures;
    if (options.dataset) {
        const DatasetSchema& schema = options.dataset->schema();
        if (!schema.cardinalities.empty()) out.cardinalities = schema.cardinalities;
        out.featureNames = schema.categoricalNames;
        out.numericalFeatures = static_cast<std::int64_t>(schema.numericalNames.size());
    }
    return out;
}

std::vector<std::string> modelNotes(const Checkpoint& checkpoint) {
    const ModelSpec& spec = checkpoint.spec();
    std::vector<std::string> notes;
    if (!spec.missing.empty())
        notes.push_back(
            fmt::format("A part of a model: no {}. What it holds can be looked at; nothing can be predicted.",
                        fmt::join(spec.missing, ", no ")));
    if (spec.missing.empty() && spec.orderSource == OrderSource::Default)
        notes.push_back(fmt::format(
            "Interaction order {} is assumed (the default of the training script): the files do not record it. "
            "If predictions look wrong, try the other order.",
            name(spec.interactionOrder)));
    if (!spec.tableOrderNote.empty()) notes.push_back(spec.tableOrderNote);
    const auto& files = checkpoint.files();
    if (std::any_of(files.begin(), files.end(), [](const CheckpointFile& f) {
            return f.tensor.starts_with("table ") && holdsOwnChecksums(f.name);
        }))
        notes.emplace_back(kChecksumsNotCompared);
    if (const auto& others = checkpoint.ignoredFiles(); !others.empty()) {
        constexpr std::size_t kNamed = 3;
        const auto named = static_cast<std::ptrdiff_t>(std::min(kNamed, others.size()));
        std::string names = fmt::format("{}", fmt::join(others.begin(), others.begin() + named, ", "));
        // Control bytes in a name would let it rewrite a terminal's screen.
        std::replace_if(
            names.begin(), names.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
        notes.push_back(fmt::format("Not part of the checkpoint and left alone: {}{}.", names,
                                    others.size() > kNamed ? fmt::format(" and {} more", others.size() - kNamed) : ""));
    }
    return notes;
}

constexpr std::int64_t kPaddingLimit = 16;  // a kernel may have fewer than this many rows for zero padding

}  // namespace

Engine::Engine(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Engine::~Engine() = default;

Result<std::shared_ptr<Engine>> Engine::open(const std::string& checkpointPath, const EngineOptions& options,
                                             const Job& job) {
    return guarded([&]() -> Result<std::shared_ptr<Engine>> {
        const auto start = std::chrono::steady_clock::now();
        DLRM_TRY(auto checkpoint, Checkpoint::open(checkpointPath, checkpointOptions(options), job));
        auto state = std::make_unique<State>();
        state->checkpoint = std::move(checkpoint);
        state->choice = options.backend;
        state->statistics = std::make_unique<StatisticsStore>(state->checkpoint, options.statisticsOnDisk);
        state->info.path = state->checkpoint->path();
        state->info.spec = state->checkpoint->spec();
        state->info.files = state->checkpoint->files();
        state->info.ignoredFiles = state->checkpoint->ignoredFiles();
        state->info.backend = options.backend.info;
        state->info.notes = modelNotes(*state->checkpoint);
        if (options.orderDetected && state->info.spec.orderSource == OrderSource::User)
            state->info.spec.orderSource = OrderSource::Detected;
        if (options.combiner) state->info.spec.combiner = options.combiner;
        if (options.interactionTables) {
            ModelSpec& spec = state->info.spec;
            std::vector<int> order = interactionTables(spec, *options.interactionTables);
            if (order != spec.interactionTableOrder) {
                spec.interactionTableOrder = std::move(order);
                state->tablesAsked = options.interactionTables;
                state->info.notes.push_back(fmt::format(
                    "The tables take part in the interaction {}, not as layout {} has them: as asked.",
                    *options.interactionTables == TableOrder::AsIs ? "by their numbers" : "by falling cardinality",
                    spec.layout));
            }
        }
        state->info.openSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return std::shared_ptr<Engine>(new Engine(std::move(state)));
    });
}

const ModelInfo& Engine::info() const { return m_state->info; }
const Checkpoint& Engine::checkpoint() const { return *m_state->checkpoint; }

Result<TableRows> Engine::rows(TableId table, std::span<const RowId> ids) const {
    return guarded([&]() -> Result<TableRows> {
        const auto tables = static_cast<std::int32_t>(m_state->info.spec.tables.size());
        if (value(table) < 0 || value(table) >= tables)
            return fail(Error("E-ENGINE-001", "There is no such embedding table.")
                            .inFile(m_state->info.path)
                            .butExpected(fmt::format("0 .. {}", tables - 1))
                            .butFound(std::to_string(value(table)))
                            .withRemedy("Give the number of one of its tables, counted from 0."));
        const TableView& view = m_state->checkpoint->table(table);
        for (const RowId id : ids)
            if (value(id) < 0 || value(id) >= view.rows())
                return fail(Error("E-ENGINE-002", "There is no such row in this embedding table.")
                                .inFile(m_state->info.path)
                                .inField(m_state->info.spec.tables[static_cast<std::size_t>(value(table))].name)
                                .butExpected(fmt::format("0 .. {}", view.rows() - 1))
                                .butFound(std::to_string(value(id)))
                                .withRemedy("Give ids of this table's rows, counted from 0."));
        TableRows out;
        out.table = table;
        out.dim = view.dim();
        out.ids.assign(ids.begin(), ids.end());
        m_state->checkpoint->prefetchRows(table, ids);
        const auto dim = static_cast<std::size_t>(view.dim());
        out.values.resize(ids.size() * dim);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const auto row = std::span(out.values).subspan(i * dim, dim);
            view.copyRow(value(ids[i]), row);
            out.norms.push_back(norm(row));
            float low = std::numeric_limits<float>::quiet_NaN(), high = low;
            for (const float v : row) {
                low = std::fmin(low, v);  // the one that is a number
                high = std::fmax(high, v);
            }
            out.minima.push_back(low);
            out.maxima.push_back(high);
        }
        DLRM_TRY(m_state->checkpoint->checkUnchanged(table));
        return out;
    });
}

Result<void> Engine::checkFits(const Dataset& dataset) const {
    return guarded([&]() -> Result<void> {
        const ModelSpec& spec = m_state->info.spec;
        const DatasetSchema& schema = dataset.schema();
        const auto categoricals = static_cast<std::int64_t>(schema.categoricalNames.size());
        const auto tables = static_cast<std::int64_t>(spec.tables.size());
        if (!spec.missing.empty() && tables == 0) return {};  // a prediction says what is missing
        if (categoricals != tables && !spec.missing.empty()) {
            Error part = incompleteModel(m_state->info);
            part.found += fmt::format("; {} of {} tables", tables, categoricals);
            part.remedy += " The part opens without the dataset.";
            return fail(std::move(part));
        }
        if (categoricals != tables)
            return fail(Error("E-ENGINE-011",
                              "The dataset has another number of categorical features than the model has tables.")
                            .inFile(dataset.path())
                            .butExpected(fmt::format("{} categorical features", tables))
                            .butFound(fmt::format("{}", categoricals))
                            .withRemedy("Open the dataset this model was trained on."));
        if (!spec.missing.empty()) return {};
        const auto numericals = static_cast<std::int64_t>(schema.numericalNames.size());
        const std::int64_t inputs = spec.bottomMlp.empty() ? 0 : spec.bottomMlp.front().inputs;
        const bool fits = spec.numericalFeatures > 0 ? numericals == spec.numericalFeatures
                                                     : numericals <= inputs && inputs - numericals < kPaddingLimit;
        if (!fits)
            return fail(
                Error("E-ENGINE-012", "The dataset has another number of numerical features than the model takes.")
                    .inFile(dataset.path())
                    .butExpected(spec.numericalFeatures > 0
                                     ? fmt::format("{} numerical features", spec.numericalFeatures)
                                     : fmt::format("{} .. {} numerical features",
                                                   std::max<std::int64_t>(1, inputs - kPaddingLimit + 1), inputs))
                    .butFound(fmt::format("{}", numericals))
                    .withRemedy("Open the dataset this model was trained on."));
        if (!spec.tableOrderKnown || schema.cardinalities.empty()) return {};
        for (std::size_t t = 0; t < spec.tables.size(); ++t)
            if (schema.cardinalities[t] != spec.tables[t].rows)
                return fail(
                    Error("E-ENGINE-013", "The dataset's cardinality differs from the rows of the embedding table.")
                        .inFile(dataset.path())
                        .inField(schema.categoricalNames[t])
                        .butExpected(fmt::format("{} (rows of the table)", spec.tables[t].rows))
                        .butFound(fmt::format("{}", schema.cardinalities[t]))
                        .withRemedy("Open the dataset this model was trained on; ids of another preprocessing mean "
                                    "other categories."));
        return {};
    });
}

std::vector<FileState> Engine::fileStates() const {
    std::vector<FileState> out;
    for (const auto& file : m_state->checkpoint->openFiles()) {
        if (std::any_of(out.begin(), out.end(), [&](const FileState& f) { return f.file == file->path(); }))
            continue;  // several tensors in one file
        FileState& state = out.emplace_back(FileState{file->path(), file->size(), {}, false});
        if (const auto same = file->checkUnchanged(); !same) {
            std::error_code ignored;
            state.problem = same.error().message + (same.error().found.empty() ? "" : " (" + same.error().found + ")");
            state.gone = !std::filesystem::exists(file->path(), ignored);
        }
    }
    return out;
}

Result<Conversion> Engine::convert(const std::string& out, const Job& job) const {
    return guarded([&] { return convertCheckpoint(*m_state->checkpoint, m_state->info.spec, out, job); });
}

Result<DeviceModel*> Engine::State::device(const Job& job) {
    if (DeviceModel* const there = loaded.load(std::memory_order_acquire)) return there;
    const auto turn = turns.wait(job.stop);
    if (!turn) return cancelled();
    if (model) return model.get();  // while this thread waited
    if (!info.spec.tableOrderKnown) return fail(unknownTableOrder());
    DLRM_TRY(auto weights, readWeights(job.stop));
    DLRM_TRY(auto there, makeBackend());
    DLRM_TRY(model, there->load(std::move(weights), job));
    loaded.store(model.get(), std::memory_order_release);
    return model.get();
}

Error Engine::State::unknownTableOrder() const {
    return Error("E-ENGINE-007", "This checkpoint does not say which embedding table belongs to which feature.")
        .inFile(info.path)
        .butFound("tables numbered in descending cardinality (layout A), and no cardinalities to tell them by")
        .withRemedy("Open it together with a dataset that states its cardinalities, or give --table-order.");
}

Result<ModelWeights> Engine::State::readWeights(const std::stop_token& stop) const {
    if (!info.spec.missing.empty()) return fail(incompleteModel(info));
    ModelWeights weights;
    weights.spec = &info.spec;
    weights.tables = checkpoint->tables();
    const auto read = [&](auto& layers, std::size_t count, auto layerAt) -> Result<void> {
        for (std::size_t i = 0; i < count; ++i) {
            if (stop.stop_requested()) return cancelled();
            DLRM_TRY(auto layer, layerAt(static_cast<int>(i)));
            layers.push_back(std::move(layer));
        }
        return {};
    };
    DLRM_TRY(read(weights.bottom, info.spec.bottomMlp.size(), [&](int i) { return checkpoint->bottomLayer(i); }));
    DLRM_TRY(read(weights.top, info.spec.topMlp.size(), [&](int i) { return checkpoint->topLayer(i); }));
    DLRM_TRY(read(weights.cross, info.spec.crossLayers.size(), [&](int i) { return checkpoint->crossLayer(i); }));
    return weights;
}

Result<Backend*> Engine::State::makeBackend() {
    if (!backend) {
        DLRM_TRY(backend, choice.create());
        made.store(backend.get(), std::memory_order_release);
    }
    return backend.get();
}

BackendInfo Engine::State::backendInfo() const {
    const Backend* const there = made.load(std::memory_order_acquire);
    if (!there) return info.backend;
    BackendInfo now = there->info();
    if (now.reason.empty()) now.reason = info.backend.reason;
    return now;
}

BackendInfo Engine::backend() const { return m_state->backendInfo(); }

Result<std::vector<TablePlacement>> Engine::placement(std::stop_token stop) const {
    return guarded([&]() -> Result<std::vector<TablePlacement>> {
        if (m_state->loaded.load(std::memory_order_acquire)) return loadedPlacement();
        if (m_state->info.backend.name == "cpu") return std::vector<TablePlacement>();
        const auto turn = m_state->turns.wait(stop);
        if (!turn) return cancelled();
        DLRM_TRY(auto weights, m_state->readWeights(stop));
        DLRM_TRY(auto backend, m_state->makeBackend());
        return backend->plan(weights);
    });
}

std::vector<TablePlacement> Engine::loadedPlacement() const {
    const DeviceModel* const model = m_state->loaded.load(std::memory_order_acquire);
    return model ? model->placement() : std::vector<TablePlacement>();
}

Result<std::int64_t> Engine::State::preferredBatch(const Job& job) {
    DLRM_TRY(auto found, device(job));
    return found->preferredBatch();
}

Result<void> Engine::State::forward(const BatchView& batch, const RowNumberFn& numberOf, std::span<float> logits,
                                    const Wanted& wanted, Intermediates* intermediates, const std::stop_token& stop) {
    {
        DLRM_TRY(auto found, device({.stop = stop}));
        const auto turn = (batch.rows <= found->rowsBeside() ? turnsBeside : turns).wait(stop);
        if (!turn) return cancelled();
        DLRM_TRY(found->forward(batch, logits, wanted, intermediates, stop));
    }
    bool finite = true;
    for (const float z : logits) finite &= std::isfinite(z);
    if (finite) return {};
    constexpr std::int64_t kNamed = 10;
    std::int64_t bad = 0, first = -1;
    std::string rows;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        if (std::isfinite(logits[i])) continue;
        ++bad;
        if (!numberOf || bad > kNamed) continue;
        const std::int64_t row = numberOf(static_cast<std::int64_t>(i));
        rows += (bad > 1 ? ", " : "") + std::to_string(row);
        if (bad == 1) first = row;
    }
    if (bad > kNamed && numberOf) rows += ", …";
    return fail(
        Error("E-ENGINE-005", "A prediction is not a finite number.")
            .inFile(info.path)
            .atRow(first)
            .butExpected("a finite logit")
            .butFound(!numberOf ? "NaN or infinity"
                                : fmt::format("NaN or infinity in {} of rows {} .. {}: rows {}", bad, numberOf(0),
                                              numberOf(static_cast<std::int64_t>(logits.size()) - 1), rows))
            .withRemedy(
                "Look for NaN or infinity in the checkpoint's weights and in the numerical features of these rows."));
}

Error incompleteModel(const ModelInfo& info) {
    return Error("E-ENGINE-014", "This is a part of a model: nothing can be predicted with it.")
        .inFile(info.path)
        .butExpected("embedding tables, bottom MLP and top MLP")
        .butFound(fmt::format("no {}", fmt::join(info.spec.missing, ", no ")))
        .withRemedy("Open the whole checkpoint; tables and values of this part can still be looked at.");
}

double norm(std::span<const float> values) {
    double squares = 0;
    for (const float v : values) squares += static_cast<double>(v) * v;
    return std::sqrt(squares);
}

Result<void> requireOneId(const Dataset& dataset, std::string_view what, std::string remedy) {
    if (!dataset.multiHot()) return {};
    return fail(Error("E-ENGINE-017", fmt::format("{} takes one id per feature and row.", what))
                    .inFile(dataset.path())
                    .butExpected("one id of every feature in a row")
                    .butFound("rows with several ids (multi-hot)")
                    .withRemedy(std::move(remedy)));
}

Result<void> requireCombiner(const Dataset& dataset, const ModelSpec& spec) {
    if (!dataset.multiHot() || spec.combiner) return {};
    return fail(
        Error("E-ENGINE-018",
              "The rows have several ids of a feature, and the checkpoint does not say how their vectors are combined.")
            .inFile(dataset.path())
            .butExpected("a combiner: sum or mean")
            .butFound("none: the training code fails on such rows without one")
            .withRemedy("Say how the model was trained: start dlrm-explorer or dlrm-cli with --combiner sum or "
                        "--combiner mean."));
}

std::string Engine::State::profileOf(const Dataset& dataset) const {
    std::string out = dataset.profile();
    if (tablesAsked) out += fmt::format(", tables {}", name(*tablesAsked));
    if (dataset.multiHot() && info.spec.combiner) out += fmt::format(", ids combined by {}", name(*info.spec.combiner));
    return out;
}

}  // namespace dlrm
