// SPDX-License-Identifier: Apache-2.0
#include "core/engine/workspace.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/random_access_file.h"
#include "core/engine/backends.h"

namespace dlrm {
namespace {

Result<EngineOptions> engineOptions(const ModelChoices& model) {
    DLRM_TRY(auto backend, chooseBackend(onThisMachine(model.backend)));
    EngineOptions out;
    out.interactionOrder = model.interactionOrder;
    out.tableOrder = model.tableOrder;
    out.cardinalities = model.cardinalities;
    out.numericalFeatures = model.numericals;
    out.interactionTables = model.interactionTables;
    out.orderDetected = model.orderDetected;
    out.combiner = model.combiner;
    out.statisticsOnDisk = model.statisticsOnDisk;
    out.backend = std::move(backend);
    return out;
}

// `engine`: the model that the rows are for; may be null.
DatasetOptions datasetOptions(const DataChoices& data, const Engine* engine) {
    DatasetOptions out;
    out.split = data.split;
    out.dictionary = data.dictionary;
    out.missingDictionary = data.missingDictionary;
    out.textNumbers = data.textNumbers;
    if (!data.numerical && data.idShift == 0) out.namedFields = data.namedFields;
    out.profile = data.profile;
    if (!engine) return out;
    out.numericals = engine->spec().numericalFeatures;
    if (engine->spec().tableOrderKnown)
        for (const TableSpec& table : engine->spec().tables) out.tableRows.push_back(table.rows);
    return out;
}

// The files or the dataset may say another number.
Result<void> requireNumericals(const Engine& engine, std::int64_t said) {
    const std::int64_t takes = engine.spec().numericalFeatures;
    if (said == 0 || takes == said) return {};
    return fail(Error("E-CLI-012", "The model takes another number of numerical features than was said.")
                    .inFile(engine.info().path)
                    .inField("--numericals")
                    .butExpected(fmt::format("{}", said))
                    .butFound(takes > 0 ? fmt::format("{}", takes) : "not known")
                    .withRemedy("Leave the option out if the checkpoint and its dataset are right."));
}

// Into `out`: the dataset as it is stored and as it is read, and its dictionary.
Result<void> openData(const DataChoices& data, const Engine* engine, const OpenAlready& open, Workspace& out,
                      const Job& job) {
    out.stored = open.stored;
    if (!out.stored) {
        DLRM_TRY(out.stored, openDataset(data.path, datasetOptions(data, engine), job));
    }
    out.reading = ownReading(*out.stored);
    if (data.numerical) out.reading.numerical = *data.numerical;
    out.reading.idShift = data.idShift;
    DLRM_TRY(checkReading(*out.stored, out.reading));
    out.dataset = readAs(out.stored, out.reading);
    out.dictionary = open.stored ? open.dictionary : out.dataset->dictionary();
    return {};
}

}  // namespace

Result<Workspace> openWorkspace(const OpenRequest& request, const OpenAlready& open, const Job& job) {
    if (request.followLinks) RandomAccessFile::followLinks();
    const bool withModel = !request.checkpoint.empty();
    const bool withData = open.stored || !request.data.path.empty();
    Workspace out;
    EngineOptions options;
    if (withModel) {
        DLRM_TRY(options, engineOptions(request.model));
        out.engine = open.engine;
        if (!out.engine && !open.stored) {
            auto alone = Engine::open(request.checkpoint, options, job);
            const bool lacksRows = !alone && alone.error().code == "E-FUSED-001";  // which the dataset may say
            if (!alone && !(withData && lacksRows)) return fail(std::move(alone).error());
            if (alone) out.engine = *std::move(alone);
        }
    }
    if (withData) {
        DLRM_TRY(openData(request.data, out.engine.get(), open, out, job));
        if (withModel) {
            // First by the model alone: that message names the dataset, and covers what opening cannot see.
            if (out.engine) DLRM_TRY(out.engine->checkFits(*out.dataset));
            options.dataset = out.dataset;
            DLRM_TRY(out.engine, Engine::open(request.checkpoint, options, job));
            DLRM_TRY(out.engine->checkFits(*out.dataset));
        }
        if (!out.dictionary && !request.data.dictionary.empty()) {
            const auto& rows = out.dataset->schema().cardinalities;
            DLRM_TRY(out.dictionary, Dictionary::open(request.data.dictionary, rows, job));
        }
    }
    if (withModel) DLRM_TRY(requireNumericals(*out.engine, request.model.numericals));
    return out;
}

}  // namespace dlrm
